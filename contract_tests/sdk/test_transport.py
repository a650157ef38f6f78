"""Connections: how they are made, kept, limited in time and size, and what is told when they break."""

import asyncio
import base64
import contextlib
import gzip
import itertools
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sim_api.aio_transport
from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import (
    PATIENCE,
    RESULT,
    STATUS,
    SUCCESS,
    Ending,
    ScriptedServer,
    Step,
    answer,
    chunk,
    head,
    json_answer,
    refused,
)
from contract_tests.sdk.conftest import KEY
from sim_conformance.mock import MockSim
from sim_sdk import (
    AsyncSimStudioClient,
    ConnectionFailedError,
    InvalidRequestError,
    InvalidResponseError,
    NotFoundError,
    RedirectError,
    RequestTimeoutError,
    SimStudioClient,
    SimStudioError,
    StreamError,
)

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

CERTIFICATE = Path(__file__).with_name("certificate.pem")  # for 127.0.0.1, signed by itself
BODY = b'{"isDeployed":true}'
LARGE = {"text": "x" * 32 * 1024 * 1024}  # more than is on its way between two sockets that nobody reads from


def failure(connect: Connect, server: ScriptedServer | str, **options: Any) -> SimStudioError:
    client = connect(server, **options)
    with pytest.raises(SimStudioError) as caught:
        client.execute_workflow("wf")
    return caught.value


# What is sent


def test_every_request_names_its_client_and_its_key(serve: Serve, connect: Connect) -> None:
    server = serve([SUCCESS], [STATUS])
    client = connect(server)
    client.execute_workflow("wf")
    client.get_workflow_status("wf")
    for request in server.requests:
        assert request.headers["x-api-key"] == KEY
        assert request.headers["user-agent"].startswith("sim-sdk/")
        assert request.headers["accept"] == "application/json"
        assert request.headers["accept-encoding"] == "gzip, deflate"
        assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert "content-type" not in server.requests[1].headers


def test_headers_and_user_agent_are_options(serve: Serve, connect: Connect) -> None:
    server = serve([STATUS])
    connect(server, headers={"X-Tenant": "a b"}, user_agent="mine/1").get_workflow_status("wf")
    (request,) = server.requests
    assert (request.headers["x-tenant"], request.headers["user-agent"]) == ("a b", "mine/1")


def test_a_base_url_may_have_a_path(serve: Serve, connect: Connect) -> None:
    server = serve([STATUS])
    connect(server.url + "/behind/a/proxy/").get_workflow_status("wf")
    assert server.requests[0].target == "/behind/a/proxy/api/workflows/wf/status"


def test_no_cookie_is_kept(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(200, {"isDeployed": True}, {"Set-Cookie": "session=1; Path=/"})], [STATUS])
    client = connect(server)
    client.get_workflow_status("wf")
    client.get_workflow_status("wf")
    assert "cookie" not in server.requests[1].headers


def test_the_environment_is_not_asked_for_credentials_or_proxies(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve([STATUS])
    with refused() as nowhere:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, nowhere)
        assert connect(server).get_workflow_status("wf").is_deployed
    assert "authorization" not in server.requests[0].headers


# Kept connections


def test_a_connection_is_used_again_after_every_kind_of_whole_answer(serve: Serve, connect: Connect) -> None:
    chunked = head(200, {"Transfer-Encoding": "chunked"}) + chunk(BODY) + b"0\r\n\r\n"
    refusal = json_answer(404, {"error": "No"})
    server = serve([SUCCESS], [STATUS], [chunked], [refusal], [answer(404)], [STATUS])
    client = connect(server)
    client.execute_workflow("wf")
    for _ in range(2):
        client.get_workflow_status("wf")
    for _ in range(2):
        with pytest.raises(NotFoundError):
            client.get_workflow_status("wf")
    client.get_workflow_status("wf")
    assert [request.connection for request in server.requests] == [0] * 6


def test_a_connection_that_the_server_ends_is_not_used_again(serve: Serve, connect: Connect) -> None:
    last = head(200, {"Connection": "close", "Content-Length": str(len(BODY))}) + BODY
    server = serve([last], [STATUS])
    client = connect(server)
    client.get_workflow_status("wf")
    client.get_workflow_status("wf")
    assert [request.connection for request in server.requests] == [0, 1]


def test_a_kept_connection_that_the_server_dropped_does_not_fail_a_run(serve: Serve, connect: Connect) -> None:
    server = serve([SUCCESS, Ending.CLOSE], [SUCCESS])
    client = connect(server)
    client.execute_workflow("wf")
    assert server.closed.wait(PATIENCE)
    assert client.execute_workflow("wf").success
    assert [request.connection for request in server.requests] == [0, 1]


@pytest.mark.parametrize("rest", [b"zz\r\n", b"2\r\n1}\r\nzz\r\n", b"2\r\n1}XX"], ids=repr)
@pytest.mark.parametrize("ending", [Ending.CLOSE, Ending.STALL])
def test_a_body_that_becomes_malformed_after_a_while_ends_the_call_at_once(
    serve: Serve, connect: Connect, rest: bytes, ending: Ending
) -> None:
    start = head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
    read = threading.Event()
    server = serve([start + chunk(b'data: {"blockId":"b","chunk":"a"}\n\n'), read, rest, ending])
    with connect(server).stream_workflow("wf", timeout=PATIENCE) as events:
        next(events)
        read.set()
        with pytest.raises(StreamError, match="broke") as raised:
            next(events)
    assert raised.value.partial_text == "a"
    assert ending is Ending.CLOSE or server.left.wait(PATIENCE)


@pytest.mark.parametrize("ending", [Ending.CLOSE, Ending.RESET])
def test_a_connection_that_was_dropped_while_the_event_loop_was_busy_does_not_fail_a_run(
    serve: Serve, ending: Ending
) -> None:
    answered = threading.Event()
    server = serve([SUCCESS, answered, ending], [SUCCESS])

    def keep_the_loop_busy() -> None:
        answered.set()
        assert server.closed.wait(PATIENCE)
        time.sleep(0.1)  # longer than a connection is taken to be there because something has just come over it

    async def main() -> None:
        async with AsyncSimStudioClient("k", server.url) as client:
            assert (await client.execute_workflow("wf")).success
            keep_the_loop_busy()
            assert (await client.execute_workflow("wf")).success

    asyncio.run(main())
    assert server.connections == 2


def test_a_server_that_ends_connections_behind_its_answers_is_known_by_that(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim_api.aio_transport._Habit, "blink", PATIENCE)  # however slow the machine is
    server = serve([SUCCESS, Ending.CLOSE], [SUCCESS, Ending.CLOSE], [SUCCESS])

    async def main() -> None:
        async with AsyncSimStudioClient("k", server.url) as client:
            assert (await client.execute_workflow("wf")).success
            assert await asyncio.get_running_loop().run_in_executor(None, server.closed.wait, PATIENCE)
            server.closed.clear()
            assert (await client.execute_workflow("wf")).success
            assert server.closed.wait(PATIENCE)  # the event loop sees nothing of it
            assert (await client.execute_workflow("wf")).success

    asyncio.run(main())
    assert server.connections == 3


def test_a_closed_client_opens_a_new_connection(serve: Serve, connect: Connect) -> None:
    server = serve([STATUS], [STATUS])
    client = connect(server)
    client.close()
    with client:
        client.get_workflow_status("wf")
    client.get_workflow_status("wf")
    assert [request.connection for request in server.requests] == [0, 1]


def test_copies_share_connections_unless_they_are_about_those(serve: Serve, connect: Connect) -> None:
    server = serve([STATUS], [STATUS], [STATUS])
    client = connect(server)
    client.get_workflow_status("wf")
    client.with_options(timeout=7.0, headers={"X-A": "b"}).get_workflow_status("wf")
    with client.with_options(pool_size=2) as apart:
        apart.get_workflow_status("wf")
    assert [request.connection for request in server.requests] == [0, 0, 1]


def test_another_server_gets_another_connection(serve: Serve, connect: Connect) -> None:
    first, second = serve([STATUS]), serve([STATUS])
    client = connect(first)
    client.get_workflow_status("wf")
    client.set_base_url(second.url + "/")
    client.get_workflow_status("wf")
    assert len(first.requests) == len(second.requests) == 1


def test_threads_share_a_client(clock: FakeClock) -> None:
    with MockSim(validate=False) as sim, SimStudioClient(sim.api_key, sim.base_url) as client:

        def run(number: int) -> Any:
            output = client.execute_workflow("echo", {"n": number}).output
            return output["result"]["echo"]["n"] if output else None

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(run, range(100))) == list(range(100))


FORK = """
import os, sys
from sim_sdk import SimStudioClient

with SimStudioClient("key", sys.argv[1]) as client:
    client.get_workflow_status("parent")
    child = os.fork()
    client.get_workflow_status("child" if child == 0 else "parent")
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    client.get_workflow_status("parent")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_does_not_write_to_its_parents_connection(serve: Serve) -> None:
    server = serve(*[[STATUS]] * 4)
    subprocess.run([sys.executable, "-c", FORK, server.url], check=True, timeout=PATIENCE)
    connections = {
        name: {request.connection for request in server.requests if f"/{name}/" in request.target}
        for name in ("parent", "child")
    }
    assert connections == {"parent": {0}, "child": {1}}


# No connection


def test_a_refused_connection(connect: Connect) -> None:
    with refused() as url:
        error = failure(connect, url)
    assert isinstance(error, ConnectionFailedError)
    assert (error.code, error.status, error.request_sent) == ("EXECUTION_ERROR", None, False)
    assert str(error) == f"cannot connect to {url}: Connection refused; the request was not sent"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda client: client.get_workflow_status("wf"), "STATUS_ERROR"),
        (lambda client: client.get_job_status("t"), "STATUS_ERROR"),
        (lambda client: client.get_usage_limits(), "USAGE_ERROR"),
    ],
)
def test_a_failed_connection_has_the_code_of_the_method(
    connect: Connect, call: Callable[[SimStudioClient], object], code: str
) -> None:
    with refused() as url, pytest.raises(ConnectionFailedError) as caught:
        call(connect(url, max_retries=0))
    assert caught.value.code == code


def test_an_unknown_host(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **options: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(connect, "http://nowhere.example")
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is False
    assert "nowhere.example" in str(error)
    assert "Name or service not known" in str(error)


def test_an_address_takes_no_resolver(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve([answer(200, b'{"success": true}')])
    monkeypatch.setattr(socket, "getaddrinfo", None)
    assert connect(server).execute_workflow_sync("wf").success
    error = failure(connect, "http://[::1]:1")  # refused, or IPv6 is off
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is False


@pytest.fixture
def deaf() -> Iterator[str]:
    """A server whose queue of connections is full, so that further ones are not answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting: list[socket.socket] = []
        try:
            for _ in range(64):
                waiting.append(socket.socket())
                waiting[-1].settimeout(0.1)
                waiting[-1].connect(address)
        except TimeoutError:
            yield f"http://127.0.0.1:{address[1]}"
        else:
            pytest.skip("this system takes any number of connections")
        finally:
            for connection in waiting:
                connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses")
@pytest.mark.parametrize("limits", [{"connect_timeout": 0.05}, {"connect_timeout": None}, {}])
def test_a_connection_that_is_not_made_in_time(connect: Connect, deaf: str, limits: dict[str, Any]) -> None:
    client = connect(deaf, **limits)
    began = time.monotonic()
    with pytest.raises(RequestTimeoutError) as caught:
        client.execute_workflow("wf", timeout=5 if limits.get("connect_timeout") else 0.1)
    assert (caught.value.code, caught.value.request_sent) == ("TIMEOUT", False)
    passed = "no connection was made in time" if limits.get("connect_timeout") else "the total time limit passed"
    assert str(caught.value) == f"timed out: {passed}; the request was not sent"
    assert time.monotonic() - began < 4


# Broken exchanges


@pytest.mark.parametrize(
    "steps",
    [
        [Ending.CLOSE],
        [Ending.RESET],
        [b"HTTP/1.1 200 OK\r\nContent-", Ending.CLOSE],
        [b"HTTP/1.1 200 OK\r\nContent-", Ending.RESET],
        [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Ending.CLOSE],
        [b"HTTP/1.1 abc OK\r\n\r\n", Ending.CLOSE],
        [b"\x16\x03\x01\x02\x00\x01\x00", Ending.CLOSE],
        [b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", Ending.CLOSE],
        [b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 70_000 + b"\r\n\r\n", Ending.CLOSE],
        [head(200, {"Content-Length": "100"}) + BODY, Ending.CLOSE],
        [head(200, {"Content-Length": "100"}) + BODY, Ending.RESET],
        [head(200, {"Transfer-Encoding": "chunked"}) + chunk(BODY), Ending.CLOSE],
        [head(200, {"Transfer-Encoding": "chunked"}) + b"zz\r\n", Ending.CLOSE],
        [answer(200, b"not gzip", {"Content-Encoding": "gzip"})],
        [answer(200, b"not zlib", {"Content-Encoding": "deflate"})],
    ],
    ids=[
        "no answer",
        "reset",
        "cut in the headers",
        "reset in the headers",
        "another protocol",
        "no status",
        "TLS",
        "too many headers",
        "too long a header",
        "too short",
        "reset in the body",
        "no last chunk",
        "no chunk length",
        "no gzip",
        "no deflate",
    ],
)
def test_an_answer_that_breaks_is_a_connection_that_failed(serve: Serve, connect: Connect, steps: list[Step]) -> None:
    server = serve(steps)
    error = failure(connect, server)
    assert isinstance(error, ConnectionFailedError)
    assert (error.code, error.request_sent) == ("EXECUTION_ERROR", True)
    assert str(error).startswith(f"the connection to {server.url} broke: ")
    assert len(str(error)) > len(f"the connection to {server.url} broke: ")


def in_chunks(length: bytes, coding: bytes = b"chunked") -> bytes:
    """An answer in one chunk, whose length and coding are spelled in some way."""
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n"
    return start + length + b"\r\n" + SUCCESS.partition(b"\r\n\r\n")[2] + b"\r\n0\r\n\r\n"


LENGTH = b"%x" % len(SUCCESS.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize(
    "reply",
    [
        *(in_chunks(spelled) for spelled in (LENGTH, b"00" + LENGTH, LENGTH + b" \t", LENGTH + b' ;a="b"')),
        *(in_chunks(LENGTH, coding) for coding in (b"Chunked ", b"chunked\r\nTransfer-Encoding: chunked")),
    ],
)
def test_what_http_allows_in_spelling_a_chunked_answer_is_understood(
    serve: Serve, connect: Connect, reply: bytes
) -> None:
    server = serve([reply], [reply])
    client = connect(server)
    for _ in range(2):
        assert client.execute_workflow("wf", timeout=PATIENCE).success
    assert [request.connection for request in server.requests] == [0, 0]


@pytest.mark.parametrize(
    "reply",
    [
        *(in_chunks(b + LENGTH) for b in (b"0x", b"+", b"-", b"0_", b" ", b"\x0b")),
        in_chunks(b""),
        in_chunks(LENGTH + b";a\0b"),
        in_chunks(LENGTH + b";a\rb"),
        in_chunks(LENGTH).replace(LENGTH + b"\r\n", LENGTH + b"\n"),
        *(SUCCESS.replace(b"Content-Length: ", b"Content-Length: " + sign) for sign in (b"+", b"0_", b"9" * 5000)),
        SUCCESS.replace(b"\r\n\r\n", b"\r\nX-A: a\0b\r\n\r\n"),
        SUCCESS.replace(b"\r\n\r\n", b"\r\nX-A: a\rX-B: b\r\n\r\n"),
    ],
)
def test_what_parsers_of_http_differ_about_is_refused(serve: Serve, connect: Connect, reply: bytes) -> None:
    error = failure(connect, serve([reply, Ending.STALL]), timeout=PATIENCE)
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is True


@pytest.mark.parametrize(
    "coding",
    [
        b"gzip, chunked",
        b"gzip\r\nTransfer-Encoding: chunked",
        b"chunked, gzip",
        b"chunked\r\nTransfer-Encoding: gzip",
        b"gzip",
        b"x-chunked",
    ],
)
def test_a_transfer_coding_that_nobody_asked_for_is_refused(serve: Serve, connect: Connect, coding: bytes) -> None:
    error = failure(connect, serve([in_chunks(LENGTH, coding), Ending.STALL]), timeout=PATIENCE)
    assert "transfer coding" in str(error)


def test_after_a_broken_exchange_a_new_connection_is_made(serve: Serve, connect: Connect) -> None:
    server = serve([head(200, {"Content-Length": "100"}) + BODY, Ending.CLOSE], [SUCCESS])
    client = connect(server)
    with pytest.raises(ConnectionFailedError):
        client.execute_workflow("wf")
    assert client.execute_workflow("wf").success


def test_every_place_at_which_an_answer_can_be_cut_is_an_error(serve: Serve, connect: Connect) -> None:
    whole = json_answer(200, RESULT)
    cuts = range(0, len(whole), 5)
    server = serve(*([whole[:place], Ending.CLOSE] for place in cuts))
    client = connect(server)
    for _ in cuts:
        with pytest.raises(ConnectionFailedError) as caught:
            client.execute_workflow("wf")
        assert caught.value.request_sent is True


# Time


def test_a_silent_server_is_not_waited_for(serve: Serve, connect: Connect) -> None:
    server = serve([Ending.STALL])
    with pytest.raises(RequestTimeoutError) as caught:
        connect(server).execute_workflow("wf", timeout=0.05)
    assert (caught.value.code, caught.value.status, caught.value.request_sent) == ("TIMEOUT", None, True)
    assert server.left.wait(PATIENCE)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.get_workflow_status("wf"),
        lambda client: client.get_job_status("t"),
        lambda client: client.get_usage_limits(),
        lambda client: client.logs.list(workspace_id="ws"),
        lambda client: client.logs.get("l"),
    ],
)
def test_every_read_is_limited_in_time(
    serve: Serve, connect: Connect, call: Callable[[SimStudioClient], object]
) -> None:
    server = serve([Ending.STALL])
    with pytest.raises(RequestTimeoutError):
        call(connect(server, timeout=0.05))
    assert server.left.wait(PATIENCE)


def dribble(start: bytes, drop: bytes) -> Iterator[Step]:
    """A server that always has one more byte, so that no single wait is long."""
    pause = threading.Event()
    yield start
    while True:
        yield drop
        pause.wait(0.01)


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"b"),
        (head(200, {"Content-Length": "1000000"}), b" "),
        (head(200, {"Transfer-Encoding": "chunked"}), chunk(b" ")),
        (head(200, {"Transfer-Encoding": "chunked"}) + b"f", b"f"),
        (head(200, {}), b" "),
    ],
    ids=["status line", "header", "body", "chunks", "chunk length", "until closed"],
)
def test_a_dribbling_server_cannot_hold_a_call_beyond_its_timeout(
    serve: Serve, connect: Connect, start: bytes, drop: bytes
) -> None:
    server = serve(dribble(start, drop))
    client = connect(server, clock=time)
    began = time.monotonic()
    with pytest.raises(SimStudioError) as caught:
        client.execute_workflow("wf", timeout=0.2)
    assert time.monotonic() - began < 5
    assert type(caught.value) in (RequestTimeoutError, ConnectionFailedError)
    assert server.left.wait(PATIENCE)


def sip(listener: socket.socket, pause: float) -> None:
    """Take a request so slowly that it would last for many seconds, until the client gives up."""
    never = threading.Event()
    with contextlib.suppress(OSError), listener.accept()[0] as connection:
        while connection.recv(32768):
            never.wait(pause)


@pytest.mark.parametrize("pause", [0.01, PATIENCE], ids=["slowly", "not at all"])
def test_a_server_that_does_not_take_the_request_cannot_hold_a_call(connect: Connect, pause: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        reader = threading.Thread(target=sip, args=(listener, pause), daemon=True)
        reader.start()
        client = connect(f"http://127.0.0.1:{listener.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError) as caught:
            client.execute_workflow("wf", LARGE, timeout=0.3)
        assert time.monotonic() - began < 4
    assert caught.value.request_sent is True


TOO_LARGE = json_answer(413, {"error": "Request body too large"})
EARLY = {
    "at once": [TOO_LARGE],
    "in two pieces": [TOO_LARGE[:5], TOO_LARGE[5:]],
    "and breaks off": [TOO_LARGE[:40]],
}


def answer_early(listener: socket.socket, context: ssl.SSLContext | None, *replies: list[bytes]) -> None:
    """Answer one request on each connection as soon as its head is there, and neither read on nor leave."""
    with contextlib.ExitStack() as stack:
        for pieces in replies:
            connection = stack.enter_context(listener.accept()[0])
            if context is not None:
                connection = stack.enter_context(context.wrap_socket(connection, server_side=True))
            received = b""
            while not received.endswith(b"\r\n\r\n"):
                received += connection.recv(1)
            for piece in pieces:
                connection.sendall(piece)
                threading.Event().wait(0.05)
            if pieces == EARLY["and breaks off"]:
                connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            listener.accept()


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize(
    "early",
    [
        "at once",
        "in two pieces",
        pytest.param("and breaks off", marks=pytest.mark.synchronous("asyncio waits until what is written is sent")),
    ],
)
def test_an_answer_that_comes_before_the_request_is_taken_is_read(
    connect: Connect, early: str, encrypted: bool
) -> None:
    context = tls_server() if encrypted else None
    options = {"ssl_context": ssl.create_default_context(cafile=CERTIFICATE)} if encrypted else {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = (listener, context, EARLY[early], [STATUS])
        server = threading.Thread(target=answer_early, args=arguments, daemon=True)
        server.start()
        client = connect(f"{'https' if encrypted else 'http'}://127.0.0.1:{listener.getsockname()[1]}", **options)
        with pytest.raises(SimStudioError) as caught:
            client.execute_workflow("wf", LARGE, timeout=PATIENCE)
        assert type(caught.value) is (ConnectionFailedError if early == "and breaks off" else InvalidRequestError)
        assert caught.value.request_sent is True
        # Over another connection: what was left of the body would be the next request on that one.
        assert client.get_workflow_status("wf").is_deployed
        listener.shutdown(socket.SHUT_RDWR)
        server.join(PATIENCE)


def test_an_interim_answer_does_not_end_the_request(serve: Serve, connect: Connect) -> None:
    gate = threading.Event()

    def take(listener: socket.socket) -> None:
        with listener.accept()[0] as connection, connection.makefile("rb") as reader:
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
            gate.wait(0.2)
            fields = dict(
                line.split(b": ", 1) for line in iter(lambda: reader.readline().strip(), b"") if b": " in line
            )
            body = reader.read(int(fields[b"Content-Length"]))
            connection.sendall(json_answer(200, {"success": True, "output": {"bytes": len(body)}}))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=take, args=(listener,), daemon=True)
        server.start()
        result = connect(f"http://127.0.0.1:{listener.getsockname()[1]}").execute_workflow(
            "wf", LARGE, timeout=PATIENCE
        )
        assert result.output["bytes"] > len(LARGE["text"])
        server.join(PATIENCE)


def test_time_spent_before_an_attempt_counts(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    clock.on_sleep = lambda: clock.advance(100)
    server = serve([json_answer(503, {"error": "x"})])
    with pytest.raises(RequestTimeoutError, match="total time limit") as caught:
        connect(server, timeout=10.0).get_workflow_status("wf")
    assert caught.value.request_sent is False


@pytest.mark.parametrize("timeout", [None, 30.0, 1e9])
def test_any_timeout_will_do(serve: Serve, connect: Connect, timeout: float | None) -> None:
    client = connect(serve([SUCCESS]), connect_timeout=timeout, idle_timeout=timeout)
    assert client.execute_workflow("wf", timeout=timeout).success


# Size and compression


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)],
)
def test_compressed_answers_are_read(
    serve: Serve, connect: Connect, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    server = serve([answer(200, compress(BODY), {"Content-Encoding": encoding})], [STATUS])
    client = connect(server)
    assert client.get_workflow_status("wf").is_deployed
    assert client.get_workflow_status("wf").is_deployed
    assert [request.connection for request in server.requests] == [0, 0]


def test_an_answer_may_be_as_large_as_allowed_and_no_larger(serve: Serve, connect: Connect) -> None:
    body = b'"' + b"x" * 998 + b'"'
    assert connect(serve([answer(200, body)]), max_response_bytes=1000).execute_workflow("wf").output == "x" * 998
    error = failure(connect, serve([answer(200, body, {"X-Request-Id": "r-1"})]), max_response_bytes=999)
    assert isinstance(error, InvalidResponseError)
    assert "max_response_bytes (999)" in str(error)
    assert (error.status, error.request_id, error.request_sent) == (200, "r-1", True)


def test_an_answer_that_is_going_to_be_too_large_is_not_read(serve: Serve, connect: Connect) -> None:
    server = serve([head(200, {"Content-Length": "1001", "X-Request-Id": "r-1"}), Ending.STALL])
    error = failure(connect, server, max_response_bytes=1000, timeout=PATIENCE)
    assert isinstance(error, InvalidResponseError)
    assert "max_response_bytes (1000)" in str(error)
    assert (error.status, error.request_id, error.request_sent) == (200, "r-1", True)
    assert server.left.wait(PATIENCE)


def test_a_compressed_answer_may_be_larger_than_what_it_unfolds_to(serve: Serve, connect: Connect) -> None:
    compressed = gzip.compress(b'"' + b"x" * 998 + b'"', compresslevel=0)
    assert len(compressed) > 1000
    server = serve([answer(200, compressed, {"Content-Encoding": "gzip"})])
    assert connect(server, max_response_bytes=1000).execute_workflow("wf").output == "x" * 998


def test_an_answer_without_end_is_left(serve: Serve, connect: Connect) -> None:
    def flood() -> Iterator[Step]:
        yield head(200, {})
        while True:
            yield b"x" * 65536

    server = serve(flood())
    assert isinstance(failure(connect, server, max_response_bytes=1_000_000), InvalidResponseError)
    assert server.left.wait(PATIENCE)


def test_a_compressed_answer_that_unfolds_to_gigabytes_is_not_unfolded(serve: Serve, connect: Connect) -> None:
    bomb = gzip.compress(b" " * 200 * 1024 * 1024)
    server = serve([answer(200, bomb, {"Content-Encoding": "gzip"})])
    client = connect(server, max_response_bytes=1024 * 1024)
    tracemalloc.start()
    try:
        with pytest.raises(InvalidResponseError):
            client.execute_workflow("wf")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_the_size_of_an_answer_need_not_be_limited(serve: Serve, connect: Connect) -> None:
    client = connect(serve([SUCCESS]), max_response_bytes=None)
    assert client.execute_workflow("wf").success


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_a_redirect_within_its_server(serve: Serve, connect: Connect, status: int) -> None:
    server = serve([answer(status, b"moved", {"Location": "/elsewhere?x=1"})], [STATUS])
    assert connect(server).get_workflow_status("wf").is_deployed
    assert server.requests[1].target == "/elsewhere?x=1"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/x",
        "https://127.0.0.1:{port}/x",
        "//127.0.0.1:1/x",
        "http://localhost:{port}/x",
        "ftp://127.0.0.1:{port}/x",
    ],
)
def test_the_key_does_not_go_to_another_origin(serve: Serve, connect: Connect, location: str) -> None:
    server = serve()
    target = location.format(port=server.port)
    server = serve([answer(302, b"", {"Location": target})])
    with pytest.raises(RedirectError) as caught:
        connect(server).get_workflow_status("wf")
    assert (caught.value.code, caught.value.status) == ("STATUS_ERROR", 302)
    assert target in str(caught.value)


@pytest.mark.parametrize("location", ["http://[nowhere", "http://127.0.0.1:port/"])
def test_a_redirect_to_what_is_no_url_is_an_error(serve: Serve, connect: Connect, location: str) -> None:
    with pytest.raises(RedirectError) as caught:
        connect(serve([answer(302, b"", {"Location": location})])).get_workflow_status("wf")
    assert location in str(caught.value)


@pytest.mark.parametrize(
    ("place", "target"),
    [(b"/caf\xc3\xa9", "/caf%C3%A9"), (b"/caf\xe9", "/caf%C3%A9"), ("/日本".encode(), "/%E6%97%A5%E6%9C%AC")],
    ids=["UTF-8", "Latin-1", "beyond Latin-1"],
)
def test_a_redirect_may_be_spelled_beyond_ascii(serve: Serve, connect: Connect, place: bytes, target: str) -> None:
    moved = answer(302, b"", {"Location": "PLACE", "X-Place": "PLACE"}).replace(b"PLACE", place)
    server = serve([moved], [STATUS])
    assert connect(server).get_workflow_status("wf").is_deployed
    assert server.requests[1].target == target


def test_a_redirect_without_a_target_is_an_error(serve: Serve, connect: Connect) -> None:
    with pytest.raises(RedirectError, match="an unnamed place"):
        connect(serve([answer(302)])).get_workflow_status("wf")


def test_redirects_in_a_circle_are_an_error(serve: Serve, connect: Connect) -> None:
    server = serve(*[[answer(302, b"", {"Location": "/round"})]] * 4)
    with pytest.raises(RedirectError):
        connect(server).get_workflow_status("wf")
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_execution_follows_no_redirect(serve: Serve, connect: Connect, status: int) -> None:
    server = serve([answer(status, b"", {"Location": "/api/workflows/wf/execute/"})])
    assert isinstance(failure(connect, server), RedirectError)
    assert len(server.requests) == 1


# Proxy and TLS


def test_a_proxy_gets_the_request_for_the_server(serve: Serve, connect: Connect) -> None:
    proxy = serve([STATUS])
    assert connect("http://sim.example", proxy=proxy.url).get_workflow_status("wf").is_deployed
    (request,) = proxy.requests
    assert request.target == "http://sim.example/api/workflows/wf/status"
    assert request.headers["host"] == "sim.example"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_gets_the_user_and_password_of_its_url(serve: Serve, connect: Connect, scheme: str) -> None:
    proxy = serve([answer(407)])
    with_password = proxy.url.replace("://", "://user:p%40ss@")
    with pytest.raises(SimStudioError) as caught:
        connect(f"{scheme}://sim.example", proxy=with_password, max_retries=0).get_workflow_status("wf")
    (request,) = proxy.requests
    assert request.headers["proxy-authorization"] == "Basic " + base64.b64encode(b"user:p@ss").decode()
    assert ("x-api-key" in request.headers) is (scheme == "http")
    assert "p@ss" not in repr(caught.value)


PASSWORD = base64.b64encode(b"user:p@ss").decode()


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (f"HTTP/1.1 407 Basic {PASSWORD}\r\nContent-Length: 0\r\n\r\n", "the proxy refuses with status 407"),
        (f"Basic {PASSWORD}\r\n\r\n", ""),
    ],
)
def test_the_password_that_a_proxy_repeats_is_not_told(serve: Serve, connect: Connect, refusal: str, told: str) -> None:
    proxy = serve([refusal.encode(), Ending.CLOSE])
    error = failure(connect, "https://sim.example", proxy=proxy.url.replace("://", "://user:p%40ss@"))
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is False
    assert told in str(error)
    assert PASSWORD not in repr(error)


def test_a_proxy_that_is_not_there_is_no_connection(connect: Connect) -> None:
    with refused() as proxy:
        error = failure(connect, "http://sim.example", proxy=proxy)
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is False


def tls_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(serve: Serve, connect: Connect) -> None:
    server = serve(context=tls_server())
    error = failure(connect, server)
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is False
    assert "certificate" in str(error).lower()
    assert server.requests == []


def test_certificates_are_checked_by_the_callers_context(serve: Serve, connect: Connect) -> None:
    server = serve([SUCCESS], [STATUS], context=tls_server())
    client = connect(server, ssl_context=ssl.create_default_context(cafile=CERTIFICATE))
    assert client.execute_workflow("wf").success
    assert client.get_workflow_status("wf").is_deployed
    assert [request.connection for request in server.requests] == [0, 0]


def test_time_is_limited_over_tls_too(serve: Serve, connect: Connect) -> None:
    server = serve([Ending.STALL], context=tls_server())
    client = connect(server, ssl_context=ssl.create_default_context(cafile=CERTIFICATE))
    with pytest.raises(RequestTimeoutError) as caught:
        client.execute_workflow("wf", timeout=0.2)
    assert caught.value.request_sent is True


def test_a_server_that_does_not_speak_tls_is_no_connection(serve: Serve, connect: Connect) -> None:
    server = serve()
    error = failure(connect, server.url.replace("http:", "https:"))
    assert isinstance(error, ConnectionFailedError)
    assert error.request_sent is False


# Interruption


@pytest.mark.synchronous("a cancelled call of the asynchronous client is in contract_tests/concurrency")
def test_an_interrupted_call_closes_its_connection(serve: Serve, connect: Connect) -> None:
    class Interrupting(FakeClock):
        calls = itertools.count()

        def monotonic(self) -> float:
            # The user's Ctrl-C, between two pieces of the body.
            if server.requests and next(self.calls) == 1:
                raise KeyboardInterrupt
            return super().monotonic()

    server = serve([head(200, {"Content-Length": "1000"}) + BODY, Ending.STALL])
    client = connect(server, clock=Interrupting())
    with pytest.raises(KeyboardInterrupt):
        client.execute_workflow("wf", timeout=60)
    assert server.left.wait(PATIENCE)
