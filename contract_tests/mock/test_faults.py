"""Faults below the API: what a client without any library sees on its socket."""

import json
import socket
import time
from typing import Any

import pytest

from contract_tests.mock.http_client import Client
from sim_conformance.mock import Fault, MockSim

BODY = b'{"isDeployed":true'
RESET = "reset"


def seen(sim: MockSim, path: str = "/api/workflows/echo/status", body: bytes = b"", patience: float = 5.0) -> Any:
    """What a request brings: the bytes of head and body up to the end, and that end: closed, reset or nothing more."""
    answer, end = b"", "closed"
    with socket.create_connection(sim.base_url.removeprefix("http://").split(":"), timeout=patience) as client:
        method = b"POST" if body else b"GET"
        headers = b"Host: sim\r\nX-API-Key: %b\r\nContent-Length: %d\r\n" % (sim.api_key.encode(), len(body))
        client.sendall(b"%b %b HTTP/1.1\r\n%bConnection: close\r\n\r\n%b" % (method, path.encode(), headers, body))
        try:
            while piece := client.recv(65536):
                answer += piece
        except ConnectionResetError:
            end = RESET
        except TimeoutError:
            end = "nothing more"
    head, _, rest = answer.partition(b"\r\n\r\n")
    return head, rest, end


def run_stream(sim: MockSim, **options: Any) -> Any:
    body = {"stream": True, "selectedOutputs": ["agent1.content"]}
    return seen(sim, "/api/workflows/agent/execute", json.dumps(body).encode(), **options)


@pytest.mark.parametrize(
    ("ending", "end"), [("close", "closed"), ("reset", RESET), ("stall", "nothing more")], ids=lambda text: text
)
def test_nothing_is_answered(documented: MockSim, ending: str, end: str) -> None:
    documented.fail_next(ending=ending)
    assert seen(documented, patience=0.2 if ending == "stall" else 5.0) == (b"", b"", end)
    entry = documented.journal[0]
    assert (entry.status, entry.response_body) == (0, b"")
    assert seen(documented)[1].startswith(BODY)


@pytest.mark.parametrize(("ending", "end"), [("close", "closed"), ("reset", RESET), ("stall", "nothing more")])
def test_an_answer_ends_inside_its_head(documented: MockSim, ending: str, end: str) -> None:
    documented.fail_next(cut_head_after=12, ending=ending)
    assert seen(documented, patience=0.2 if ending == "stall" else 5.0) == (b"HTTP/1.1 200", b"", end)


@pytest.mark.parametrize(("ending", "end"), [("close", "closed"), ("reset", RESET), ("stall", "nothing more")])
def test_an_answer_ends_inside_its_body(documented: MockSim, ending: str, end: str) -> None:
    documented.fail_next(cut_after=len(BODY), ending=ending)
    head, body, seen_end = seen(documented, patience=0.2 if ending == "stall" else 5.0)
    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (body, seen_end) == (BODY, end)
    assert length > len(BODY)
    assert (documented.journal[0].status, documented.journal[0].response_body) == (200, BODY)


def test_a_stream_ends_inside_a_frame(documented: MockSim) -> None:
    documented.fail_next(cut_after=20)
    head, body, end = run_stream(documented)
    assert b"transfer-encoding: chunked" in head
    assert (body, end) == (b'14\r\ndata: {"blockId":"7b\r\n', "closed")


@pytest.mark.parametrize("length", [3, 1000])
def test_the_length_is_wrong(documented: MockSim, length: int) -> None:
    documented.fail_next(content_length=length)
    head, body, end = seen(documented)
    assert f"content-length: {length}\r\n".encode() in head
    assert json.loads(body)["isDeployed"] is True
    assert end == "closed"


def test_a_chunk_has_no_length(documented: MockSim) -> None:
    documented.fail_next(status=503, body={"error": "busy"}, bad_chunk=True)
    head, body, end = seen(documented)
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"content-length" not in head
    assert (body, end) == (b'10\r\n{"error":"busy"}\r\nno length\r\n', "closed")


def test_an_answer_dribbles(documented: MockSim) -> None:
    documented.fail_next(status=200, body=b"slowly", pace=0.001)
    began = time.monotonic()
    head, body, end = seen(documented)
    assert (body, end) == (b"slowly", "closed")
    assert time.monotonic() - began >= 0.001 * (len(head) + len(body))
    documented.fail_next(pace=0.0001)
    assert run_stream(documented)[1].endswith(b"0\r\n\r\n")


def test_a_dribble_ends_when_its_client_goes(documented: MockSim) -> None:
    documented.fail_next(pace=0.01, status=200, body=b"x" * 10_000)
    assert seen(documented, patience=0.005)[2] == "nothing more"
    began = time.monotonic()
    documented.stop()
    assert time.monotonic() - began < 5


def test_the_content_type_is_wrong_and_the_rest_as_ever(documented: MockSim) -> None:
    documented.faults.add(Fault(headers={"Content-Type": "text/html"}))
    head, body, _ = seen(documented)
    assert b"content-type: text/html" in head
    assert b"application/json" not in head
    assert json.loads(body)["isDeployed"] is True


def test_a_redirect_leads_elsewhere(documented: MockSim) -> None:
    documented.fail_next(status=307, headers={"Location": "http://127.0.0.1:9/elsewhere"})
    with Client(documented) as client:
        answer = client.run("echo", {})
    assert (answer.status, answer.headers["Location"]) == (307, "http://127.0.0.1:9/elsewhere")


def test_what_is_asked_is_done_unless_a_status_is_given(documented: MockSim) -> None:
    documented.fail_next(ending="close")
    documented.fail_next(status=503, ending="close")
    for _ in range(2):
        assert seen(documented, "/api/workflows/echo/execute", b"{}")[2] == "closed"
    with Client(documented) as client:
        assert len(client.logs().json()["data"]) == 1
    assert [entry.fault for entry in documented.journal][:2] == [False, True]


def test_another_process_can_break_a_connection(documented: MockSim) -> None:
    with Client(documented) as client:
        told = client.request("POST", "/_mock/faults", body=b'{"cut_head_after": 4, "ending": "reset"}')
    assert told.status == 201
    assert seen(documented) == (b"HTTP", b"", RESET)


def test_a_stopped_mock_refuses_connections(documented: MockSim) -> None:
    address = documented.base_url.removeprefix("http://").split(":")
    documented.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ending": "explode"}, "ending must be one of close, reset, stall"),
        ({"cut_head_after": -1}, "cut_head_after must be at least 0"),
        ({"cut_head_after": 1, "cut_after": 1}, "either cut_after or cut_head_after"),
        ({"content_length": 1, "bad_chunk": True}, "either content_length or bad_chunk"),
        ({"content_length": "1"}, "content_length must be at least 0"),
        ({"bad_chunk": "yes"}, "bad_chunk must be a bool"),
        ({"pace": -0.1}, "pace must be at least 0"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "texts of one line"),
        ({"headers": ["X-A"]}, "headers must be texts"),
        ({"body": {"error": "unheard"}}, "a body needs a status"),
        ({"status": 500, "body": {1, 2}}, "body can be no JSON"),
    ],
)
def test_a_break_that_makes_no_sense_is_refused(documented: MockSim, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Fault(**fields)
    if not any(isinstance(value, set) for value in fields.values()):
        with Client(documented) as client:
            answer = client.request("POST", "/_mock/faults", body=json.dumps(fields).encode())
        assert (answer.status, words in answer.json()["error"]) == (400, True)
