"""The README's Python runs as it stands, and its commands are those that CI runs."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim_conformance.mock import MockSim
from sim_sdk import SimStudioClient, webhooks

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def _heading(block: str) -> str:
    before = README[: README.index(block)]
    return re.findall(r"^#+ (.*)$", before, re.MULTILINE)[-1]


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockSim]:
    with MockSim() as sim:
        monkeypatch.setenv("SIM_API_KEY", sim.api_key)
        monkeypatch.setenv("SIM_BASE_URL", sim.base_url)
        yield sim


def _run(block: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "readme"}
    try:
        exec(compile(block, "README.md", "exec"), namespace)
    finally:
        for value in list(namespace.values()):
            if type(value) is SimStudioClient:
                value.close()
    return namespace


@pytest.mark.parametrize("block", BLOCKS, ids=_heading)
def test_each_example_runs(block: str, sim: MockSim, capsys: pytest.CaptureFixture[str]) -> None:
    namespace = _run(block.replace("workspace-id", sim.workspace_id))
    assert not sim.violations
    result = namespace.get("result")
    assert result is None or result.success, result
    assert sim.api_key not in capsys.readouterr().out


def test_the_examples_are_found() -> None:
    assert len(BLOCKS) >= 10


def test_the_webhook_example_takes_signed_deliveries_only() -> None:
    block = next(block for block in BLOCKS if "webhooks.verify" in block)
    client = _run(block)["app"].test_client()
    event = {
        "id": "1",
        "type": "workflow.execution.completed",
        "timestamp": 1,
        "data": {"executionId": "e", "status": "success"},
    }
    body = json.dumps(event).encode()
    signature = webhooks.sign(body, "webhook-secret", int(time.time() * 1000))
    good = client.post("/sim", data=body, headers={"sim-signature": signature, "sim-delivery-id": "d"})
    assert good.status_code == 200
    bad = client.post("/sim", data=body + b" ", headers={"sim-signature": signature})
    assert (bad.status_code, bad.json) == (401, {"error": "mismatch"})


def test_ci_runs_the_test_command_of_the_readme() -> None:
    ci = (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m1 -E '(.*?)' README.md", ci)
    assert pattern is not None
    commands = re.findall(pattern.group(1), README, re.MULTILINE)
    assert len(commands) == 1
