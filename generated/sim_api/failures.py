# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""What can go wrong below HTTP. Raised by every transport, told apart by what a caller can do about it."""

import enum
from typing import Tuple, TypeVar

__all__ = ("FailureKind", "TransportFailure", "without_frames")

_E = TypeVar("_E", bound=BaseException)


class FailureKind(enum.Enum):
    """Where an exchange broke."""

    CONNECT = "connect"
    """No connection: refused, unknown host, TLS handshake or proxy failed."""
    TIMEOUT = "timeout"
    """A time limit passed."""
    BROKEN = "broken"
    """The connection broke, or what came over it is not HTTP."""
    LIMIT = "limit"
    """The answer is larger than the caller accepts."""


class TransportFailure(Exception):
    """An exchange that did not end with a whole HTTP response.

    Attributes:
        kind: Where it broke.
        request_sent: Whether any byte of the request went out: if so, the server may have acted on it.
    """

    def __init__(self, kind: FailureKind, message: str, *, request_sent: bool) -> None:
        super().__init__(message)
        self.kind = kind
        self.request_sent = request_sent

    def __reduce__(self) -> Tuple[object, ...]:
        return _rebuild, (self.kind, str(self), self.request_sent)


def without_frames(error: _E) -> _E:
    """An error without the frames that it came through, and without what it arose from: in there may be the key."""
    error.__context__ = None
    return error.with_traceback(None)


def _rebuild(kind: FailureKind, message: str, request_sent: bool) -> TransportFailure:
    return TransportFailure(kind, message, request_sent=request_sent)
