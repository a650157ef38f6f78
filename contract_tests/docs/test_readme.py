"""The Python of both READMEs runs as it stands, each block by itself, and the commands are those that CI runs."""

import inspect
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.docs._blocks import ROOT, Block, blocks, closing_clients
from sim_conformance.mock import MockSim
from sim_sdk import webhooks

README = ROOT / "README.md"
CHINESE = ROOT / "README.zh.md"
BLOCKS = blocks(README)


def _name(block: Block) -> str:
    return f"{block.page.name}:{block.heading}"


@pytest.mark.parametrize("block", BLOCKS + blocks(CHINESE), ids=_name)
def test_each_example_runs(
    block: Block, sim: MockSim, instead: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    namespace: dict[str, Any] = {"__name__": "readme"}
    with closing_clients(namespace):
        assert not inspect.iscoroutine(block.run(namespace, instead))
    assert not sim.violations
    result = namespace.get("result")
    assert result is None or result.success, result
    assert sim.api_key not in capsys.readouterr().out


def test_the_examples_are_found() -> None:
    assert len(BLOCKS) >= 10


def test_each_readme_leads_to_the_other() -> None:
    assert f"]({CHINESE.name})" in README.read_text(encoding="utf-8")
    assert f"]({README.name})" in CHINESE.read_text(encoding="utf-8")


def test_both_readmes_tell_the_same() -> None:
    # The outcome of the benchmarks stands in one place, so that it is written in one.
    english = re.sub("<!-- benchmarks -->.*<!-- end of benchmarks -->", "", README.read_text("utf-8"), flags=re.DOTALL)
    chinese = CHINESE.read_text("utf-8")

    def shape(text: str) -> list[str]:
        """Headings by their level, blocks by their language, tables by their rows."""
        return re.findall(r"^(?:##+(?= )|```\w+|\|(?= ))", text, re.MULTILINE)

    assert shape(chinese) == shape(english)
    assert re.findall(r"^\| `(.*?)[`、]", chinese, re.MULTILINE) == re.findall(r"^\| `(.*?)[`,]", english, re.MULTILINE)


def _flask_client(app: Any) -> Any:
    return app.test_client()


def _fastapi_client(app: Any) -> Any:
    from fastapi.testclient import TestClient

    return TestClient(app)


@pytest.mark.parametrize(("framework", "client_of"), [("flask", _flask_client), ("fastapi", _fastapi_client)])
def test_the_webhook_examples_take_signed_deliveries_only(framework: str, client_of: Callable[[Any], Any]) -> None:
    namespace: dict[str, Any] = {"__name__": "readme"}
    next(block for block in BLOCKS if f"from {framework} import" in block.code).run(namespace, {})
    client = client_of(namespace["app"])
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


@pytest.mark.skipif((ROOT / "PKG-INFO").exists(), reason="a source distribution is without CI")
def test_ci_runs_the_test_command_of_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m1 -E '(.*?)' README.md", ci)
    assert pattern is not None
    commands = re.findall(pattern.group(1), README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 1
