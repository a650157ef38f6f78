"""One request and its answer, apart from any socket."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from sim_conformance.mock.jsons import Json, encode
from sim_conformance.mock.limits import RateWindow

SECRET_HEADERS = frozenset({"x-api-key", "authorization", "cookie", "set-cookie", "proxy-authorization"})


class Headers(dict[str, str]):
    """Headers by lower-case name; its repr hides keys and cookies."""

    def redacted(self) -> dict[str, str]:
        """The headers fit to be shown."""
        return {name: "***" if name in SECRET_HEADERS else value for name, value in self.items()}

    def __repr__(self) -> str:
        return repr(self.redacted())


@dataclass
class Call:
    """A request as it came in.

    Attributes:
        path: as sent, not decoded.
        query: as sent, without the question mark.
        origin: scheme and authority that the client used.
        request_id: what a server would write into its log.
        now: epoch seconds.
        params: decoded path parameters.
        window: the rate window that the request was counted in.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    origin: str
    request_id: str
    now: float
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    window: RateWindow | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """The query's parameters; the last one of a name wins."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class Frame:
    """One frame of an event stream.

    Attributes:
        data: the JSON value that it carries.
        delay: seconds to wait before it.
        bare: send a string without JSON quotes.
    """

    data: Json
    delay: float = 0.0
    bare: bool = False


@dataclass
class Reply:
    """An answer to send.

    Attributes:
        delay: seconds to wait before the status line.
        frames: the event stream, instead of `body`.
        free: outside the API's contract: a workflow author's own answer, or the web framework's.
    """

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    delay: float = 0.0
    frames: tuple[Frame, ...] | None = None
    free: bool = False

    def pieces(self) -> Iterator[tuple[float, bytes]]:
        """What to send: seconds to wait, then bytes."""
        if self.frames is None:
            yield 0.0, self.body
            return
        for frame in self.frames:
            yield frame.delay, framed(frame)


Distortion = Callable[[Call, Reply], Reply]
"""What makes a wrong answer of a right one, for tests of tests."""


def framed(frame: Frame) -> bytes:
    """The frame's bytes, as Sim frames them: one data line and a blank one."""
    payload = frame.data.encode() if frame.bare else encode(frame.data)
    return b"data: " + payload + b"\n\n"
