"""Why and how a batch ends before its time."""

from typing import Callable, Optional

from sim_sdk._clock import SystemClock
from sim_sdk.errors import SimStudioError

from .standing import Standing

__all__ = ["PausingClock", "Stop"]

_GLANCE = 0.1  # seconds between two looks whether a pause is to be given up


class Stop:
    """Whether nothing more is to be started. What runs is finished and recorded in any case.

    Args:
        standing: Where it is shown.

    Attributes:
        interrupted: Whether Ctrl-C was pressed, or SIGTERM came, by which containers and services are stopped.
        reason: The error by which it is clear that no other item would fare better, or None.
        unseen: Why nothing can be shown any more, or None.
    """

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self.interrupted = False
        self.reason: Optional[SimStudioError] = None
        self.unseen: Optional[BaseException] = None

    @property
    def asked(self) -> bool:
        return self.interrupted or self.reason is not None or self.unseen is not None

    def interrupt(self) -> None:
        self.interrupted = True
        self._standing.stopping = True

    def because_of(self, error: SimStudioError) -> None:
        self.reason = self.reason or error
        self._standing.stopping = True

    def when_unseen(self, told: Callable[[], None]) -> Callable[[], None]:
        """What shows how far the batch is; where that fails, because whoever read it has gone, stop."""

        def tell() -> None:
            try:
                if self.unseen is None:
                    told()
            except (OSError, SystemExit) as error:  # rich leaves when a pipe is closed
                self.unseen = SystemExit(1) if isinstance(error, BrokenPipeError) else error

        return tell


class PausingClock(SystemClock):
    """A clock whose sleep is a pause of the batch: nothing runs, because a limit was met or there is no connection.

    Args:
        standing: Where the pause is shown.
        told: Called when there is something new to show.
        stop: Whether to give the pause up.
    """

    def __init__(self, standing: Standing, told: Callable[[], None], stop: Stop) -> None:
        self._standing = standing
        self._told = told
        self._stop = stop

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            KeyboardInterrupt: There is no need to wait any more. A batch takes that for its end.
        """
        end = self.monotonic() + seconds
        self._standing.paused_until = end
        self._told()
        while not self._stop.asked and self.monotonic() < end:
            super().sleep(min(_GLANCE, max(0.0, end - self.monotonic())))
        self._standing.paused_until = None
        if self._stop.asked:
            raise KeyboardInterrupt
