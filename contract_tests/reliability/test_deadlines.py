"""Time limits: no call outlives its deadline, whatever the server does."""

import contextlib
import gzip
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from contract_tests.reliability import _tls
from contract_tests.reliability._faults import START, Stage, chunked, endless, http, raw_tls
from contract_tests.reliability._matrix import CLIENTS, KEY, TOLERANCE
from contract_tests.reliability._methods import RUN, STREAM, Good
from contract_tests.reliability._server import FaultyServer, Play, RawServer, dribble, wait_to_leave, whole
from contract_tests.reliability.conftest import Connect
from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import (
    LAST_CHUNK,
    PATIENCE,
    Ending,
    Step,
    answer,
    chunk,
    frame,
    head,
    json_answer,
    stream_head,
)
from sim_sdk import ConnectionFailedError, RequestTimeoutError, ServerError, SimStudioError

DEADLINE = 0.3  # seconds
WORKERS = 12
Call = Callable[[Any], object]
Outcome = type[SimStudioError] | None


@dataclass(frozen=True)
class Hold:
    """A server that would hold a call for ever.

    Attributes:
        outcomes: What may become of the call.
        clients: Which clients it is for.
    """

    stage: Callable[[], AbstractContextManager[Stage]]
    call: Call
    outcomes: tuple[Outcome, ...] = (RequestTimeoutError,)
    clients: Iterable[str] = tuple(CLIENTS)


# What is asked


def run(client: Any) -> object:
    return client.execute_workflow("wf", timeout=DEADLINE)


def collect(client: Any) -> object:
    return client.execute_workflow("wf", timeout=DEADLINE, stream=True)


def follow(client: Any) -> object:
    with client.stream_workflow("wf", timeout=DEADLINE) as stream:
        return list(stream)


def begin(client: Any) -> object:
    with client.stream_workflow("wf", first_event_timeout=DEADLINE) as stream:
        return list(stream)


def look(client: Any) -> object:
    return client.get_workflow_status("wf")


def page(client: Any) -> object:
    return list(client.logs.iter(workspace_id="ws"))


def wait(client: Any) -> object:
    return client.wait_for_job("task", timeout=DEADLINE, poll_interval=0.01)


def queue_and_wait(client: Any) -> object:
    return client.execute_and_wait("wf", timeout=DEADLINE, poll_interval=0.01)


def batch(client: Any) -> object:
    (item,) = client.execute_batch([("wf", None)], timeout=DEADLINE)
    raise item.error


def twice(client: Any) -> object:
    look(client.with_options(timeout=PATIENCE))
    return look(client)


# What is answered


def dribbled(start: bytes, rest: bytes) -> Callable[[], AbstractContextManager[Stage]]:
    """A start, and then the rest byte by byte, over and over."""
    pause = threading.Event()

    def play(good: Good) -> Iterator[Step]:
        yield start
        for byte in itertools.cycle(rest):
            pause.wait(0.02)
            yield bytes([byte])

    return http(play)


def stalled(*steps: Step) -> Callable[[], AbstractContextManager[Stage]]:
    return http(lambda good: [*steps, Ending.STALL])


def flooded(start: bytes, more: bytes, **options: Any) -> Callable[[], AbstractContextManager[Stage]]:
    return http(endless(start, more), **options)


def slowly(reply: bytes) -> Callable[[], AbstractContextManager[Stage]]:
    """The same whole answer to whatever is asked, each after a while."""
    pause = threading.Event()

    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        with FaultyServer(lambda good: [lambda: pause.wait(0.1), reply]) as server:
            yield Stage(server.url, str, options={"max_retries": 1000})

    return stage


def over_tls(play: Play) -> Callable[[], AbstractContextManager[Stage]]:
    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        with FaultyServer(play, context=_tls.server_context()) as server:
            yield Stage(server.url, str, is_left=server.is_left, options={"ssl_context": _tls.trusting()})

    return stage


def behind_a_proxy(*steps: bytes) -> Callable[[], AbstractContextManager[Stage]]:
    def serve(connection: Any) -> None:
        connection.recv(65536)
        for step in steps:
            connection.sendall(step)
            threading.Event().wait(0.02)
        wait_to_leave(connection)

    @contextlib.contextmanager
    def stage() -> Iterator[Stage]:
        with RawServer(serve) as proxy:
            options = {"proxy": f"http://127.0.0.1:{proxy.port}", "ssl_context": _tls.trusting()}
            yield Stage("https://sim.example", str, is_left=proxy.is_left, options=options)

    return stage


LEFT = (RequestTimeoutError, ConnectionFailedError)
JSON = {"Content-Type": "application/json"}
GZIP = head(200, {**JSON, "Content-Encoding": "gzip", "Connection": "close"})
CHUNKED = chunked(RUN, b"")
RUNNING = json_answer(200, {"taskId": "task", "status": "processing"})
FINAL = frame({"event": "final", "data": {"success": True, "output": {}}})
COMMENT = chunk(b": still here\n\n")
THINKING = chunk(frame({"event": "thinking", "data": "hm"}) * 100)

SLOW = {
    "nothing": Hold(stalled(), run),
    "status line": Hold(dribbled(b"HTTP/1.1 200 ", b"O"), run),
    "name of a header": Hold(dribbled(START, b"a"), look),
    "value of a header": Hold(dribbled(START + b"A: ", b"b"), follow),
    "many headers": Hold(dribbled(START, b"A: b\r\n"), run),
    "interim answers": Hold(http(lambda good: dribble(b"", b"HTTP/1.1 103 X\r\n\r\n")), run),
    "body": Hold(dribbled(head(200, {**JSON, "Content-Length": "9999"}), b" "), page),
    "chunks": Hold(dribbled(CHUNKED, chunk(b" ")), run),
    "length of a chunk": Hold(dribbled(CHUNKED, b"0"), run),
    "extension of a chunk": Hold(dribbled(CHUNKED + b"5;", b"x"), run),
    "end of a chunk": Hold(stalled(CHUNKED + b"2\r\n{}"), run),
    "trailers": Hold(dribbled(CHUNKED + chunk(RUN.body) + b"0\r\n", b"A: b\r\n"), run),
    "gzip": Hold(dribbled(GZIP, gzip.compress(RUN.body, 0)[:10] + b"\x00\xff\xff\x00\x00" + bytes(65535)), run),
    "gzip that holds nothing": Hold(dribbled(GZIP, gzip.compress(b"")), run),
    "gzip that breaks off": Hold(stalled(GZIP + gzip.compress(RUN.body)[:-1]), run),
    "body until closed": Hold(stalled(head(200, JSON) + RUN.body), look),
    "refusal": Hold(dribbled(head(429, {**JSON, "Content-Length": "9999"}), b" "), batch),
    "comments": Hold(dribbled(stream_head(), COMMENT), follow),
    "comments before the first event": Hold(dribbled(stream_head(), COMMENT), begin),
    "thoughts": Hold(dribbled(stream_head(), chunk(frame({"event": "thinking", "data": "hm"}))), collect),
    "half an event": Hold(dribbled(stream_head() + chunk(STREAM.body[:9]), chunk(b"x")), follow),
    "comments behind the end": Hold(dribbled(stream_head() + chunk(FINAL), COMMENT), collect, (None,)),
    "silence behind the end": Hold(stalled(stream_head() + chunk(FINAL)), follow, (None,)),
    "a stream that is none": Hold(dribbled(head(200, {**JSON, "Content-Length": "9999"}), b" "), begin),
    "TLS handshake": Hold(raw_tls(wait_to_leave), run),
    "nothing over TLS": Hold(over_tls(lambda good: [Ending.STALL]), run),
    "body over TLS": Hold(over_tls(lambda good: dribble(CHUNKED, chunk(b" "))), run),
    "silent proxy": Hold(behind_a_proxy(), run),
    "dribbling proxy": Hold(behind_a_proxy(b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 90), run),
    "silent server behind a proxy": Hold(behind_a_proxy(b"HTTP/1.1 200 OK\r\n\r\n"), run),
    "redirects": Hold(slowly(answer(302, b"", {"Location": "/x"})), look),
    "busy server": Hold(slowly(answer(503, b"", {"Retry-After": "0"})), look, (RequestTimeoutError, ServerError)),
    "job": Hold(slowly(RUNNING), wait),
    "queued job": Hold(slowly(RUNNING), queue_and_wait),
}
FAST = {
    # aiohttp reads 14,000 of these at once, which takes a busy machine too long for a test.
    "interim answers": Hold(flooded(b"", b"HTTP/1.1 103 X\r\n\r\n" * 1000), run, clients=["sync"]),
    "interim answers with headers": Hold(flooded(b"", (b"HTTP/1.1 103 X\r\n" + b"A: b\r\n" * 90 + b"\r\n") * 99), look),
    "tiny chunks": Hold(flooded(CHUNKED, chunk(b" ") * 1000), run),
    "trailers": Hold(
        flooded(CHUNKED + b"0\r\n", b"A: b\r\n" * 1000), run, (RequestTimeoutError, ConnectionFailedError)
    ),
    "gzip that holds nothing": Hold(
        flooded(GZIP, gzip.compress(b"") * 10), run, (RequestTimeoutError, ConnectionFailedError)
    ),
    "comments": Hold(flooded(stream_head(), COMMENT * 1000), follow),
    "comments before the first event": Hold(flooded(stream_head(), COMMENT * 1000), begin),
    "thoughts": Hold(flooded(stream_head(), THINKING), collect),
}


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    """What is loaded and made once does not count."""
    for client in CLIENTS:
        check(client, Hold(over_tls(lambda good: [whole(good)]), look, (None,)), PATIENCE)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_slow_server_cannot_hold_a_call(client: str) -> None:
    def problem(name: str) -> str | None:
        try:
            check(client, SLOW[name])
        except AssertionError as error:
            return f"{name}: {error}"
        return None

    with ThreadPoolExecutor(WORKERS) as pool:
        assert list(filter(None, pool.map(problem, SLOW))) == []


@pytest.mark.parametrize(("name", "client"), [(name, client) for name, hold in FAST.items() for client in hold.clients])
def test_a_server_that_floods_cannot_hold_a_call(name: str, client: str) -> None:
    # Client and server are busy all the time. What other processes take of the machine is not theirs.
    check(client, FAST[name], clock=time.process_time)


def check(client: str, hold: Hold, deadline: float = DEADLINE, clock: Callable[[], float] = time.monotonic) -> None:
    error: SimStudioError | None = None
    with hold.stage() as stage, CLIENTS[client](KEY, stage.url, **{"timeout": deadline, **stage.options}) as made:
        began = clock()
        try:
            hold.call(made)
        except SimStudioError as caught:
            error = caught
        took = clock() - began
        if stage.is_left is not None and None not in hold.outcomes:
            assert stage.is_left(error is None or error.request_sent), "the connection is still open"
    assert took < deadline + TOLERANCE
    assert (None if error is None else type(error)) in hold.outcomes, error


# By a clock that stands still, and ten seconds of it with every reply


def ten_seconds_each(clock: FakeClock, replies: Iterable[bytes]) -> Iterator[Step]:
    for reply in replies:
        yield lambda: clock.advance(10)
        yield reply


def one_answer(start: bytes, more: bytes) -> Callable[[Good], list[bytes]]:
    return lambda good: [start, *[more] * 9]


def job_goes_on(good: Good) -> list[bytes]:
    return [whole(good) if good.status == 202 else RUNNING]


@pytest.mark.parametrize(
    ("call", "replies"),
    [
        (lambda client: client.execute_workflow("wf", timeout=25), one_answer(CHUNKED, chunk(b" "))),
        (lambda client: client.execute_workflow("wf", timeout=25, stream=True), one_answer(stream_head(), THINKING)),
        (lambda client: client.execute_and_wait("wf", timeout=25), job_goes_on),
        (lambda client: client.wait_for_job("task", timeout=25), job_goes_on),
        (look, lambda good: [answer(302, b"", {"Location": "/x"})]),
    ],
    ids=["an answer", "a stream", "a run and its job", "a job", "redirects"],
)
def test_the_total_time_limit_is_that_of_the_whole_call(
    connect: Connect, call: Call, replies: Callable[[Good], list[bytes]]
) -> None:
    clock = FakeClock()
    began = clock.time()
    with FaultyServer(lambda good: ten_seconds_each(clock, replies(good))) as server:
        client = connect(server.url, clock=clock, timeout=25)
        with pytest.raises(RequestTimeoutError):
            call(client)
    assert 25 <= clock.time() - began <= 100


def test_comments_are_no_first_event(connect: Connect) -> None:
    clock = FakeClock()
    comments = [stream_head(), *[chunk(b": not yet\n\n")] * 3]
    with FaultyServer(lambda good: [*ten_seconds_each(clock, comments), Ending.STALL]) as server:
        client = connect(server.url, clock=clock)
        with client.stream_workflow("wf", first_event_timeout=25) as stream, pytest.raises(RequestTimeoutError):
            next(stream)
        assert server.left.wait(PATIENCE)


def test_the_limit_of_silence_begins_anew_with_every_byte(connect: Connect) -> None:
    pause = threading.Event()
    sent: list[Step] = [THINKING, lambda: pause.wait(0.05)] * 6
    with FaultyServer(lambda good: [stream_head(), *sent, chunk(FINAL) + LAST_CHUNK]) as server:
        client = connect(server.url, idle_timeout=0.2)
        assert client.execute_workflow("wf", stream=True).success
