"""A clock that moves only when it is told to, or slept on."""


class FakeClock:
    """Stands in for the machine's clock.

    Args:
        now: Seconds since the epoch.

    Attributes:
        slept: What was slept, in seconds, in order.
    """

    def __init__(self, now: float = 1_767_225_600.0) -> None:  # 2026-01-01T00:00:00Z
        self.slept: list[float] = []
        self._now = now

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
