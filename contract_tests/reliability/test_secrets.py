"""The API key goes to the server and nowhere else, on whatever path."""

import asyncio
import gc
import html
import http.client
import json
import logging
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from contract_tests.reliability._canary import KEY, copies, forms, leaks, printed_by_rich, reports, stored
from contract_tests.reliability._methods import METHODS, RUN, Good, Kind, Method
from contract_tests.reliability._server import FaultyServer, whole
from contract_tests.reliability.conftest import Connect
from contract_tests.sdk._server import (
    LAST_CHUNK,
    PATIENCE,
    Ending,
    Exchange,
    Step,
    answer,
    chunk,
    frame,
    json_answer,
    stream_head,
)
from sim_sdk import AsyncSimStudioClient, SimStudioClient, SimStudioError, webhooks
from sim_sdk.cli import main

ECHO = {"X-Request-Id": KEY, "X-Echo": f"key={KEY}", "Set-Cookie": f"k={KEY}", "Retry-After": KEY}
CALLED = [next(method for method in METHODS if method.kind is kind) for kind in Kind]  # those of a kind do the same


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[str]]:
    """All that is logged, by whomever, at whatever level. It must not hold the key."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.extend([self.format(record), repr(vars(record))])

    root, handler = logging.getLogger(), Keep()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(level)
    assert leaks(said) == []


# Answers


def good_and_telling(good: Good) -> list[bytes]:
    return [whole(good, **ECHO)]


def refusals() -> dict[str, Exchange]:
    """Every way of failing, each with the key in it wherever a server can put it."""
    body = {"error": f"bad key {KEY}", "code": KEY, "message": KEY, "details": [{"path": [KEY], "message": KEY}]}
    statuses = (400, 401, 402, 403, 404, 408, 429, 500, 503)
    return {
        **{str(status): [json_answer(status, body, ECHO)] for status in statuses},
        "ambiguous": [json_answer(503, {"error": KEY, "code": "ASYNC_ENQUEUE_AMBIGUOUS"}, ECHO)],
        "failed run": [json_answer(500, {"success": False, "output": {}, "error": KEY}, ECHO)],
        "redirect": [answer(302, KEY.encode(), {**ECHO, "Location": f"http://{KEY}.example/?key={KEY}"})],
        "redirect to itself": [answer(302, b"", {"Location": f"/x?key={KEY}"})],
        "a page": [answer(502, f"<html><title>{KEY}</title>{KEY}".encode(), {"Content-Type": "text/html"})],
        "a list": [json_answer(400, [KEY], ECHO)],
        "no JSON": [answer(200, f'{{"success": {KEY}'.encode(), {**ECHO, "Content-Type": "application/json"})],
        "no status line": [f"HTTP/1.1 {KEY} {KEY}\r\n\r\n".encode(), Ending.CLOSE],
        "no header": [f"HTTP/1.1 200 OK\r\n{KEY}\r\nA {KEY}: b\r\n\r\n".encode(), Ending.CLOSE],
        "no length": [f"HTTP/1.1 200 OK\r\nContent-Length: {KEY}\r\n\r\n".encode(), Ending.CLOSE],
        "no chunk": [stream_head() + f"{KEY}\r\n".encode(), Ending.CLOSE],
        "no coding": [answer(200, KEY.encode(), {"Content-Encoding": "gzip"})],
        "cut": [whole(RUN, **ECHO)[:-9], Ending.CLOSE],
        "a limit": [
            stream_head(**ECHO) + chunk(frame({"event": "error", "error": f"Rate limit exceeded {KEY}"})) + LAST_CHUNK
        ],
        "half a head": [b"HTTP/1.1 200 OK\r\nX-Echo: " + KEY[:-3].encode(), Ending.CLOSE],
        "half a stream": [stream_head(**ECHO) + chunk(frame({"blockId": KEY, "chunk": KEY})), Ending.CLOSE],
    }


def failure(client: Any, method: Method) -> Exception | None:
    try:
        method.call(client, PATIENCE)
    except SimStudioError as error:
        return error
    return None


@pytest.mark.parametrize("name", refusals())
def test_no_error_shows_it(connect: Connect, name: str) -> None:
    with FaultyServer(lambda good: refusals()[name]) as server:
        client = connect(server.url, max_retries=0)
        for method in CALLED:
            error = failure(client, method)
            if error is not None:
                assert leaks(reports(error)) == [], method.name
                assert leaks(stored(error)) == [], method.name
        client.close()


URL_KEY = "sk/sim+can&ary1f0e9d8c7b6a=="
JSON_KEY = 'sk"sim\\1f0e9d8c7b6a'


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        (KEY, KEY.upper()),
        (KEY, KEY.title()),
        (JSON_KEY, json.dumps(JSON_KEY)[1:-1]),
        (URL_KEY, URL_KEY.replace("/", "\\/")),
        (URL_KEY, quote(URL_KEY)),
        (URL_KEY, quote(URL_KEY, safe="").lower()),
        (URL_KEY, html.escape(URL_KEY)),
    ],
    ids=["capitals", "title", "JSON", "JSON of PHP", "path", "query", "HTML"],
)
def test_no_error_shows_it_in_another_spelling(connect: Connect, key: str, spelled: str) -> None:
    # Servers of 2025 make the code of an error of its message, in capitals.
    refused = f'{{"error": "bad key {spelled}", "code": "BAD_KEY:_{spelled}"}}'.encode()
    failed = f'{{"success": false, "output": {{}}, "error": "{spelled}"}}'.encode()
    exchanges: list[Exchange] = [
        [answer(401, refused, {"X-Echo": spelled})],
        [answer(502, f"<title>{spelled}</title>".encode(), {"Content-Type": "text/html"})],
        [answer(302, b"", {"Location": f"/x?key={spelled}"})],
        [answer(500, failed)],
        [f"SSH {key.upper()}\r\n\r\n".encode(), Ending.CLOSE],
    ]
    script = iter([exchange for exchange in exchanges for _ in CALLED])
    with FaultyServer(lambda good: next(script)) as server:
        client = connect(server.url, max_retries=0).with_options(api_key=key)
        for method in CALLED * len(exchanges):
            error = failure(client, method)
            shown = [] if error is None else [str(error), repr(vars(error))]
            assert not any("1f0e9d8c7b6a" in text.lower() for text in shown), (method.name, shown)
        assert len(server.requests) == len(exchanges) * len(CALLED)


def test_no_error_shows_it_in_richs_traceback(connect: Connect) -> None:
    with FaultyServer(lambda good: refusals()["401"]) as server:
        error = failure(connect(server.url), CALLED[0])
        assert error is not None
        assert leaks([printed_by_rich(error)]) == []


def test_no_result_shows_it(connect: Connect) -> None:
    with FaultyServer(good_and_telling) as server:
        client = connect(server.url)
        for method in METHODS:
            result = method.call(client, PATIENCE)
            assert leaks([*forms(result), *copies(result), *stored(result)]) == [], method.name
            assert leaks(forms(client)) == [], method.name
        assert leaks(forms(client.get_rate_limit_info())) == []
        assert {request.headers["x-api-key"] for request in server.requests} == {KEY}


def test_no_stream_shows_it(connect: Connect) -> None:
    ending = [
        {"event": "stream_error", "blockId": "b", "error": KEY},
        {"event": "final", "data": {"success": False, "error": {"message": KEY}}},
    ]
    looked = threading.Event()
    sent: list[Step] = [
        stream_head(**ECHO) + chunk(frame({"blockId": "b", "chunk": "x"})),
        looked,
        *map(chunk, map(frame, ending)),
    ]
    with FaultyServer(lambda good: [*sent, LAST_CHUNK]) as server, connect(server.url).stream_workflow("wf") as stream:
        next(stream)
        assert leaks(forms(stream)) == []
        looked.set()
        assert leaks(map(repr, stream)) == []
        assert leaks(forms(stream.result)) == []
        assert "[redacted]" in stream.result.error


def test_what_a_workflow_puts_out_is_left_as_it_is(connect: Connect) -> None:
    with FaultyServer(lambda good: [json_answer(200, {"success": True, "output": {"of": KEY}})]) as server:
        assert connect(server.url).execute_workflow("wf").output == {"of": KEY}


# Clients


@pytest.mark.parametrize("kind", [SimStudioClient, AsyncSimStudioClient])
def test_no_client_shows_it(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", KEY)  # of copies
    for client in (kind(KEY), kind(), kind("another").with_options(api_key=KEY)):
        client.set_api_key(KEY)
        assert leaks([*forms(client), *copies(client), *forms(client.logs), *stored(client)]) == []
        assert leaks(stored(vars(client))) == []


BAD_KEYS = [f"{KEY}\n", f" {KEY}", f"{KEY}é", KEY.encode(), [KEY]]


@pytest.mark.parametrize("kind", [SimStudioClient, AsyncSimStudioClient])
@pytest.mark.parametrize("key", BAD_KEYS, ids=ascii)
@pytest.mark.parametrize(
    "give",
    [
        lambda kind, key: kind(key),
        lambda kind, key: kind("another").set_api_key(key),
        lambda kind, key: kind("another").with_options(api_key=key),
    ],
    ids=["constructor", "set_api_key", "with_options"],
)
def test_a_key_that_is_refused_is_not_shown(kind: Any, key: Any, give: Callable[[Any, Any], object]) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        give(kind, key)
    assert leaks([*reports(caught.value), printed_by_rich(caught.value)]) == []


@pytest.mark.parametrize("kind", [SimStudioClient, AsyncSimStudioClient])
@pytest.mark.parametrize(
    "give",
    [
        lambda kind: kind(KEY, "not a URL"),
        lambda kind: kind(KEY, timeout=-1),
        lambda kind: kind("another").with_options(api_key=KEY, timeout=-1),
        lambda kind: kind("another").with_options(api_key=KEY, no_such=1),
        lambda kind: kind("another").with_options(api_key=KEY, base_url="not a URL"),
        lambda kind: kind(KEY, proxy="not a URL"),
        lambda kind: kind(KEY, headers={"X-Api-Key": "another"}),
    ],
)
def test_a_key_beside_what_is_refused_is_not_shown(kind: Any, give: Callable[[Any], object]) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        give(kind)
    assert leaks([*reports(caught.value), printed_by_rich(caught.value)]) == []


def test_a_key_of_the_environment_that_is_refused_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", f"{KEY}\n")
    with pytest.raises(ValueError, match="line end") as caught:
        SimStudioClient()
    assert leaks(reports(caught.value)) == []


BODY = b'{"id": "e"}'


@pytest.mark.parametrize(
    ("signature", "body", "reason"),
    [
        (None, BODY, "missing"),
        ("v1=00", BODY, "malformed"),
        ("t=1,v1=00", BODY, "mismatch"),
        (webhooks.sign(BODY, KEY, 1), BODY, "stale"),
        (webhooks.sign(BODY, KEY, 1000), BODY, "malformed"),
        (webhooks.sign(b"x", KEY, 1000), b"x", "malformed"),
    ],
)
def test_no_error_of_a_webhook_shows_its_secret(signature: str | None, body: bytes, reason: str) -> None:
    with pytest.raises(webhooks.WebhookError) as caught:
        webhooks.verify(body, signature, [KEY, "another"], tolerance=0.5, now=1.0)
    assert caught.value.reason == reason
    assert leaks([*reports(caught.value), *stored(caught.value)]) == []


# Interruptions


class SoftTimeLimit(Exception):
    """What a worker's time limit raises, wherever the program is just then."""


@pytest.mark.parametrize("operation", ["connect", "send", "recv_into"])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SoftTimeLimit, MemoryError])
def test_what_interrupts_a_call_does_not_show_it(
    operation: str, interruption: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = getattr(socket.socket, operation)

    def interrupt(self: socket.socket, *arguments: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            raise interruption
        return done(self, *arguments)

    with FaultyServer(good_and_telling) as server, SimStudioClient(KEY, server.url) as client:
        with monkeypatch.context() as patched:
            patched.setattr(socket.socket, operation, interrupt)
            with pytest.raises(interruption) as caught:
                client.execute_workflow("wf")
        assert leaks(reports(caught.value)) == []
        assert client.get_workflow_status("wf").is_deployed


HALF_ANSWER = answer(500, f'{{"error": "{KEY}"'.encode() + b" " * 9, {"X-Echo": KEY})[:-9]


@pytest.mark.parametrize("before", [[], [HALF_ANSWER]], ids=["before the answer", "in the answer"])
def test_what_cancels_a_call_does_not_show_it(before: list[bytes]) -> None:
    async def cancelled(url: str) -> BaseException:
        async with AsyncSimStudioClient(KEY, url) as client:
            with pytest.raises(asyncio.TimeoutError) as caught:
                await asyncio.wait_for(client.execute_workflow("wf"), 0.05)
            return caught.value

    with FaultyServer(lambda good: [*before, Ending.STALL]) as server:
        error = asyncio.run(cancelled(server.url))
        assert isinstance(error.__cause__ or error.__context__, asyncio.CancelledError)
        assert leaks(reports(error)) == []


def test_the_error_of_a_callback_does_not_show_it(connect: Connect) -> None:
    def stop(status: dict[str, Any]) -> None:
        del status  # what the user's own code holds is the user's
        raise LookupError("enough")

    job = {"taskId": "task", "status": "processing", "metadata": {"echo": KEY}, "echo": KEY}
    with FaultyServer(lambda good: [json_answer(200, job, ECHO)]) as server:
        client = connect(server.url)
        with pytest.raises(LookupError) as caught:
            client.wait_for_job("task", on_status=stop)
        assert leaks([*reports(caught.value), printed_by_rich(caught.value)]) == []


# What others say


def test_http_client_does_not_print_it(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with FaultyServer(good_and_telling) as server, SimStudioClient(KEY, server.url) as client:
        client.get_workflow_status("wf")
    assert leaks(capfd.readouterr()) == []


def test_asyncio_does_not_log_it_when_it_is_debugged(logged: list[str]) -> None:
    async def look(url: str) -> None:
        asyncio.get_running_loop().slow_callback_duration = 0.0
        async with AsyncSimStudioClient(KEY, url) as client:
            await client.get_workflow_status("wf")

    with FaultyServer(good_and_telling) as server:
        asyncio.run(look(server.url), debug=True)
    assert any("took" in line for line in logged)


def test_no_warning_shows_it() -> None:
    async def forget(url: str) -> None:
        client = AsyncSimStudioClient(KEY, url)
        await client.stream_workflow("wf")

    said: list[str] = []
    server = FaultyServer(lambda good: [stream_head(**ECHO), Ending.STALL])
    with server, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        asyncio.run(forget(server.url))
        with SimStudioClient(KEY, server.url) as client:
            client.stream_workflow("wf")
        gc.collect()
        while warned:
            for warning in warned:
                said += [str(warning.message), repr(warning), *forms(warning.source)]
            del warning
            warned.clear()  # they keep alive what they are about, which has warnings of its own
            gc.collect()
    assert {"unclosed WorkflowStream", "unclosed AsyncWorkflowStream"} <= set(said)
    assert leaks(said) == []


# What is handed to others


class Elsewhere(Executor):
    """Runs nothing, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.given.append((function, args, kwargs))
        future: Future[Any] = Future()
        future.set_result(ValueError("not run"))
        return future


def test_no_worker_gets_it(connect: Connect) -> None:
    executor = Elsewhere()
    (item,) = connect("http://sim.example").execute_batch([("wf", {"n": 1})], executor=executor)
    assert len(executor.given) == 1
    assert leaks([*stored(executor.given), *forms(executor.given), *forms(item)]) == []
    assert next(stored(executor.given))


def test_no_report_of_a_batch_holds_it(connect: Connect) -> None:
    progress: list[Any] = []
    with FaultyServer(lambda good: refusals()["401"]) as server:
        client = connect(server.url)
        items = list(client.execute_batch([("wf", None)] * 2, on_progress=progress.append))
    assert leaks([text for part in (*items, *progress) for text in (*forms(part), *stored(part))]) == []
    assert len(progress) == 2


@pytest.mark.parametrize("name", ["401", "failed run", "redirect"])
@pytest.mark.parametrize("options", [[], ["--json"]], ids=str)
def test_no_command_writes_it(
    name: str, options: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.jsonl").write_text('{"n": 1}\n{"n": 2}\n')
    monkeypatch.setenv("SIM_API_KEY", KEY)
    with FaultyServer(lambda good: refusals()[name]) as server:
        monkeypatch.setenv("SIM_BASE_URL", server.url)
        for argv in (["run", "wf"], ["stream", "wf"], ["status", "wf"], ["job", "task"], ["limits"]):
            main([*argv, *options])
        main(["batch", "wf", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"), *options])
    assert len(server.requests) >= 7
    assert leaks([*capfd.readouterr(), *(path.read_text() for path in tmp_path.iterdir())]) == []
