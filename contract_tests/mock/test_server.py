"""The server around the mock: its life, its control API, its faults and its command."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import sim_conformance.mock.cli
from contract_tests.mock.http_client import Client
from sim_conformance.mock import Fault, MockSim, Slow


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
def test_starting_and_stopping_leaks_nothing() -> None:
    with MockSim() as sim, Client(sim) as client:
        client.run("echo", {})
    before = open_files(), threading.active_count()
    for _ in range(20):
        with MockSim() as sim, Client(sim) as client:
            assert client.run("echo", {}).status == 200
    gc.collect()
    assert (open_files(), threading.active_count()) == before


def test_several_mocks_live_side_by_side_and_apart() -> None:
    with MockSim() as one, MockSim("2026-08") as two, Client(one) as client:
        assert one.base_url != two.base_url
        client.run("echo", {})
        assert (len(one.journal), len(two.journal)) == (1, 0)


def test_a_mock_is_started_once_and_stopped_at_will() -> None:
    sim = MockSim()
    with pytest.raises(RuntimeError, match="not started"):
        _ = sim.base_url
    sim.stop()
    with sim, pytest.raises(RuntimeError, match="already started"):
        sim.start()
    sim.stop()
    with sim, Client(sim) as client:
        assert client.run("echo", {}).status == 200


def test_stopping_does_not_wait_for_a_run() -> None:
    with MockSim() as sim:
        sim.add_workflow("sleeper", Slow(30))
        waiting = threading.Thread(target=abandoned_run, args=(sim,))
        waiting.start()
        while not sim.journal:
            time.sleep(0.001)
        began = time.monotonic()
    waiting.join()
    assert time.monotonic() - began < 1.0


def abandoned_run(sim: MockSim) -> None:
    with Client(sim) as client, pytest.raises(Exception, match=r"Connection|closed|reset"):
        client.run("sleeper", {})


def test_a_taken_port_and_a_wrong_name_are_told() -> None:
    with MockSim() as sim:
        port = int(sim.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            MockSim(port=port).start()
    with pytest.raises(ValueError, match="2025-10"):
        MockSim("2024")
    with pytest.raises(ValueError, match="enterprise"):
        MockSim(plan="gold")


def test_the_same_seed_gives_the_same_answers() -> None:
    def answers(seed: int) -> tuple[bytes, ...]:
        with MockSim("2026-08", seed=seed) as sim, Client(sim) as client:
            ids = [client.run("echo", {}).json()["executionId"] for _ in range(2)]
            sim.reset()
            return (*ids, client.run("echo", {}).json()["executionId"])

    assert answers(7) == answers(7)
    assert answers(7)[0] == answers(7)[2]
    assert answers(7) != answers(8)


def test_a_reset_forgets_everything(documented: MockSim) -> None:
    documented.add_workflow("mine", Slow(0.0))
    documented.exhaust_rate_limit()
    documented.fail_next(status=503, operation="getJob")
    with Client(documented) as client:
        client.run("mine", {})
        documented.reset()
        assert len(documented.journal) == 0
        assert client.run("mine", {}).status == 404
        assert client.run("echo", {}).status == 200
        assert client.get("/api/jobs/x").status == 404


def test_many_threads_are_served_and_counted(documented: MockSim) -> None:
    documented.set_rate_limit(50)
    statuses: list[int] = []

    def work() -> None:
        with Client(documented) as client:
            statuses.extend(client.run("echo", {}).status for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (statuses.count(200), statuses.count(429)) == (50, 30)
    assert len(documented.journal) == 80


# Faults


def test_faults_strike_in_order_and_only_where_they_are_meant_to(documented: MockSim) -> None:
    documented.fail_next(status=503, headers={"Retry-After": "7"}, body={"error": "busy"}, operation="executeWorkflow")
    documented.fail_next(status=502, body=b"<html>bad gateway</html>", times=2)
    with Client(documented) as client:
        assert client.get("/api/workflows/echo/status").status == 502
        busy = client.run("echo", {})
        assert client.run("echo", {}).data == b"<html>bad gateway</html>"
        assert client.run("echo", {}).status == 200
        assert len(client.logs().json()["data"]) == 1
    assert (busy.status, busy.headers["Retry-After"], busy.json()) == (503, "7", {"error": "busy"})
    assert [entry.fault for entry in documented.journal] == [True, True, True, False, False]
    assert documented.violations == []


def test_a_delay_and_a_cut_leave_the_answer_as_it_is(documented: MockSim) -> None:
    documented.faults.add(Fault(delay=0.1))
    documented.faults.add(Fault(cut_after=10))
    with Client(documented) as client:
        began = time.monotonic()
        assert client.run("echo", {}).json()["success"] is True
        assert time.monotonic() - began >= 0.1
        with pytest.raises(Exception, match=r"IncompleteRead|Connection broken"):
            client.run("echo", {})
        assert client.run("echo", {}).status == 200
    assert len(documented.journal[1].response_body) == 10


@pytest.mark.parametrize("wrong", [{"times": 0}, {"status": 99}, {"status": 600}])
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Fault(**wrong)


# Control API


def test_another_process_can_look_and_steer(documented: MockSim) -> None:
    with Client(documented) as client:

        def tell(path: str, body: Any) -> int:
            return client.request("POST", f"/_mock{path}", body=json.dumps(body).encode()).status

        assert tell("/workflows", {"id": "mine", "behaviour": "agent", "options": {"chunks": ["a"]}}) == 201
        assert tell("/workflows", {"id": "off", "behaviour": "echo", "deployed": False}) == 201
        assert tell("/faults", {"status": 500, "times": 2}) == 201
        assert client.run("mine", {}).status == 500
        assert client.request("DELETE", "/_mock/faults").status == 204
        assert client.run("mine", {}).json()["output"]["content"] == "a"
        assert client.run("off", {}).status == 403
        journal = client.request("GET", "/_mock/journal")
        assert [entry["status"] for entry in journal.json()] == [500, 200, 403]
        assert documented.api_key.encode() not in journal.data
        state = client.request("GET", "/_mock/state").json()
        assert (state["dialect"], state["executions"], state["violations"]) == ("documented", 1, 0)
        assert client.request("DELETE", "/_mock/journal").status == 204
        assert client.request("POST", "/_mock/reset").status == 204
        assert "mine" not in client.request("GET", "/_mock/state").json()["workflows"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/workflows", {"id": "x", "behaviour": "dance"}),
        ("/workflows", {"id": "x", "behaviour": "echo", "options": {"volume": 11}}),
        ("/workflows", {"behaviour": "echo"}),
        ("/faults", {"colour": "red"}),
        ("/faults", {"times": 0}),
        ("/faults", [1]),
    ],
)
def test_a_control_request_that_makes_no_sense_is_told_so(documented: MockSim, path: str, body: Any) -> None:
    with Client(documented) as client:
        answer = client.request("POST", f"/_mock{path}", body=json.dumps(body).encode())
    assert answer.status == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"behaviour": "echo", "options": {"stdout": 5}}, "stdout must be a str"),
        ({"behaviour": "echo", "options": {"block_id": None}}, "block_id must be a str"),
        ({"behaviour": "echo", "options": ["stdout"]}, "options must be a dict"),
        ({"behaviour": "failing", "options": {"error": {}}}, "error must be a str"),
        ({"behaviour": "failing", "options": {"author_mistake": "no"}}, "author_mistake must be a bool"),
        ({"behaviour": "slow", "options": {"seconds": "3"}}, "seconds must be at least 0"),
        ({"behaviour": "slow", "options": {"seconds": -3}}, "seconds must be at least 0"),
        ({"behaviour": "agent", "options": {"chunks": 5}}, "chunks must be a list"),
        ({"behaviour": "agent", "options": {"chunks": "text"}}, "chunks must be a list"),
        ({"behaviour": "agent", "options": {"chunks": ["a", 5]}}, "chunks must be a list"),
        ({"behaviour": "agent", "options": {"chunks": [{"data": "hm"}]}}, "objects with an event"),
        ({"behaviour": "agent", "options": {"dies_after": "2"}}, "dies_after must be at least 0"),
        ({"behaviour": "agent", "options": {"delay": True}}, "delay must be at least 0"),
        ({"behaviour": "response-block", "options": {"status": 42}}, "status must be between 200 and 599"),
        ({"behaviour": "response-block", "options": {"headers": {"X-A": 1}}}, "headers must be texts"),
        ({"behaviour": ["echo"]}, "behaviour must be a str"),
        ({"behaviour": "echo", "id": 7}, "id must be a str"),
        ({"behaviour": "echo", "deployed": "false"}, "deployed must be a bool"),
    ],
)
def test_a_workflow_that_cannot_run_is_refused_at_once(documented: MockSim, fields: dict[str, Any], words: str) -> None:
    with Client(documented) as client:
        answer = client.request("POST", "/_mock/workflows", body=json.dumps({"id": "mine", **fields}).encode())
        assert (answer.status, words in answer.json()["error"]) == (400, True)
        assert client.run("mine", {}).status == 404


# Command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_interrupted(number: int) -> None:
    command = [sys.executable, "-W", "error", "-m", "sim_conformance.mock.cli", "--dialect", "2026-08", "--seed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = dict(line.strip().split("=", 1) for line in (process.stdout.readline(), process.stdout.readline()))
        request = urllib.request.Request(f"{told['SIM_BASE_URL']}/api/users/me/usage-limits")
        request.add_header("X-API-Key", told["SIM_API_KEY"])
        with urllib.request.urlopen(request) as answer:
            assert "requestsPerMinute" in json.load(answer)["rateLimit"]["sync"]
        os.kill(process.pid, number)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_the_command_cannot_take_a_taken_port(documented: MockSim, capsys: pytest.CaptureFixture[str]) -> None:
    port = documented.base_url.rpartition(":")[2]
    assert sim_conformance.mock.cli.main(["--port", port]) == 2
    assert f"cannot serve on 127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_the_command_refuses_what_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        sim_conformance.mock.cli.main([f"--port={port}"])
    assert caught.value.code == 2
    assert f"{port} is no port" in capsys.readouterr().err


def test_the_command_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        sim_conformance.mock.cli.main(["--dialect", "2024"])
    assert caught.value.code == 2
    assert "--dialect" in capsys.readouterr().err


def test_without_its_packages_the_mock_says_what_to_install() -> None:
    program = "import sys; sys.modules['uvicorn'] = None; import sim_conformance.mock"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'pip install "sim-sdk[mock]"' in result.stderr


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "500"}, "status must be between 200 and 599"),
        ({"status": True}, "status must be"),
        ({"times": 0}, "times must be at least 1"),
        ({"delay": "soon"}, "delay must be at least 0"),
        ({"delay": -1}, "delay must be at least 0"),
        ({"cut_after": -1}, "cut_after must be at least 0"),
        ({"status": 500, "operation": "execute"}, "there is no operation 'execute', only executeWorkflow"),
        ({"status": 429, "headers": {"Retry-After": 5}}, "headers must be texts"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_at_once(
    documented: MockSim, fields: dict[str, Any], words: str
) -> None:
    with Client(documented) as client:
        answer = client.request("POST", "/_mock/faults", body=json.dumps(fields).encode())
    assert answer.status == 400
    assert words in answer.json()["error"]
    with pytest.raises(ValueError, match=words):
        Fault(**fields)
    assert len(documented.faults) == 0
