"""A clock whose waits are over at once, and whose time passes all the same."""

import time

from sim_sdk._clock import SystemClock


class SkippingClock(SystemClock):
    """Real time, plus what was slept. Only the SDK's own waits are skipped; what a server delays is not."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += seconds
