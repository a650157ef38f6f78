"""The faults of the matrix, in the order of an exchange, each with what every kind of method has to make of it."""

import contextlib
import functools
import gzip
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.reliability import _tls
from contract_tests.reliability._methods import Good, Kind, Method
from contract_tests.reliability._names import named, unknown
from contract_tests.reliability._server import (
    FaultyServer,
    Play,
    RawServer,
    deaf,
    dribble,
    dribbled_handshake,
    wait_to_leave,
    whole,
)
from contract_tests.sdk._server import Ending, ScriptedServer, answer, chunk, head, refused

DEADLINE = 0.25  # seconds; of the calls that a fault would hold for ever
PATIENT = 30.0  # seconds; of all others
MAX_RESPONSE_BYTES = 1_000_000

_CODES = {
    "RequestTimeoutError": "TIMEOUT",
    "RateLimitError": "RATE_LIMIT_EXCEEDED",
    "UsageLimitError": "USAGE_LIMIT_EXCEEDED",
    "AuthenticationError": "UNAUTHORIZED",
}


@dataclass(frozen=True)
class Expected:
    """What a method has to make of a fault.

    Attributes:
        raises: The class of the error, None where there is a result.
        sent: `request_sent` of the error.
        again: Whether a method that may send its request again does.
        kept: Whether the connection can be used again, None where there was none or it may be either.
        requests: How many there are, where that does not depend on the method.
    """

    raises: str | None
    sent: bool | None = None
    again: bool = False
    kept: bool | None = False
    requests: int | None = None

    def tries(self, method: Method) -> int:
        """How many requests meet the fault."""
        return self.requests or (method.tries if self.again else 1)

    def code(self, method: Method) -> str | None:
        """`code` of the error."""
        return None if self.raises is None else _CODES.get(self.raises, method.code)


Expectations = Mapping[Kind, Expected]


@dataclass
class Stage:
    """Where a fault is played.

    Attributes:
        url: The client's base URL.
        heal: Ends the fault; the base URL of a server that works.
        failed: How many requests met the fault, None where none arrives.
        is_left: Whether the client, which sent its request or did not, closes its connection; None where that cannot be
            told.
        options: The client's.
    """

    url: str
    heal: Callable[[], str]
    failed: Callable[[], int] | None = None
    is_left: Callable[[bool | None], bool] | None = None
    server: FaultyServer | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        group: Where in an exchange it happens.
        name: What happens.
        expected: What each kind of method has to make of it.
        stage: Where it is played.
        waits: Whether it would hold a call for ever, so that the deadline ends it.
        elsewise: What the asynchronous client makes of it where that is not the same.
    """

    group: str
    name: str
    expected: Expectations
    stage: Callable[[], AbstractContextManager[Stage]]
    waits: bool = False
    elsewise: Expectations | None = None

    @property
    def deadline(self) -> float:
        """The time limit of each call, in seconds."""
        return DEADLINE if self.waits else PATIENT


# Expectations


def every(expected: Expected, **others: Expected) -> Expectations:
    """The same for all kinds but those named."""
    return {kind: others.get(kind.value, expected) for kind in Kind}


def unsent(raises: str) -> Expectations:
    """No connection: the request did not go out, and may be sent again by whoever sends again."""
    return every(Expected(raises, False, again=raises != "RequestTimeoutError", kept=None))


def lost(raises: str = "ConnectionFailedError", stream: str | None = None) -> Expectations:
    """The request went out, and what became of it is not known: only reads are sent again."""
    read = Expected(raises, True, again=raises != "RequestTimeoutError")
    return every(Expected(raises, True), streams=Expected(stream or raises, True), reads=read)


def refusal(raises: str, again: str = "", *, kept: bool = True) -> Expectations:
    """A whole answer that says no; `again` names the kinds that ask again."""
    return {kind: Expected(raises, True, again=kind.value in again, kept=kept) for kind in Kind}


RESULT = Expected(None, kept=True)
CLOSED_RESULT = Expected(None, kept=False)
TIMED_OUT = lost("RequestTimeoutError")
BROKEN = lost()
DAMAGED = {kind: replace(expected, kept=None) for kind, expected in lost(stream="StreamError").items()}
BOMB = {kind: replace(expected, kept=None) for kind, expected in refusal("InvalidResponseError").items()}
CUT_BODY = lost(stream="StreamError")
UNREADABLE = refusal("InvalidResponseError")


# Stages


def http(play: Play, **options: Any) -> Callable[[], AbstractContextManager[Stage]]:
    """A server that plays the fault as its answer."""

    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        with FaultyServer(play) as server:
            yield Stage(server.url, _healing(server), lambda: server.failed, server.is_left, server, options)

    return stage


def _healing(server: FaultyServer) -> Callable[[], str]:
    def heal() -> str:
        server.heal()
        return server.url

    return heal


def steps(*played: Any) -> Play:
    """The same steps whatever was asked."""
    return lambda good: played


@contextlib.contextmanager
def elsewhere(url: str, is_left: Callable[[bool | None], bool] | None = None, **options: Any) -> Iterator[Stage]:
    """A fault below HTTP; a server that works is somewhere else."""
    with FaultyServer(steps()) as working:
        yield Stage(url, _healing(working), None, is_left, None, options)


@contextlib.contextmanager
def nobody_listens() -> Iterator[Stage]:
    with refused() as url, elsewhere(url) as stage:
        yield stage


@contextlib.contextmanager
def unknown_host() -> Iterator[Stage]:
    with named(unknown) as host, elsewhere(f"http://{host}:9") as stage:
        yield stage


@contextlib.contextmanager
def resolver_hangs() -> Iterator[Stage]:
    over = threading.Event()

    def resolve(port: int) -> list[tuple[str, int]]:
        over.wait()
        return []

    with named(resolve) as host, elsewhere(f"http://{host}:9") as stage:
        yield stage
        over.set()


@contextlib.contextmanager
def nobody_answers() -> Iterator[Stage]:
    with deaf() as port, elsewhere(f"http://127.0.0.1:{port}") as stage:
        yield stage


@contextlib.contextmanager
def no_address_answers() -> Iterator[Stage]:
    with deaf() as first, deaf() as second, deaf() as third:
        addresses = [("127.0.0.1", port) for port in (first, second, third)]
        with named(lambda port: addresses) as host, elsewhere(f"http://{host}:9") as stage:
            yield stage


def tls(host: str, *, trusting: bool = True, expired: bool = False) -> Callable[[], AbstractContextManager[Stage]]:
    """A server whose certificate is not in order."""

    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        options: dict[str, Any] = {"ssl_context": _tls.trusting()} if trusting else {}
        context = _tls.server_context(host, expired=expired)
        with ScriptedServer(context=context) as server, elsewhere(server.url, **options) as stage:
            yield stage

    return stage


def raw_tls(serve: Callable[[Any], object]) -> Callable[[], AbstractContextManager[Stage]]:
    """What is no TLS server, where one is expected."""

    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        with RawServer(serve) as server:
            url = f"https://127.0.0.1:{server.port}"
            with elsewhere(url, server.is_left, ssl_context=_tls.trusting()) as stage:
                yield stage

    return stage


def redirect(status: int, location: str | None) -> Callable[[], AbstractContextManager[Stage]]:
    """A redirect to a place; `{here}` is the server itself, `{other}` another one (at `{port}`), which is not asked."""

    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        with ScriptedServer() as other, FaultyServer(lambda good: [answer(status, b"moved", headers)]) as server:
            headers = (
                {}
                if location is None
                else {"Location": location.format(here=server.url, other=other.url, port=other.port)}
            )
            yield Stage(server.url, _healing(server), lambda: server.failed, server.is_left, server)
            assert other.requests == []

    return stage


@contextlib.contextmanager
def downgrade() -> Iterator[Stage]:
    with ScriptedServer() as plain:
        moved = answer(302, b"", {"Location": f"{plain.url}/x"})
        with FaultyServer(lambda good: [moved], context=_tls.server_context()) as server:
            options = {"ssl_context": _tls.trusting()}
            yield Stage(server.url, _healing(server), lambda: server.failed, server.is_left, server, options)
            assert plain.requests == []


# What is played


def cut_short(good: Good, ending: Ending) -> list[Any]:
    """The good answer up to the midst of its body."""
    return [whole(good)[: -len(good.body) // 2], ending]


def chunked(good: Good, body: bytes) -> bytes:
    return head(good.status, {"Content-Type": good.content_type, "Transfer-Encoding": "chunked"}) + body


def coded(coding: str, compress: Callable[[bytes], bytes]) -> Play:
    """The good answer in a content coding."""

    def play(good: Good) -> list[Any]:
        body = compress(good.body)
        return [answer(good.status, body, {"Content-Type": good.content_type, "Content-Encoding": coding})]

    return play


def body(content: bytes, content_type: str = "application/json", status: int = 200) -> Play:
    return steps(answer(status, content, {"Content-Type": content_type}))


def as_text(good: Good) -> list[Any]:
    return [answer(good.status, good.body, {"Content-Type": "text/plain"})]


def wrong_checksum(data: bytes) -> bytes:
    return gzip.compress(data)[:-8] + bytes(8)


def lengths(*values: str) -> Play:
    """The good answer with other lengths than its own."""

    def play(good: Good) -> list[Any]:
        lines = "".join(f"Content-Length: {value}\r\n" for value in values)
        start = f"HTTP/1.1 {good.status} X\r\nContent-Type: {good.content_type}\r\n{lines}\r\n"
        return [start.encode() + good.body, Ending.CLOSE]

    return play


def endless(start: bytes, more: bytes) -> Play:
    def play(good: Good) -> Iterator[Any]:
        yield start
        while True:
            yield more

    return play


def without_length(good: Good) -> list[Any]:
    """The first half of the good answer, which is to end with the connection."""
    return [head(good.status, {"Content-Type": good.content_type}) + half(good.body), Ending.RESET]


def chunk_that_goes_on(good: Good) -> bytes:
    """A chunk that does not end where its length says."""
    return chunked(good, chunk(good.body[:20])[:-2] + b"more")


def raw_deflate(data: bytes) -> bytes:
    """What some servers take "deflate" to mean."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


@functools.cache
def bomb(compress: Callable[[bytes], bytes]) -> bytes:
    return compress(b" " * 64 * MAX_RESPONSE_BYTES)


def interim(good: Good, *statuses: int) -> list[Any]:
    before = b"".join(f"HTTP/1.1 {status} X\r\nLink: </a>\r\n\r\n".encode() for status in statuses)
    return [before + whole(good)]


_SOON = "Wed, 21 Oct 2065 07:28:00 GMT"
RETRY_AFTER = {
    "in seconds": "3",
    "in fractions of a second": "0.5",
    "as a date": _SOON,
    "as a date that has passed": "Wed, 21 Oct 2015 07:28:00 GMT",
    "of zero": "0",
    "that is negative": "-5",
    "that is no time": "soon",
    "that is no number of this world": "9" * 400,
    "longer than max_retry_after": "3600",
    "that is empty": "",
}
_FAR = ("as a date", "longer than max_retry_after")  # longer than max_retry_after, so that nothing is sent again


def moved(status: int, good: Good) -> list[Any]:
    """A redirect, then the good answer."""
    if good.target.startswith("/moved"):
        return [whole(good)]
    return [answer(status, b"", {"Location": f"/moved{good.target}"})]


def moved_to_spaces(good: Good) -> list[Any]:
    """A redirect to a place that is spelled as no URL may be, then the good answer."""
    if good.target.startswith("/moved"):
        return [whole(good) if good.target.startswith("/moved/a%20b%22%3C%C3%A9/") else answer(404)]
    return [answer(302, b"", {"Location": f'/moved/a b"<%C3%A9{good.target}'})]


def _limited(form: str) -> Play:
    limit = {"Content-Type": "application/json", "Retry-After": RETRY_AFTER[form]}
    return steps(answer(429, b'{"error":"Rate limit exceeded"}', limit))


HTML = b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
START = b"HTTP/1.1 200 OK\r\n"

_CONNECTING = "Connecting"
_TLS = "TLS"
_HEAD = "Before and in the headers"
_INTERIM = "Interim answers"
_BODY = "The body"
_CODING = "Content codings"
_CONTENT = "What the body is"
_REDIRECTS = "Redirects"
_RETRY_AFTER = "Retry-After on a 429"

FAULTS: tuple[Fault, ...] = (
    Fault(_CONNECTING, "refused", unsent("ConnectionFailedError"), nobody_listens),
    Fault(_CONNECTING, "unknown host", unsent("ConnectionFailedError"), unknown_host),
    Fault(_CONNECTING, "name resolution hangs", unsent("RequestTimeoutError"), resolver_hangs, waits=True),
    Fault(_CONNECTING, "no answer", unsent("RequestTimeoutError"), nobody_answers, waits=True),
    Fault(_CONNECTING, "no answer of three addresses", unsent("RequestTimeoutError"), no_address_answers, waits=True),
    Fault(_TLS, "unknown authority", unsent("ConnectionFailedError"), tls(_tls.HOST, trusting=False)),
    Fault(_TLS, "certificate of another host", unsent("ConnectionFailedError"), tls("other.example")),
    Fault(_TLS, "certificate has expired", unsent("ConnectionFailedError"), tls(_tls.HOST, expired=True)),
    Fault(_TLS, "not TLS", unsent("ConnectionFailedError"), raw_tls(lambda it: it.sendall(START + b"\r\n"))),
    Fault(_TLS, "closed in the handshake", unsent("ConnectionFailedError"), raw_tls(lambda it: it.recv(1 << 16))),
    Fault(_TLS, "handshake stalls", unsent("RequestTimeoutError"), raw_tls(wait_to_leave), waits=True),
    Fault(
        _TLS,
        "handshake dribbles",
        unsent("RequestTimeoutError"),
        raw_tls(lambda it: dribbled_handshake(_tls.server_context())(it)),
        waits=True,
    ),
    Fault(_HEAD, "closed without an answer", BROKEN, http(steps(Ending.CLOSE))),
    Fault(_HEAD, "reset before the answer", BROKEN, http(steps(Ending.RESET))),
    Fault(_HEAD, "stalls before the answer", TIMED_OUT, http(steps(Ending.STALL)), waits=True),
    Fault(_HEAD, "closed in the status line", BROKEN, http(steps(b"HTTP/1.1 20", Ending.CLOSE))),
    Fault(_HEAD, "closed in the headers", BROKEN, http(steps(START + b"Content-Ty", Ending.CLOSE))),
    Fault(_HEAD, "closed between two headers", BROKEN, http(steps(START + b"A: b\r\n", Ending.CLOSE))),
    Fault(_HEAD, "reset in the headers", BROKEN, http(steps(START + b"Content-Ty", Ending.RESET))),
    Fault(_HEAD, "stalls in the headers", TIMED_OUT, http(steps(START + b"A: b\r\n", Ending.STALL)), waits=True),
    Fault(_HEAD, "headers dribble", TIMED_OUT, http(lambda good: dribble(START + b"A: ", b"b")), waits=True),
    Fault(_HEAD, "another protocol", BROKEN, http(steps(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Ending.CLOSE))),
    Fault(_HEAD, "no status", BROKEN, http(steps(b"HTTP/1.1 abc OK\r\n\r\n", Ending.CLOSE))),
    Fault(_HEAD, "a header of 70 kB", BROKEN, http(steps(START + b"A: " + b"b" * 70_000 + b"\r\n\r\n", Ending.CLOSE))),
    Fault(_HEAD, "a thousand headers", BROKEN, http(steps(START + b"A: b\r\n" * 1000 + b"\r\n", Ending.CLOSE))),
    Fault(_HEAD, "headers without end", BROKEN, http(endless(START, b"A: b\r\n" * 1000))),
    Fault(_HEAD, "a header line without end", BROKEN, http(endless(START + b"A: ", b"b" * 65536))),
    Fault(_INTERIM, "100, then the answer", every(RESULT), http(lambda good: interim(good, 100))),
    Fault(_INTERIM, "102, 103, then the answer", every(RESULT), http(lambda good: interim(good, 102, 103))),
    Fault(_INTERIM, "101", BROKEN, http(steps(b"HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"))),
    Fault(
        _INTERIM, "103 without end", TIMED_OUT, http(lambda good: dribble(b"", b"HTTP/1.1 103 X\r\n\r\n")), waits=True
    ),
    Fault(_BODY, "closed in the body", CUT_BODY, http(lambda good: cut_short(good, Ending.CLOSE))),
    Fault(_BODY, "reset in the body", CUT_BODY, http(lambda good: cut_short(good, Ending.RESET))),
    Fault(_BODY, "reset in a body without a length", CUT_BODY, http(without_length)),
    Fault(_BODY, "stalls in the body", TIMED_OUT, http(lambda good: cut_short(good, Ending.STALL)), waits=True),
    Fault(
        _BODY,
        "body dribbles",
        TIMED_OUT,
        http(lambda good: dribble(head(200, {"Content-Type": good.content_type}), b" ")),
        waits=True,
    ),
    Fault(
        _BODY,
        "longer than its Content-Length",
        every(
            Expected("InvalidResponseError", True),
            streams=Expected("StreamError", True),
        ),
        http(lengths("10")),
        elsewise=BROKEN,
    ),
    Fault(_BODY, "Content-Length that is no number", BROKEN, http(lengths("many"))),
    Fault(_BODY, "Content-Length that is negative", BROKEN, http(lengths("-1"))),
    Fault(_BODY, "two different Content-Lengths", BROKEN, http(lengths("10", "20"))),
    Fault(
        _BODY,
        "no last chunk",
        CUT_BODY,
        http(lambda good: [chunked(good, chunk(good.body[:20])), Ending.CLOSE]),
    ),
    Fault(
        _BODY,
        "chunk length that is none",
        CUT_BODY,
        http(lambda good: [chunked(good, b"zz\r\n"), Ending.CLOSE]),
        elsewise=BROKEN,
    ),
    Fault(
        _BODY,
        "chunk length that is negative",
        CUT_BODY,
        http(lambda good: [chunked(good, b"-5\r\n" + good.body[:20])]),
        elsewise=BROKEN,
    ),
    Fault(
        _BODY,
        "chunk that is longer than its length",
        CUT_BODY,
        http(lambda good: [chunk_that_goes_on(good)]),
        elsewise=BROKEN,
    ),
    Fault(
        _BODY,
        "closed in a chunk",
        CUT_BODY,
        http(lambda good: [chunked(good, chunk(good.body)[: len(good.body) // 2]), Ending.CLOSE]),
    ),
    Fault(
        _BODY,
        "chunk length dribbles",
        TIMED_OUT,
        http(lambda good: dribble(chunked(good, b""), b"0")),
        waits=True,
    ),
    Fault(
        _BODY,
        "larger than max_response_bytes",
        refusal("InvalidResponseError", kept=False),
        http(
            lambda good: [answer(200, b"x" * 2 * MAX_RESPONSE_BYTES, {"Content-Type": "application/json"})],
            max_response_bytes=MAX_RESPONSE_BYTES,
        ),
    ),
    Fault(
        _BODY,
        "without end",
        refusal("InvalidResponseError", kept=False),
        http(
            endless(head(200, {"Content-Type": "application/json"}), b" " * 65536),
            max_response_bytes=MAX_RESPONSE_BYTES,
        ),
    ),
    Fault(_CODING, "gzip in order", every(RESULT), http(coded("gzip", gzip.compress))),
    Fault(_CODING, "deflate in order", every(RESULT), http(coded("deflate", zlib.compress))),
    Fault(_CODING, "deflate without its header", every(RESULT), http(coded("deflate", raw_deflate))),
    Fault(_CODING, "a charset for a coding", every(RESULT), http(coded("utf-8", bytes))),
    Fault(_CODING, "not gzip", DAMAGED, http(coded("gzip", bytes))),
    Fault(_CODING, "gzip ends too early", DAMAGED, http(coded("gzip", lambda data: half(gzip.compress(data))))),
    Fault(
        _CODING,
        "gzip with a wrong checksum",
        DAMAGED,
        http(coded("gzip", wrong_checksum)),
    ),
    Fault(_CODING, "not deflate", DAMAGED, http(coded("deflate", lambda data: b"\xff" + data))),
    Fault(_CODING, "deflate ends too early", DAMAGED, http(coded("deflate", lambda data: half(zlib.compress(data))))),
    Fault(_CODING, "br, which was not asked for", DAMAGED, http(coded("br", bytes))),
    Fault(_CODING, "two codings", DAMAGED, http(coded("deflate, gzip", bytes))),
    Fault(
        _CODING,
        "gzip bomb",
        BOMB,
        http(
            lambda good: [answer(200, bomb(gzip.compress), {"Content-Encoding": "gzip", "Content-Type": "text/plain"})],
            max_response_bytes=MAX_RESPONSE_BYTES,
        ),
    ),
    Fault(
        _CODING,
        "deflate bomb",
        BOMB,
        http(
            lambda good: [
                answer(200, bomb(zlib.compress), {"Content-Encoding": "deflate", "Content-Type": "text/plain"})
            ],
            max_response_bytes=MAX_RESPONSE_BYTES,
        ),
    ),
    Fault(_CONTENT, "204", {**UNREADABLE, Kind.RUN: RESULT, Kind.STREAM: RESULT}, http(steps(head(204, {})))),
    Fault(
        _CONTENT,
        "204 of JSON",
        {**UNREADABLE, Kind.RUN: RESULT, Kind.STREAM: RESULT},
        http(steps(head(204, {"Content-Type": "application/json"}))),
    ),
    Fault(_CONTENT, "200 with nothing", UNREADABLE, http(body(b""))),
    Fault(_CONTENT, "HTML with 200", UNREADABLE, http(body(HTML, "text/html"))),
    Fault(_CONTENT, "HTML with 404", refusal("NotFoundError"), http(body(HTML, "text/html", 404))),
    Fault(_CONTENT, "HTML with 500", refusal("ServerError"), http(body(HTML, "text/html", 500))),
    Fault(_CONTENT, "HTML with 502", refusal("ServerError", "reads"), http(body(HTML, "text/html", 502))),
    Fault(_CONTENT, "JSON that is cut", UNREADABLE, http(body(b'{"success":true,"outp'))),
    Fault(_CONTENT, "bytes that are no text", UNREADABLE, http(body(b"\xff\xfe\x80" * 9))),
    Fault(_CONTENT, "JSON nested too deeply", UNREADABLE, http(body(b"[" * 100_000 + b"]" * 100_000))),
    Fault(
        _CONTENT,
        "the answer as text/plain",
        every(RESULT),
        http(as_text),
    ),
    *(
        Fault(
            _REDIRECTS,
            f"{status} within the server",
            every(Expected("RedirectError", True, kept=True), reads=Expected(None, kept=True)),
            http(functools.partial(moved, status)),
        )
        for status in (301, 302, 303, 307, 308)
    ),
    Fault(
        _REDIRECTS,
        "302 within the server, to what has spaces",
        every(Expected("RedirectError", True, kept=True), reads=Expected(None, kept=True)),
        http(moved_to_spaces),
    ),
    Fault(
        _REDIRECTS,
        "302 in a circle",
        {**refusal("RedirectError"), Kind.READ: Expected("RedirectError", True, kept=True, requests=4)},
        redirect(302, "{here}/api/round"),
    ),
    *(
        Fault(_REDIRECTS, f"{status} to another server", refusal("RedirectError"), redirect(status, "{other}/x"))
        for status in (301, 302, 303, 307, 308)
    ),
    Fault(
        _REDIRECTS,
        "302 to another server, without a scheme",
        refusal("RedirectError"),
        redirect(302, "//127.0.0.1:{port}/x"),
    ),
    Fault(_REDIRECTS, "302 from https to http", refusal("RedirectError"), downgrade),
    Fault(_REDIRECTS, "302 to nowhere", refusal("RedirectError"), redirect(302, None)),
    Fault(_REDIRECTS, "302 to what is no URL", refusal("RedirectError"), redirect(302, "http://[:9:9")),
    Fault(
        _REDIRECTS, "302 to a port that is none", refusal("RedirectError"), redirect(302, "http://127.0.0.1:99999999/")
    ),
    Fault(_REDIRECTS, "302 with a user name", refusal("RedirectError"), redirect(302, "http://me:pw@127.0.0.1/x")),
    Fault(_REDIRECTS, "304", refusal("RedirectError"), http(steps(head(304, {})))),
    *(
        Fault(
            _RETRY_AFTER,
            f"Retry-After {form}",
            refusal("RateLimitError", "" if form in _FAR else "runs reads"),
            http(_limited(form)),
        )
        for form in RETRY_AFTER
    ),
)
