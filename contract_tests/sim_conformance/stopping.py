"""How a run is stopped: Ctrl-C, SIGTERM and SIGHUP end its checks, and what they found is reported all the same."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stop:
    """Whether somebody stops the run.

    Only the first signal breaks something off: `timeout` sends SIGTERM twice, people press Ctrl-C again, and a second
    exception would come in the midst of what follows the first.

    Attributes:
        number: the signal that came first; None until one does.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._raises = False

    @property
    def exit_code(self) -> int | None:
        """That of a command which the signal ended, 128 and the signal's number; None until it comes."""
        return None if self.number is None else 128 + self.number

    def watch(self) -> Callable[[], None]:
        """Take the signals in place of whoever does now; the result gives them back."""
        if threading.current_thread() is not threading.main_thread():
            return lambda: None  # only the main thread is told of signals
        heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = [(number, signal.signal(number, self._on_signal)) for number in heeded]

        def give_back() -> None:
            for number, handler in before:
                signal.signal(number, handler)

        return give_back

    @contextmanager
    def raising(self) -> Iterator[None]:
        """End what is done here by a KeyboardInterrupt; elsewhere a signal breaks nothing off, a report least of all.

        Raises:
            KeyboardInterrupt: at once where the signal came before.
        """
        self._raises = True
        try:
            self.heed()
            yield
        finally:
            self._raises = False

    def heed(self) -> None:
        """End here if the signal has come: what it raises is lost in a finalizer.

        Raises:
            KeyboardInterrupt: when it has.
        """
        if self.number is not None:
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        first = self.number is None
        self.number = self.number or number
        if first and self._raises:
            raise KeyboardInterrupt
