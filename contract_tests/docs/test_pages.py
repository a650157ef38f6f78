"""The Python of every page runs, in the order of the page, and prints what the page says that it prints."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import distributed
import pytest

from contract_tests.docs._blocks import ROOT, blocks, names_of
from sim_conformance.mock import Failing, MockSim
from sim_sdk import ServerError
from sim_sdk.sse import EventStreamDecoder
from tools.docs import error_codes

DOCS = ROOT / "docs"
RUN_BY_PYTEST = "guides/testing.md"
ON_A_CLUSTER = "recipes/dask.md"
NO_BROKER = {'broker="redis://localhost", backend="redis://localhost"': 'broker="memory://", backend="cache+memory://"'}

Printed = Callable[[], str]


def _pages() -> list[str]:
    names = [str(page.relative_to(DOCS)) for page in sorted(DOCS.rglob("*.md")) if blocks(page)]
    return [name for name in names if name not in (RUN_BY_PYTEST, ON_A_CLUSTER)]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    return lambda: capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the examples run in, with the file that they read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7 ...")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", _pages())
def test_each_page_runs(page: str, sim: MockSim, instead: dict[str, str], printed: Printed) -> None:
    with names_of(DOCS / page, instead | NO_BROKER, printed):
        pass
    assert not sim.violations


def test_the_tests_of_the_testing_guide_pass(tmp_path: Path) -> None:
    for number, block in enumerate(blocks(DOCS / RUN_BY_PYTEST)):
        (tmp_path / f"test_{number}.py").write_text(block.code, "utf-8")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the example needs none, and they load slowly
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout


@pytest.mark.filterwarnings("ignore")  # Dask warns of its own sockets, and of a slow disk while it starts
def test_the_dask_recipe_runs_on_a_cluster(sim: MockSim, printed: Printed, instead: dict[str, str]) -> None:
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None, protocol="tcp") as cluster:
        address = {"tcp://scheduler:8786": cluster.scheduler_address}
        with names_of(DOCS / ON_A_CLUSTER, instead | address, printed) as names:
            assert len(names["items"]) == len(sim.journal)


@pytest.mark.parametrize("page", ["recipes/flask.md", "recipes/fastapi.md"])
def test_the_streaming_proxies_pass_on_what_comes(
    page: str, sim: MockSim, printed: Printed, instead: dict[str, str]
) -> None:
    with names_of(DOCS / page, instead, printed) as names, _browser(names["app"]) as browser:
        assert _events(browser.post("/ask", json={"message": "Count"})) == [
            *(("text", text) for text in ("One", ", two", ", three", ", four", ", five")),
            ("end", {"success": True, "error": None}),
        ]
        sim.fail_next(status=500)
        assert _events(browser.post("/ask", json={})) == [("end", {"success": False, "error": "EXECUTION_ERROR"})]
        sim.add_workflow("workflow-id", Failing("boom"))
        assert _events(browser.post("/ask", json={})) == [("end", {"success": False, "error": "boom"})]


def _browser(app: Any) -> Any:
    if hasattr(app, "test_client"):
        return app.test_client()
    from fastapi.testclient import TestClient

    return TestClient(app)


def _events(answer: Any) -> list[tuple[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    text = answer.text
    frames = EventStreamDecoder().feed(text.encode())
    return [(frame.event, json.loads(frame.data)) for frame in frames]


def test_the_celery_recipe_retries_only_what_has_not_run(
    sim: MockSim, printed: Printed, instead: dict[str, str]
) -> None:
    with names_of(DOCS / "recipes" / "celery.md", instead | NO_BROKER, printed) as names:
        triage = names["triage"]
        sim.fail_next(status=429)
        assert triage.apply(["the ticket"]).get() is not None
        assert len(sim.journal) == 2
        sim.fail_next(status=500)
        assert isinstance(triage.apply(["the ticket"]).result, ServerError)
        assert len(sim.journal) == 3


def test_the_celery_recipe_follows_a_job(sim: MockSim, printed: Printed, instead: dict[str, str]) -> None:
    sim.script_jobs(["queued", "processing", "completed"])
    with names_of(DOCS / "recipes" / "celery.md", instead | NO_BROKER, printed) as names:
        assert "the document's text" in str(names["analyse"].apply().get())


def test_the_receiver_of_the_webhook_guide_refuses_what_is_not_signed(
    printed: Printed, instead: dict[str, str]
) -> None:
    with names_of(DOCS / "guides" / "webhooks.md", instead, printed) as names:
        assert names["app"].test_client().post("/sim", data=names["body"]).status_code == 401
        headers = {"sim-delivery-id": "d"}
        assert [names["first_time"](headers) for _ in range(2)] == [True, False]


def test_the_errors_page_is_the_table_of_the_code() -> None:
    assert error_codes.PAGE.read_text("utf-8") == error_codes.render(), "run python -m tools.docs"
