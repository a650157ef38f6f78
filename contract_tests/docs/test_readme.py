"""The README's Python runs as it stands, and its commands are those that CI runs."""

import json
import re
import time
from collections.abc import Callable, Iterator
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


def _flask_client(app: Any) -> Any:
    return app.test_client()


def _fastapi_client(app: Any) -> Any:
    from fastapi.testclient import TestClient

    return TestClient(app)


@pytest.mark.parametrize(("framework", "client_of"), [("flask", _flask_client), ("fastapi", _fastapi_client)])
def test_the_webhook_examples_take_signed_deliveries_only(framework: str, client_of: Callable[[Any], Any]) -> None:
    block = next(block for block in BLOCKS if f"from {framework} import" in block)
    client = client_of(_run(block)["app"])
    event = {
        "id": "1",
        "type": "workflow.execution.completed",
        "timestamp": 1,
        "data": {"executionId": "e", "status": "success"},
    }
    body = json.dumps(event)
    signature = webhooks.sign(body, "webhook-secret", int(time.time() * 1000))
    headers = {"sim-signature": signature, "sim-delivery-id": "d"}
    good = client.post("/sim", **_content(framework, body), headers=headers)
    assert good.status_code == 200
    bad = client.post("/sim", **_content(framework, body + " "), headers=headers)
    assert bad.status_code == 401
    assert "mismatch" in bad.text


def _content(framework: str, body: str) -> dict[str, str]:
    return {"data": body} if framework == "flask" else {"content": body}


def test_ci_runs_the_test_command_of_the_readme() -> None:
    ci = (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m1 -E '(.*?)' README.md", ci)
    assert pattern is not None
    commands = re.findall(pattern.group(1), README, re.MULTILINE)
    assert len(commands) == 1
