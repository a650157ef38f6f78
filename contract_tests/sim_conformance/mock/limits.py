"""Rate limits: fixed windows that open with their first request."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """What a plan allows in one mode.

    Attributes:
        limit: requests a minute as the plan states them.
        burst: requests that a window really lets through.
    """

    limit: int
    burst: int


class RateWindow:
    """Counts requests in windows of a fixed length.

    A window opens with the first request after the last one closed, as on a real server; until then it would end a
    full length from now.

    Args:
        rate: what it allows.
        seconds: length of a window.
    """

    def __init__(self, rate: Rate, seconds: float = 60.0) -> None:
        self.rate = rate
        self.seconds = seconds
        self._opened_at: float | None = None
        self._used = 0

    def take(self, now: float) -> bool:
        """Count one request; False when the window is full."""
        if not self._is_open(now):
            self._opened_at, self._used = now, 0
        if self._used >= self.rate.burst:
            return False
        self._used += 1
        return True

    def exhaust(self, now: float) -> None:
        """Use up what is left; a closed window opens now."""
        if not self._is_open(now):
            self._opened_at = now
        self._used = self.rate.burst

    def remaining(self, now: float) -> int:
        """Requests left in the window."""
        return self.rate.burst - self._used if self._is_open(now) else self.rate.burst

    def reset_at(self, now: float) -> float:
        """When the window ends, in epoch seconds."""
        if self._opened_at is None or not self._is_open(now):
            return now + self.seconds
        return self._opened_at + self.seconds

    def seconds_left(self, now: float) -> int:
        """Whole seconds after which the window has surely ended."""
        return math.ceil(self.reset_at(now) - now)

    def _is_open(self, now: float) -> bool:
        return self._opened_at is not None and now < self._opened_at + self.seconds
