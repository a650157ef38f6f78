"""What the coverage-guided fuzzer runs: each target takes bytes, and raises where the SDK breaks a promise.

The bytes are text as HTTP writes it, so that a corpus can be read and written by hand.
"""

import datetime
import math
import pickle
import re
from typing import Any, Callable, Iterator, List, Mapping, Optional, Tuple, cast
from urllib.parse import unquote

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk.test_sse import interpret
from sim_api.transport import Transport
from sim_sdk._calls import Calls
from sim_sdk._driver import Driver
from sim_sdk._engine import Engine
from sim_sdk._flow import Flow
from sim_sdk._headers import Headers
from sim_sdk._log_calls import LogCalls, PageFlow
from sim_sdk._options import Options
from sim_sdk._secret import Secret
from sim_sdk.errors import DOCUMENTED_CODES, SimStudioError, error_from_response, parse_json
from sim_sdk.ratelimit import read_hint, read_rate_limit
from sim_sdk.retry import RetryPolicy
from sim_sdk.sse import EventStreamDecoder, EventStreamLimitError
from sim_sdk.webhooks import WebhookError, delivery_id, sign, verify
from tools.fuzz.streams import decode

Target = Callable[[bytes], None]

KEY = Secret("sk-sim-canary-1f0e9d8c7b6a")
_NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z
_PIECES = (1, 2, 3, 7)  # bytes


def sse(data: bytes) -> None:
    """A stream is read as the standard says, and refused where it is too large, in pieces of any size."""
    expected = interpret(data)
    chunkings = [[data[place : place + size] for place in range(0, len(data), size)] for size in _PIECES]
    assert all(decode(chunks) == expected for chunks in [[data], *chunkings])
    refused = _refuses([data])
    assert all(_refuses(chunks) == refused for chunks in chunkings)


def headers(data: bytes) -> None:
    """What an answer says of limits is read, or left; it never raises, and what comes out can be used."""
    status, fields, body = read_message(data)
    hint = read_hint(status, fields, parse_json(body), _NOW)
    assert hint is None or 0 <= hint < math.inf
    info = read_rate_limit(status, fields, parse_json(body), _NOW)
    if info is not None:
        assert min(info.limit, info.remaining) >= 0
        datetime.datetime.fromtimestamp(info.reset)  # as the documentation's sample does
        assert info.retry_after is None or info.retry_after >= 0
        assert status != 429 or (info.retry_after is None) == (hint is None)
    error = error_from_response(status, fields, body, default_code="EXECUTION_ERROR", now=_NOW)
    check_error(error)
    policy = RetryPolicy()
    for retries in range(policy.max_retries):
        wait = policy.wait(error, retries, lambda _: True)
        assert wait is None or (error.retry_after or 0) <= wait <= policy.max_retry_after + 2


def responses(data: bytes) -> None:
    """Every method gets a result or a SimStudioError out of any answer, and shows the key in neither case."""
    status, fields, body = read_message(data)
    clock = FakeClock(_NOW)
    options = Options(KEY, "http://sim.test", clock=clock)
    driver = Driver(lambda: cast(Transport, _Replay(status, fields, body)), clock)
    for flow in _flows(Calls(Engine(options))):
        try:
            driver.run(flow)
        except SimStudioError as error:
            check_error(error)
            check_secrecy(error)


def webhooks(data: bytes) -> None:
    """A delivery is an event or a WebhookError: as it came, and rightly signed."""
    _, fields, body = read_message(b"200\n" + data)
    delivery_id(fields)
    for signature in (fields, fields.get("sim-signature"), sign(body, "secret", int(_NOW * 1000))):
        try:
            repr(verify(body, signature, ["other", "secret"], now=_NOW))
        except WebhookError as error:
            check_error(error)


TARGETS: Mapping[str, Target] = {"sse": sse, "headers": headers, "responses": responses, "webhooks": webhooks}


def _refuses(chunks: List[bytes]) -> bool:
    """Whether a decoder with low limits refuses a stream."""
    decoder = EventStreamDecoder(max_line_bytes=12, max_event_bytes=16)
    try:
        for chunk in chunks:
            decoder.feed(chunk)
    except EventStreamLimitError:
        return True
    return False


def read_message(data: bytes) -> Tuple[int, Headers, bytes]:
    """Status, headers and body: a line with the status, lines with headers, an empty line, the body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    fields = [line.partition(":") for line in lines]
    status = int(first) if re.fullmatch("[1-9][0-9][0-9]", first) else 429
    return status, Headers((name.strip(), value.strip()) for name, _, value in fields), body


def write_message(status: int, fields: Mapping[str, str], body: bytes) -> bytes:
    """The bytes that `read_message` reads."""
    lines = [str(status), *(f"{name}: {value}" for name, value in fields.items())]
    return "\n".join(lines).encode("latin-1") + b"\n\n" + body


def check_error(error: SimStudioError) -> None:
    """What every error promises."""
    assert error.code in DOCUMENTED_CODES
    hint = error.retry_after
    assert hint is None or 0 <= hint < math.inf
    pickle.loads(pickle.dumps(error))


def check_secrecy(error: SimStudioError) -> None:
    """No error of a method shows the key, whatever the server echoes."""
    shown = (str(error), repr(error), repr(vars(error)), str(pickle.dumps(error)))
    assert not any(str(KEY) in text.lower() for text in shown)


def _flows(calls: Calls) -> Iterator[Flow[Any]]:
    """Every method of the clients that sends something."""
    logs = LogCalls(calls)
    plain, queued, streamed = (
        calls.prepare("wf", {"message": "hello"}, 30.0, stream, None, asked_async)
        for stream, asked_async in ((False, False), (False, True), (True, False))
    )
    yield calls.execute(plain)
    yield calls.execute(streamed)
    yield calls.execute_and_wait(queued, 60.0, 2.0, None)
    yield calls.get_workflow_status("wf")
    yield calls.get_usage_limits()
    yield logs.get("log")
    yield logs.get_execution("execution")
    yield _pages(PageFlow(logs, "workspace", {}))


def _pages(pages: PageFlow) -> Flow[List[Any]]:
    read: List[Any] = []
    while True:
        page = yield from pages.next_page()
        if page is None:
            return read
        read.append(page)


class _Replay:
    """A transport and its answers: each request is given the same one."""

    def __init__(self, status: int, fields: Headers, body: bytes) -> None:
        self.status = status
        self.headers = list(fields.items())
        self._body = body
        self.ended = False

    def open(self, method: str, url: str, *_: object, **__: object) -> "_Replay":
        assert str(KEY) not in unquote(url), "the key would be in every log of the URL"
        return _Replay(self.status, Headers(self.headers), self._body)

    def at_hand(self) -> bytes:
        return b""

    def read(self, *, total: Optional[float], idle: Optional[float]) -> bytes:
        piece, self._body = self._body, b""
        self.ended = not piece
        return piece

    def close(self) -> None: ...
