"""A clock that moves only when it is told to, or slept on."""

from collections.abc import Callable


class FakeClock:
    """Stands in for the machine's clock.

    Args:
        now: Seconds since the epoch.

    Attributes:
        slept: What was slept, in seconds, in order.
        on_sleep: Called while somebody sleeps.
    """

    def __init__(self, now: float = 1_767_225_600.0) -> None:  # 2026-01-01T00:00:00Z
        self.slept: list[float] = []
        self.on_sleep: Callable[[], object] = bool
        self._now = now

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()
        self._now += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
