"""The time that a mock lives in."""

import datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; the standard module `time` is one."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...


class ManualClock:
    """A clock that stands still until it is told to move.

    Args:
        now: seconds since the epoch.
    """

    def __init__(self, now: float = 1_767_225_600.0) -> None:
        self._now = now

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`.

        Raises:
            ValueError: when `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"seconds must not be negative, got {seconds!r}")
        self._now += seconds


def iso(seconds: float) -> str:
    """Epoch seconds as Sim writes a time: UTC, milliseconds, Z."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch(text: str) -> float:
    """An ISO date or time as epoch seconds; UTC where it names no zone.

    Raises:
        ValueError: when it is no ISO date.
    """
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp()
