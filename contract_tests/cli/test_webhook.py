"""`sim webhook`: receiving deliveries, and making them."""

import io
import json
import os
import re
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from contract_tests.cli._logs import span
from contract_tests.cli.commands import Ran, Sim, finish, interrupt, start
from sim_conformance.mock.contract import contract
from sim_sdk import webhooks
from sim_sdk.cli.machine import MachineView
from sim_sdk.cli.webhook.delivery import Delivery

SECRET = "whsec-canary-of-the-tests"
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "type": "workflow.execution.completed",
    "timestamp": 1,
    "data": {
        "workflowId": "triage",
        "executionId": "execution-1",
        "status": "success",
        "trigger": "api",
        "totalDurationMs": 1500,
        "cost": {"total": 0.005},
        "finalOutput": {"content": "Hello"},
        "traceSpans": [span("Workflow Execution", 0, 10)],
    },
}

Request = tuple[str, bytes, dict[str, str]]
Answer = tuple[int, Any]


@pytest.fixture(autouse=True)
def secret(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_WEBHOOK_SECRET", SECRET)


def signed(event: Any = EVENT, secret: str = SECRET, age: float = 0, delivery_id: str = "d1") -> Request:
    body = json.dumps(event).encode()
    signature = webhooks.sign(body, secret, int((time.time() - age) * 1000))
    return "POST", body, {"sim-signature": signature, "sim-delivery-id": delivery_id}


class Listening:
    """`sim webhook listen` in this process, while requests are made to it by a thread."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    def __call__(self, *requests: Request, options: tuple[str, ...] = ()) -> tuple[Ran, list[Answer]]:
        """What the command showed, and what it answered. The last request has to be the one that ends it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        answers: list[Answer] = []
        sender = Thread(target=lambda: answers.extend(_ask(port, request) for request in requests))
        sender.start()
        ran = self._sim("webhook", "listen", "--port", str(port), *options)
        sender.join(20)
        return ran, answers


def _ask(port: int, request: Request) -> Answer:
    method, body, headers = request
    deadline = time.monotonic() + 20
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, "/any/path", body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        finally:
            connection.close()


@pytest.fixture
def listening(sim: Sim) -> Listening:
    return Listening(sim)


def test_a_good_delivery_is_shown(listening: Listening) -> None:
    ran, answers = listening(signed(), options=("--count", "1"))

    assert ran.code == 0
    assert answers == [(200, {"received": True})]
    lines = [line.strip() for line in ran.out.splitlines()]
    assert re.fullmatch(r"\d\d:\d\d:\d\d ✓ workflow\.execution\.completed", lines[0])
    assert lines[1:5] == [
        "run        success · api · 1.5 s · $0.005",
        "workflow   triage",
        "execution  execution-1",
        "delivery   d1",
    ]
    assert lines[5].startswith("✓ Workflow Execution")
    assert json.loads("".join(lines[6:])) == {"content": "Hello"}
    assert re.fullmatch(r"listening at http://127\.0\.0\.1:\d+/; Ctrl-C ends it\n", ran.err)


def test_a_delivery_that_is_not_to_be_trusted_is_refused_with_the_reason(listening: Listening) -> None:
    bad = [
        ("POST", b"{}", {}),
        signed(secret="another"),
        signed(age=400),
        ("POST", b"{}", {"sim-signature": "nonsense"}),
        signed({"no": "event"}),
    ]

    ran, answers = listening(*bad, signed(), options=("--count", "1", "--json"))

    reasons = ["missing", "mismatch", "stale", "malformed", "malformed"]
    assert answers == [(401, {"error": reason}) for reason in reasons] + [(200, {"received": True})]
    assert [line["reason"] for line in ran.lines[:-1]] == reasons
    assert {line["type"] for line in ran.lines[:-1]} == {"rejected"}
    assert ran.lines[1]["delivery_id"] == "d1"
    assert (ran.lines[-1]["type"], ran.lines[-1]["event"]["data"]["executionId"]) == ("delivery", "execution-1")
    assert (ran.code, ran.error["type"]) == (0, "listening")


def test_people_see_why_one_is_refused(listening: Listening) -> None:
    ran, _ = listening(signed(secret="another"), signed(), options=("--count", "1"))

    assert "✗ rejected: the signature does not fit" in ran.out.splitlines()[0]


def test_a_repeated_delivery_is_told(listening: Listening) -> None:
    ran, answers = listening(signed(), signed(), options=("--count", "2", "--answer", "503", "--json"))

    assert [status for status, _ in answers] == [503, 503]
    assert [line["times"] for line in ran.lines] == [1, 2]


def test_any_of_several_secrets_is_good(listening: Listening) -> None:
    options = ("--count", "2", "--secret", "old", "--secret", "new", "--tolerance", "1000")

    ran, answers = listening(signed(secret="old", age=500), signed(secret="new"), options=options)

    assert [status for status, _ in answers] == [200, 200]
    assert ran.code == 0


def test_what_is_no_delivery_is_refused_and_not_shown(listening: Listening) -> None:
    odd = [("GET", b"", {}), ("POST", b"", {"Content-Length": "999999999"}), ("POST", b"", {"Content-Length": "x"})]

    ran, answers = listening(*odd, signed(), options=("--count", "1", "--json"))

    assert [status for status, _ in answers] == [405, 413, 411, 200]
    assert len(ran.lines) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_every_method_but_post_is_refused_in_json(listening: Listening, method: str) -> None:
    ran, answers = listening((method, b"", {}), signed(), options=("--count", "1", "--json"))

    assert answers[0] == (405, {"error": "webhook deliveries are sent by POST"})
    assert len(ran.lines) == 1


def test_a_request_that_cannot_be_read_is_refused_in_json(listening: Listening) -> None:
    ran, answers = listening(("POST", b"", {"A": "b" * 70_000}), signed(), options=("--count", "1", "--json"))

    assert answers[0] == (431, {"error": "Request Header Fields Too Large"})
    assert len(ran.lines) == 1


def test_it_listens_at_an_address_of_the_newer_kind(sim: Sim) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    process = start("webhook", "listen", "--host", "::1", "--port", "0", "--count", "1", "--json")
    assert process.stderr is not None
    url = json.loads(process.stderr.readline())["url"]

    assert re.fullmatch(r"http://\[::1\]:\d+/", url)
    assert sim("webhook", "send", url).code == 0
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_burst_of_deliveries_is_let_in_while_it_is_busy() -> None:
    process = start("webhook", "listen", "--port", "0", "--json")
    assert process.stderr is not None
    port = int(json.loads(process.stderr.readline())["url"].rpartition(":")[2].strip("/"))
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)

    with ExitStack() as connections:
        for _ in range(100):
            connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        process.send_signal(signal.SIGCONT)

    assert interrupt(process, lambda: True).code == 130


def test_a_sender_that_breaks_off_does_no_harm(sim: Sim, listening: Listening) -> None:
    def hang_up(port: int, *, rudely: bool) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
            if rudely:  # with a reset instead of an end
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    process = start("webhook", "listen", "--port", "0", "--json")
    assert process.stderr is not None
    url = json.loads(process.stderr.readline())["url"]
    port = int(url.rpartition(":")[2].strip("/"))
    hang_up(port, rudely=False)
    hang_up(port, rudely=True)
    assert _ask(port, signed())[0] == 200

    ran = interrupt(process, lambda: True)

    assert ran.code == 130
    assert [line["type"] for line in ran.lines] == ["delivery"]
    assert ran.err == ""


def test_ctrl_c_in_the_midst_of_a_delivery_has_each_shown_once(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = MachineView.delivery

    def interrupted(self: MachineView, delivery: Delivery) -> None:
        show(self, delivery)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(MachineView, "delivery", interrupted)

    ran, answers = listening(signed(), options=("--json",))

    assert ran.code == 130
    assert [status for status, _ in answers] == [200]
    assert [line["delivery_id"] for line in ran.lines] == ["d1"]


def test_sigterm_has_what_was_received_shown_however_often_it_comes(sim: Sim) -> None:
    process = start("webhook", "listen", "--port", "0", "--json")
    assert process.stderr is not None
    port = int(json.loads(process.stderr.readline())["url"].rpartition(":")[2].strip("/"))
    assert _ask(port, signed())[0] == 200
    for _ in range(2):
        process.send_signal(signal.SIGTERM)

    ran = finish(process)

    assert ran.code == 130
    assert [line["delivery_id"] for line in ran.lines] == ["d1"]
    assert ran.err == ""


def test_no_control_sequence_of_a_delivery_reaches_the_terminal(listening: Listening) -> None:
    hostile = {**EVENT, "type": "a\x1b[2J", "data": {**EVENT["data"], "workflowId": "\x07", "finalOutput": "\x9b2J"}}

    ran, _ = listening(signed(hostile, delivery_id="plain"), options=("--count", "1"))

    assert not set("\x1b\x07\x9b") & set(ran.out)


@pytest.mark.parametrize("command", [["listen", "--count", "1"], ["send", "http://127.0.0.1:1"]], ids=" ".join)
def test_without_a_secret_it_is_2(sim: Sim, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.delenv("SIM_WEBHOOK_SECRET")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    ran = sim("webhook", *command)

    assert (ran.code, ran.out) == (2, "")
    assert "Hint: set SIM_WEBHOOK_SECRET" in ran.err
    assert "standard input holds no secret" in sim("webhook", *command, "--secret", "-").err


def test_a_port_that_is_taken_is_2(sim: Sim) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = sim("webhook", "listen", "--port", str(taken.getsockname()[1]))

    assert (ran.code, ran.out) == (2, "")
    assert "Hint: --port 0 takes any free port" in ran.err


def test_a_host_that_is_not_this_one_is_2(sim: Sim) -> None:
    ran = sim("webhook", "listen", "--host", "192.0.2.1", "--port", "0")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: cannot listen at 192.0.2.1:0: ")
    assert "Hint" not in ran.err


class Receiver:
    """A program that receives deliveries."""

    def __init__(self) -> None:
        self.status = 200
        self.answer = b""
        self.paths: list[str] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.paths.append(self.path)
                receiver.got.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(receiver.answer)))
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=b"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = Thread(target=receiver.server.serve_forever, args=(0.01,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@pytest.mark.parametrize("failed", [False, True])
def test_a_test_delivery_is_as_sims(sim: Sim, receiver: Receiver, failed: bool) -> None:
    ran = sim("webhook", "send", receiver.url, "--workflow", "triage", *(["--failed"] if failed else []))

    assert (ran.code, ran.out) == (0, "")
    ((headers, body),) = receiver.got
    event = webhooks.verify(body, headers, SECRET)
    assert (event.type_, event.data.workflow_id) == (headers["sim-event"], "triage")
    assert event.data.status == ("error" if failed else "success")
    assert event.links is not None
    assert headers["sim-delivery-id"] == headers["Idempotency-Key"]
    assert headers["sim-timestamp"] in headers["sim-signature"]
    assert headers["Content-Type"] == "application/json"
    assert contract().check_value("WebhookEvent", json.loads(body)) == []
    assert ran.err.startswith("✓ HTTP 200 in ")
    assert headers["sim-delivery-id"] in ran.err


def test_what_the_receiver_answers_is_shown(sim: Sim, receiver: Receiver) -> None:
    receiver.status, receiver.answer = 500, b"it \x1b[2Jbroke"

    ran = sim("webhook", "send", receiver.url)
    assert (ran.code, ran.out) == (3, "it \ufffd[2Jbroke\n")
    assert ran.err.startswith("✗ HTTP 500 in ")
    ran = sim("webhook", "send", receiver.url, "--json")
    assert (ran.code, ran.err) == (3, "")
    assert (ran.document["status"], ran.document["accepted"], ran.document["body"]) == (
        500,
        False,
        "it \x1b[2Jbroke",
    )


def test_the_url_may_have_a_query(sim: Sim, receiver: Receiver) -> None:
    assert sim("webhook", "send", receiver.url + "&name=Zoë x").code == 0
    assert receiver.paths == ["/hook?a=b&name=Zo%C3%AB%20x"]


def test_a_redirect_is_not_followed(sim: Sim, receiver: Receiver) -> None:
    receiver.status = 302

    assert sim("webhook", "send", receiver.url).code == 3
    assert len(receiver.got) == 1


def test_an_event_of_ones_own_is_sent(sim: Sim, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SECRET}-2\n"))

    assert sim("webhook", "send", receiver.url, "--secret", "-", "--event", json.dumps(EVENT)).code == 0
    ((headers, body),) = receiver.got
    assert json.loads(body) == EVENT
    assert webhooks.verify(body, headers, f"{SECRET}-2").id == "evt_1"


def test_a_receiver_that_is_not_there_is_6_and_one_that_is_silent_5(sim: Sim) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        ran = sim("webhook", "send", url, "--json")
        assert (ran.code, ran.error["request_sent"]) == (6, False)
        silent.listen()
        ran = sim("webhook", "send", url, "--timeout", "0.1")
    assert (ran.code, ran.out) == (5, "")
    assert sim("webhook", "send", "ftp://x").code == 2


def test_listen_takes_what_send_makes(sim: Sim) -> None:
    process = start("webhook", "listen", "--port", "0", "--count", "1", "--json")
    assert process.stderr is not None
    url = json.loads(process.stderr.readline())["url"]

    assert sim("webhook", "send", url).code == 0
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["event"]["data"]["status"] == "success"


def test_the_secret_is_shown_by_nothing(sim: Sim, listening: Listening, receiver: Receiver) -> None:
    for options in ((), ("--json",)):
        ran, _ = listening(signed(secret="another"), signed(), options=("--count", "1", *options))
        assert SECRET not in ran.out + ran.err
        for url in (receiver.url, "http://127.0.0.1:1", "ftp://x"):
            ran = sim("webhook", "send", url, *options)
            assert SECRET not in ran.out + ran.err
