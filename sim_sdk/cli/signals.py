"""How a command that is asked to end does so in order."""

import signal
from contextlib import contextmanager
from types import FrameType
from typing import Any, Callable, Iterator, Optional

__all__ = ["on_signal"]


@contextmanager
def on_signal(stop: Callable[[], Any], leave: Callable[[], Any]) -> Iterator[None]:
    """`stop` when Ctrl-C is pressed or SIGTERM comes, and `leave` when Ctrl-C is pressed again.

    An exception in whatever happens to be executed could lose a result, or have something shown twice or by half, so
    `stop` raises none. SIGTERM may come twice (the command `timeout` sends it so), and whoever sends it has SIGKILL
    besides.
    """
    asked = False

    def handle(number: int, frame: Optional[FrameType]) -> None:
        nonlocal asked
        if asked and number == signal.SIGINT:
            leave()
        asked = True
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
