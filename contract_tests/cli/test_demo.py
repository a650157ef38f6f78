"""The demonstration."""

import re
import sys
from collections.abc import Callable

import pytest

from contract_tests.cli.commands import Sim, run_python
from sim_conformance.mock import MockSim
from sim_conformance.mock.dialects import DIALECTS
from sim_sdk import WorkflowExecutionResult


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_shows_every_step_and_needs_no_key(sim: Sim, dialect: str) -> None:
    ran = sim("demo", "--fast", "--dialect", dialect)

    assert (ran.code, ran.err) == (0, "")
    for shown in (
        'client.execute_workflow("triage"',
        "with you before six.",
        "queued → processing → completed",
        "the server says “Rate limit exceeded",
        "before the next try",
        "sync runs",
        "export SIM_API_KEY=",
    ):
        assert shown in ran.out
    assert "\x1b" not in ran.out
    assert MockSim.api_key not in ran.out


def test_a_terminal_sees_what_goes_on(sim: Sim, terminal: Callable[[int], None]) -> None:
    terminal(80)

    ran = sim("demo", "--fast")

    assert (ran.code, ran.err) == (0, "")
    out = re.sub(r"\x1b\[[0-9;]*m", "", ran.out)
    assert "\x1b[?25l" in out  # a live display hides the cursor
    assert out.count("Your order left") > 5  # drawn again with each piece of the text
    assert "s of about 3 min" in out
    assert "s until the next try" in out


def test_it_fails_when_a_step_does_not_do_what_it_shows(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim_sdk.cli.demo import script

    def lie(client: object) -> WorkflowExecutionResult:
        return WorkflowExecutionResult(True, {"result": "another one"})

    monkeypatch.setattr(script, "run", lie)

    ran = sim("demo", "--fast")

    assert ran.code == 1
    assert "the demonstration failed" in ran.err


def test_it_says_what_is_missing() -> None:
    ran = run_python(
        "import sys; sys.modules['sim_conformance'] = None; from sim_sdk.cli import main; sys.exit(main(['demo']))"
    )

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'Error: sim demo runs a mock server: install "sim-sdk[demo]".\n'


def test_it_says_that_python_is_too_old(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))

    ran = sim("demo")

    assert (ran.code, ran.out) == (2, "")
    assert "Python 3.11" in ran.err
