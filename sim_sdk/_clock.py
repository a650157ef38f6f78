"""Time, as the SDK uses it; tests put their own clock in its place."""

import time
from typing import Awaitable, Optional, Protocol


class Clock(Protocol):
    """What the SDK needs to know of time, and the one way in which it waits."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""
        ...

    def sleep(self, seconds: float) -> Optional[Awaitable[None]]:
        """Wait. An asynchronous client awaits what this returns, so as not to block the event loop."""


class SystemClock:
    """The machine's clock."""

    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    def sleep(self, seconds: float) -> Optional[Awaitable[None]]:
        time.sleep(seconds)
        return None
