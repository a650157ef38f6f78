"""What is said to try when a command has failed."""

import pytest

from contract_tests.cli.commands import Sim
from sim_conformance.mock import Fault, MockSim, Slow


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (["run", "nobodys"], "is the id right, and is it one of {url} (from SIM_BASE_URL)?"),
        (["run", "undeployed"], "is it one of the key's owner, and deployed? sim status WORKFLOW_ID tells"),
        (["run", "slow", "--timeout", "0.1"], "--timeout SECONDS gives it longer"),
        (["stream", "agent"], "sim logs --workspace ID shows what became of the run"),
        (["run", "echo", "--base-url", "http://127.0.0.1:1"], "is http://127.0.0.1:1 (from --base-url) right"),
        (["run", "echo", "--base-url", "http://x?y"], "it comes from --base-url"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_hint_follows_the_error(mock: MockSim, sim: Sim, argv: list[str], hint: str) -> None:
    mock.add_workflow("slow", Slow(20))
    if argv[0] == "stream":
        mock.faults.add(Fault(cut_after=75))
    expected = hint.format(url=mock.base_url)

    assert f"\nHint: {expected}" in sim(*argv).err
    if argv[0] == "stream":
        mock.faults.add(Fault(cut_after=75))
    assert sim(*argv, "--json").error["hint"].startswith(expected)


@pytest.mark.parametrize("argv", [["run", "echo"], ["run", "echo", "--async"]], ids=" ".join)
@pytest.mark.parametrize(
    "fault",
    [Fault(cut_after=5), Fault(500), Fault(200, {"content-type": "application/json"}, b"{")],
    ids=["cut", "500", "unreadable"],
)
def test_a_run_that_may_have_begun_is_said_to(mock: MockSim, sim: Sim, argv: list[str], fault: Fault) -> None:
    mock.faults.add(fault)

    hint = "it may have begun: sim logs --workspace ID shows what became of the run"
    assert f"Hint: {hint}\n" in sim(*argv).err


def test_a_run_that_goes_on_after_its_time_limit_is_said_to(mock: MockSim, sim: Sim) -> None:
    mock.add_workflow("slow", Slow(20))

    hint = sim("run", "slow", "--timeout", "0.1", "--json").error["hint"]
    assert hint.endswith("this run may go on: sim logs --workspace ID shows what became of the run")


def test_nothing_is_advised_that_was_done_or_cannot_be(mock: MockSim, sim: Sim) -> None:
    for argv in (["run", "echo", "--retry"], ["logs", "--workspace", mock.workspace_id]):
        mock.fail_next(status=429, headers={"retry-after": "500"})
        assert sim(*argv, "--json").error["hint"] == "sim limits shows what is left"
    mock.fail_next(status=429, headers={"retry-after": "500"})  # longer than --retry waits
    assert sim("run", "echo", "--json").error["hint"] == "sim limits shows what is left"
    mock.fail_next(status=403, operation="listLogs")
    assert sim("logs", "--workspace", mock.workspace_id, "--json").error["hint"] == "is it one of the key's owner?"
    mock.fail_next(status=408, times=9)
    assert sim("limits", "--json").error["hint"] is None


def test_limits_and_keys_have_theirs(mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    mock.exhaust_rate_limit()
    assert "Hint: sim run --retry waits for it" in sim("run", "echo").err
    mock.reset()
    mock.set_usage(cost=20, limit=10)
    assert "Hint: sim limits shows what is used up" in sim("run", "echo").err
    monkeypatch.setenv("SIM_API_KEY", "wrong-one")
    assert f"Hint: is the key in SIM_API_KEY one of {mock.base_url} (from SIM_BASE_URL)?" in sim("limits").err


def test_what_says_it_all_has_none(mock: MockSim, sim: Sim) -> None:
    for argv in (["run", "echo", "--input", "{bad"], ["run", "echo", "--timeout", "-1"]):
        assert "Hint" not in sim(*argv).err
        assert sim(*argv, "--json").error["hint"] is None
