"""Deployments in which something is wrong or missing: the suite says so, waits no longer than it must, and ends."""

import contextlib
import dataclasses
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from contract_tests.mock.recordings import ROOT
from contract_tests.reliability._tls import server_context
from sim_conformance import server as suite_server
from sim_conformance import wire
from sim_conformance.checks.execute import GIVE_UPS
from sim_conformance.checks.stream import STREAMS
from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.mock import MockSim
from sim_conformance.mock.clock import ManualClock
from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.jsons import decode, encode
from sim_conformance.outcome import Outcome
from sim_conformance.registry import all_checks
from sim_conformance.report.model import reported_exchange
from sim_conformance.settings import VERSIONS, BadSettings, Settings
from sim_conformance.versions import find_version
from sim_conformance.wire import Wire

LIMITS = "/api/users/me/usage-limits"


def check(check_id):
    return next(one for one in all_checks() if one.id == check_id)


@pytest.fixture
def naps(monkeypatch):
    """The waits of the suite, in seconds, which take no time here."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


@contextlib.contextmanager
def tcp_server(talk, tls=None):
    """A server that does with each connection what `talk` does; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    talking = connection if tls is None else tls.wrap_socket(connection, server_side=True)
                    with talking:
                        talking.recv(65536)
                        talk(talking)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def answer_to_probe(settings):
    with contextlib.closing(Wire(settings.base_url, timeout=5.0)) as opened:
        return find_version(settings, opened)


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (308, {"location": "https://sim.example/"}, "redirects to https://sim.example/"),
        (307, {"location": "/?key=sk-sim-mock-main"}, r"redirects to /\?key=\[redacted\]"),
        (404, {"content-type": "text/html"}, "is it the base URL of a Sim"),
    ],
)
def test_a_base_url_that_is_not_that_of_a_sim_is_a_bad_setting(status, headers, words):
    def elsewhere(call, reply):
        return Reply(status, Headers(headers), b"")

    with embedded(distortion=elsewhere) as settings, pytest.raises(BadSettings, match=words), engine(settings):
        pass


def test_a_first_answer_of_429_is_waited_for(naps):
    refusals = iter([{"retry-after": "3"}, {}])

    def limit(call, reply):
        headers = next(refusals, None)
        return reply if headers is None else Reply(429, Headers(headers), b"{}")

    with MockSim("2025-10", distortion=limit) as sim:
        assert answer_to_probe(Settings(sim.base_url, {"main-key": sim.api_key})) == "2025-10"
    assert naps == [3, 15]


@pytest.mark.parametrize("version", ["2025-10", "2026-08"])
@pytest.mark.parametrize("headers", [{}, {"x-request-id": "of-a-proxy"}])
def test_recorded_limits_tell_the_version(version, headers):
    recordings = [json.loads(path.read_text()) for path in (ROOT / version).glob("*usage_limits*.json")]
    bodies = [one["response"]["body"] for one in recordings if one["response"]["status"] == 200]
    assert len(bodies) > 3
    turn = itertools.cycle(bodies)

    def recorded(call, reply):
        return Reply(200, Headers(headers), next(turn).encode())

    with MockSim(distortion=recorded) as sim:
        settings = Settings(sim.base_url, {"main-key": sim.api_key})
        assert {answer_to_probe(settings) for _ in bodies} == {version}


def test_a_proxy_that_numbers_requests_hides_no_version():
    def number(call, reply):
        reply.headers["x-request-id"] = "of-a-proxy"
        return reply

    with MockSim(distortion=number) as sim:
        assert answer_to_probe(Settings(sim.base_url, {"main-key": sim.api_key})) == "documented"


@pytest.mark.parametrize("piece", [b" ", b" " * 65536], ids=["dribbles", "floods"])
def test_an_answer_without_end_is_given_up(piece, monkeypatch):
    monkeypatch.setattr(wire, "LARGEST", 1_000_000)

    def talk(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            connection.sendall(piece)
            time.sleep(0.01 if piece == b" " else 0)

    with tcp_server(talk) as url, contextlib.closing(Wire(url, timeout=0.1)) as opened:
        exchange = opened.send("GET", "/", {})
    assert "does not end" in exchange.problem
    assert exchange.status == 200
    assert exchange.seconds < 5
    assert len(exchange.answer) <= 65536


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 103 Early Hints\r\n\r\n", b""],
    ids=["header", "interim", "all"],
)
@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
@pytest.mark.parametrize("encrypted", [False, True], ids=["http", "https"])
def test_a_head_without_end_is_given_up(start, encrypted):
    def talk(connection):
        connection.sendall(start)
        for byte in itertools.cycle(start if b"103" in start else b"H"):
            connection.sendall(bytes([byte]))
            time.sleep(0.01)

    tls = server_context() if encrypted else None
    with tcp_server(talk, tls) as url, contextlib.closing(Wire(url, timeout=0.1, verify_tls=False)) as opened:
        exchange = opened.send("GET", "/", {})
    assert exchange.problem == "the head of the answer does not end"
    assert exchange.status == 0
    assert exchange.seconds < 5


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints", b"199 Nobody Knows"])
def test_an_interim_answer_is_not_the_answer(status):
    interim = b"HTTP/1.1 " + status + b"\r\nLink: </style.css>; rel=preload\r\n\r\n"

    def talk(connection):
        connection.sendall(2 * interim + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with tcp_server(talk) as url, contextlib.closing(Wire(url, timeout=5.0)) as opened:
        exchange = opened.send("GET", "/", {})
    assert (exchange.problem, exchange.status, exchange.answer) == ("", 200, b"{}")
    assert "link" not in exchange.answer_headers


def test_a_server_that_switches_to_another_protocol_has_answered():
    def talk(connection):
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nnot HTTP any more")

    with tcp_server(talk) as url, contextlib.closing(Wire(url, timeout=5.0)) as opened:
        assert opened.send("GET", "/", {}).status == 101


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
def test_a_certificate_that_nobody_vouches_for_is_taken_by_the_sdk_too_if_it_need_not_be_valid():
    with MockSim() as sim, contextlib.closing(Wire(sim.base_url, timeout=5.0)) as opened:
        limits = opened.send("GET", LIMITS, {"X-API-Key": sim.api_key}).answer

    def talk(connection):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(limits)}\r\n"
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + limits)

    with tcp_server(talk, server_context()) as url:
        settings = Settings(url, {"main-key": MockSim.api_key}, verify_tls=False, timeout=5.0)
        with engine(settings) as made:
            result = made.carry_out(check("SIM-SDK-002"))
    assert (result.outcome, result.message) == (Outcome.PASS, "")
    assert reported_exchange(result.exchanges[0], settings)["curl"].startswith("curl -sS -i -N -k https://")


def test_a_server_that_goes_away_is_looked_for_once():
    with embedded() as settings, engine(settings) as made:
        first = made.carry_out(check("SIM-EXEC-001"))
        made.server._wire = Wire("http://127.0.0.1:9", timeout=1.0)
        results = [made.carry_out(one) for one in all_checks()]
    assert first.outcome is Outcome.PASS
    assert [result.outcome for result in results] == [Outcome.FAIL, *[Outcome.SKIP] * (len(results) - 1)]
    assert "no longer answers" in results[-1].message
    assert made.gone


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        ({"retry-after": "-5"}, b"{}", 15),
        ({"retry-after": "0"}, b"{}", 0),
        ({"retry-after": "nan"}, b"{}", 15),
        ({"retry-after": "\xb2"}, b"{}", 15),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2999-01-01T00:00:00.000Z"}, b"{}", None),
        ({"retry-after": "Wed, 21 Oct 2999 07:28:00 GMT"}, b"{}", None),
        ({"retry-after": "9" * 400}, b"{}", 15),
        ({}, b'{"error": "Rate limit exceeded. Resets at 2999-01-01T00:00:00.000Z"}', None),
        ({}, b"<html>", 15),
    ],
)
def test_any_hint_of_a_429_is_read_and_none_is_waited_for_too_long(headers, body, told, naps):
    def limit(call, reply):
        return Reply(429, Headers(headers), body) if call.path.endswith("/status") else reply

    with embedded(distortion=limit) as settings, engine(settings) as made:
        results = [made.carry_out(check("SIM-STATUS-001")) for _ in range(2)]
    assert [result.outcome for result in results] == [Outcome.SKIP] * 2
    assert "rate limit" in results[0].message
    assert set(naps) == (set() if told is None else {told or settings.poll_interval})
    assert sum(naps) <= suite_server.LONGEST_WAIT
    # What stayed closed is not waited for again.
    assert len(results[1].exchanges) == 1


@pytest.fixture
def clock(naps, monkeypatch):
    """A clock that only the suite's waits move."""
    made = ManualClock(time.time())
    start = time.monotonic() - made.time()
    monkeypatch.setattr(time, "sleep", lambda seconds: (naps.append(seconds), made.advance(seconds)))
    monkeypatch.setattr(time, "time", made.time)
    monkeypatch.setattr(time, "monotonic", lambda: start + made.time())
    return made


@pytest.mark.parametrize("version", ["2025-10", "2026-08"])
def test_a_window_of_a_minute_is_waited_for(version, clock, naps):
    with MockSim(version, clock=clock) as sim:
        sim.set_rate_limit(3, window=60)
        settings = Settings(sim.base_url, {"main-key": sim.api_key, "echo": "echo"})
        with engine(settings) as made:
            outcomes = [made.carry_out(check("SIM-INPUT-001")).outcome for _ in range(10)]
    assert outcomes == [Outcome.PASS] * 10
    assert 180 <= sum(naps) <= 190


@pytest.mark.parametrize("version", VERSIONS)
def test_windows_of_a_minute_that_are_used_up_are_waited_for(version, clock, naps):
    with MockSim(version, clock=clock) as sim:
        sim.set_rate_limit(10, window=60, mode="api")
        ingredients = {"main-key": sim.api_key, "limited-key": sim.api_key, "limited-workspace": sim.workspace_id}
        with engine(Settings(sim.base_url, ingredients)) as made:
            results = [made.carry_out(check(f"SIM-LIMIT-{number:03}")) for number in range(40, 45)]
    assert [(result.outcome, result.message) for result in results] == [(Outcome.PASS, "")] * 5
    assert naps == [60, 60]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("check_id", ["SIM-LIMIT-023", "SIM-LIMIT-025"])
def test_a_window_that_ends_before_it_is_looked_at_is_looked_at_again(check_id, version, clock):
    refusals = []

    def end_the_first_window(call, reply):
        if reply.status == 429:
            refusals.append(call)
            if len(refusals) == 1:
                clock.advance(60)
        return reply

    with MockSim(version, clock=clock, distortion=end_the_first_window) as sim:
        sim.set_rate_limit(3, window=60)
        ingredients = {"main-key": sim.api_key, "limited-key": sim.api_key, "limited": "echo"}
        with engine(Settings(sim.base_url, ingredients)) as made:
            result = made.carry_out(check(check_id))
    assert (result.outcome, result.message) == (Outcome.PASS, "")


def test_a_rate_limit_that_the_sdk_meets_is_no_failure():
    with MockSim() as sim:
        sim.set_rate_limit(1, window=60)
        settings = Settings(sim.base_url, {"main-key": sim.api_key, "echo": "echo"})
        with engine(settings) as made:
            result = made.carry_out(check("SIM-SDK-001"))
    assert result.outcome is Outcome.SKIP
    assert "rate limit" in result.message


@pytest.mark.parametrize("check_id", ["SIM-LIMIT-022", "SIM-LIMIT-041", "SIM-LIMIT-044"])
@pytest.mark.parametrize("hint", ["86400", "\xb2", "-1"])
def test_a_hint_that_is_too_long_ends_the_check(check_id, hint, naps):
    def exaggerate(call, reply):
        if reply.status == 429:
            reply.headers["retry-after"] = hint
        return reply

    with embedded(distortion=exaggerate) as settings, engine(settings) as made:
        if check_id == "SIM-LIMIT-044":
            made.carry_out(check("SIM-LIMIT-040"))
        result = made.carry_out(check(check_id))
    assert sum(naps) < 2
    if hint == "86400":
        assert result.outcome is Outcome.SKIP
        assert "86400 s" in result.message
    else:
        assert result.outcome is Outcome.FAIL


def test_a_server_without_limits_is_no_failure():
    """Sim of 2026-08 whose billing is off, as most that people run themselves."""
    path = ROOT / "2026-08" / "billing_disabled_usage_limits.json"
    recorded = json.loads(path.read_text())["response"]["body"].encode()

    def unlimited(call, reply):
        if call.path == LIMITS and reply.status == 200:
            body = decode(recorded)
            for mode in ("sync", "async"):
                body["rateLimit"][mode]["resetAt"] = decode(reply.body)["rateLimit"][mode]["resetAt"]
            reply.body = encode(body)
        return reply

    with embedded("2026-08", distortion=unlimited) as settings, engine(settings) as made:
        numbers = (*range(1, 10), 11)
        results = {n: made.carry_out(check(f"SIM-LIMIT-{n:03}")) for n in numbers}
    assert [n for n, result in results.items() if result.outcome is Outcome.FAIL] == []
    assert results[7].outcome is Outcome.SKIP
    assert "billing" in results[7].message


def test_a_stream_that_is_read_late_is_no_stream_that_is_sent_late():
    streams = []

    def delay_the_first(call, reply):
        if reply.frames is not None:
            streams.append(call)
            if len(streams) < STREAMS:
                reply.body, reply.frames = b"".join(piece for _, piece in reply.pieces()), None
        return reply

    with embedded(distortion=delay_the_first) as settings, engine(settings) as made:
        assert made.carry_out(check("SIM-STREAM-017")).outcome is Outcome.PASS
    assert len(streams) == STREAMS


@pytest.mark.parametrize(("milliseconds", "outcome"), [(60, Outcome.SKIP), (2000, Outcome.FAIL)])
@pytest.mark.parametrize("end_is_late", [False, True], ids=["all_at_once", "end_is_late"])
def test_streams_are_sent_late_only_if_their_runs_take_time(end_is_late, milliseconds, outcome):
    def keep_back(call, reply):
        if reply.frames is not None:
            *chunks, end, terminator = (piece for _, piece in reply.pieces())
            parts = [(0.0, b"".join(chunks)), (0.05 if end_is_late else 0.0, end + terminator)]
            reply.pieces = lambda: iter(parts)
        elif call.path.endswith("/execute"):
            body = decode(reply.body)
            body["metadata"]["duration"] = milliseconds
            reply.body = encode(body)
        return reply

    with embedded(distortion=keep_back) as settings, engine(settings) as made:
        assert made.carry_out(check("SIM-STREAM-017")).outcome is outcome


@pytest.mark.parametrize(("at_once", "outcome"), [(GIVE_UPS - 1, Outcome.PASS), (GIVE_UPS, Outcome.SKIP)])
def test_a_slow_run_that_was_not_given_up_tells_nothing(at_once, outcome):
    slow_runs = []

    def hasten_the_first(call, reply):
        if "/slow/" in call.path:
            slow_runs.append(call)
            reply.delay = 0.0 if len(slow_runs) <= at_once else 3600.0
        return reply

    with embedded(distortion=hasten_the_first) as settings, engine(settings) as made:
        assert made.carry_out(check("SIM-EXEC-017")).outcome is outcome
    assert len(slow_runs) == GIVE_UPS


def test_a_job_is_seen_in_every_state_however_late_it_is_looked_at(naps):
    with embedded("2026-08") as settings, engine(settings) as made:
        made.server.settings = dataclasses.replace(settings, poll_interval=0.0)
        start_job = made.server.start_job

        def start_and_pause(*args, **options):
            accepted = start_job(*args, **options)
            threading.Event().wait(0.2)
            return accepted

        made.server.start_job = start_and_pause
        assert made.carry_out(check("SIM-JOB-006")).outcome is Outcome.KNOWN_DEVIATION


def test_a_random_walk_that_is_stopped_looks_at_no_job_any_more():
    looks = []

    def stop(job_id):
        looks.append(job_id)
        raise KeyboardInterrupt

    with embedded() as settings, engine(settings) as made:
        made.server.job = stop
        with pytest.raises(KeyboardInterrupt):
            made.carry_out(check("SIM-FLOW-001"))
    assert len(looks) == 1


def test_interrupted_before_the_first_check():
    reached = threading.Event()

    def talk(connection):
        reached.set()
        connection.recv(1)

    with tcp_server(talk) as url:
        command = [sys.executable, "-m", "sim_conformance.cli", "run", "--base-url", url]
        environment = {**os.environ, "SIM_API_KEY": "sk-of-nobody"}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
            assert reached.wait(30)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
            assert process.stderr is not None
            assert process.stderr.read() == "sim-conformance: interrupted before the first check\n"
