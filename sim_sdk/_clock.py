"""Time, as the SDK uses it; tests put their own clock in its place."""

import time
from typing import Awaitable, Optional, Protocol

_LONGEST_SLEEP = 1e9  # seconds; the system refuses to sleep for centuries


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

    # Looked up on each call: tests of users' programs put their own time into the module.
    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> Optional[Awaitable[None]]:
        time.sleep(min(seconds, _LONGEST_SLEEP))
        return None
