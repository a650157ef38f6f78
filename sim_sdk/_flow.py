"""What a flow may ask of its driver.

A flow is a generator that yields effects and is sent what became of them. All behaviour that takes several steps
(sending, retrying, polling, paging, streaming) is written once as flows; a driver of a few lines runs them, one for
the synchronous client and one for the asynchronous one.

Effects, and what else each call makes one of, are plain classes: a named tuple takes longer to make and to define.
"""

from typing import Any, Callable, Generator, Mapping, Optional, Protocol, Sequence, Tuple, TypeVar, Union

_T = TypeVar("_T")


class ResponseHandle(Protocol):
    """The head of an answer whose body is read by `Read` effects."""

    status: int
    headers: Sequence[Tuple[str, str]]

    @property
    def ended(self) -> bool:
        """Whether it is known that the body has been read to its end; False also where only another read can tell."""
        ...

    def at_hand(self) -> bytes:
        """What has come of the body and can be had without waiting, b"" where only a `Read` can tell. Never blocks."""
        ...

    def read(self, *, total: Optional[float], idle: Optional[float]) -> Any:
        """The next bytes of the body, b"" at its end; an awaitable of them where the transport is asynchronous."""

    def close(self) -> None:
        """Give the connection back where the body was read to its end, else close it. Never blocks."""


class Open:
    """Send a request; the driver answers with a `ResponseHandle`. Times are in seconds, None means no limit."""

    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[bytes],
        connect: Optional[float],
        total: Optional[float],
        idle: Optional[float],
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connect = connect
        self.total = total
        self.idle = idle


class Read:
    """Read the next bytes of a body; the driver answers with them, b"" at the end."""

    def __init__(self, response: ResponseHandle, total: Optional[float], idle: Optional[float]) -> None:
        self.response = response
        self.total = total
        self.idle = idle


class Sleep:
    """Wait, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Notify:
    """Call a function of the user's (which may be a coroutine function where the driver is asynchronous)."""

    def __init__(self, function: Callable[..., Any], arguments: Tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments


Effect = Union[Open, Read, Sleep, Notify]
Flow = Generator[Effect, Any, _T]
