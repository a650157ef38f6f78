"""The key is never shown."""

import pytest

from contract_tests.cli.commands import Ran, Sim, finish, start
from sim_conformance.mock import MockSim

CANARY = "sk-canary-0123456789abcdef"

COMMANDS = [
    ["run", "echo", "--input", "{}"],
    ["run", "failing"],
    ["run", "nobodys"],
    ["run", "echo", "--async"],
    ["run", "echo", "--timeout", "-1"],
    ["stream", "agent", "--select", "agent1.content"],
    ["status", "echo"],
    ["job", "nobodys"],
    ["limits"],
    ["run", "echo", "--base-url", "http://127.0.0.1:1"],
]


def assert_hidden(ran: Ran) -> None:
    assert CANARY not in ran.out + ran.err


@pytest.fixture
def canary(mock: MockSim, monkeypatch: pytest.MonkeyPatch) -> MockSim:
    mock.add_key(CANARY)
    mock.set_job_timing(queued=0, processing=0)
    monkeypatch.setenv("SIM_API_KEY", CANARY)
    return mock


@pytest.mark.parametrize("options", [[], ["--json"]], ids=str)
def test_by_no_command(canary: MockSim, sim: Sim, options: list[str]) -> None:
    for argv in COMMANDS:
        assert_hidden(sim(*argv, *options))


@pytest.mark.parametrize("options", [[], ["--json"]], ids=str)
def test_by_no_error_that_a_server_repeats_it_in(canary: MockSim, sim: Sim, options: list[str]) -> None:
    for argv in (["run", "echo"], ["stream", "agent"], ["status", "echo"], ["job", "x"], ["limits"]):
        canary.fail_next(
            status=400, headers={"x-request-id": CANARY}, body={"error": f"bad key {CANARY}", "code": CANARY}
        )
        ran = sim(*argv, *options)
        assert ran.code == 3
        assert_hidden(ran)


def test_by_no_log(canary: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_LOG", "debug")

    ran = finish(start("run", "echo"))

    assert "HTTP 200" in ran.err
    assert_hidden(ran)


def test_by_no_refused_key(mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in (CANARY, f"{CANARY}\n", f"{CANARY} é"):
        monkeypatch.setenv("SIM_API_KEY", key)
        ran = sim("run", "echo")
        assert ran.code in (2, 3)
        assert_hidden(ran)


def test_no_password_in_the_servers_url_is_taken(canary: MockSim, sim: Sim) -> None:
    ran = sim("run", "echo", "--base-url", canary.base_url.replace("://", f"://user:{CANARY}@"))

    assert (ran.code, len(canary.journal)) == (2, 0)
    assert_hidden(ran)
