"""What notebooks show of results, limits and logs: all that is told, as text, whatever a server puts into it."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

from contract_tests.sdk._server import ScriptedServer, json_answer
from contract_tests.sdk.conftest import KEY
from contract_tests.sdk.test_import import modules_after
from sim_conformance.mock import MockSim
from sim_conformance.mock.dialects import DIALECTS
from sim_sdk import AsyncExecutionResult, SimStudioClient, UsageLimits, WorkflowExecutionResult, WorkflowStatus

HOSTILE = """</pre></td><script>alert(1)</script><img src=x onerror="alert(1)">' onmouseover='alert(1)' $\\alpha$"""
TAGS = {"div", "strong", "table", "tr", "th", "td", "details", "summary", "pre"}
ATTRIBUTES = {"style", "class", "open"}


class Seen(HTMLParser):
    """What a browser makes of HTML: the texts, tags and attributes; every tag has to be closed in turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def shown(value: Any) -> tuple[str, str]:
    """A value as IPython shows it: as HTML and as plain text."""
    forms, _ = DisplayFormatter().format(value)
    return forms["text/html"], forms["text/plain"]


def page_of(value: Any) -> str:
    """A value as HTML."""
    page: str = value._repr_html_()
    return page


def everything(client: SimStudioClient, workspace: str) -> Iterator[Any]:
    """Each value that shows itself, fetched by a client."""
    yield client.execute_workflow("echo", {"text": HOSTILE})
    yield client.execute_workflow("failing")
    yield client.execute_workflow("echo", async_execution=True)
    yield client.get_workflow_status("echo")
    yield client.get_usage_limits()
    page = client.logs.list(workspace_id=workspace, details="full", include_final_output=True, include_trace_spans=True)
    detail = client.logs.get(page.data[0].id)
    yield from (page, page.data[0], detail, detail.data)
    yield client.logs.get_execution(page.data[0].execution_id)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_everything_shows_itself_and_never_the_key(dialect: str) -> None:
    with MockSim(dialect) as sim, SimStudioClient(sim.api_key, sim.base_url) as client:
        for value in everything(client, sim.workspace_id):
            html, plain = shown(value)
            seen = Seen(html)
            assert seen.tags <= TAGS
            assert seen.attributes <= ATTRIBUTES
            assert sim.api_key not in html + plain
            assert plain.startswith(type(value).__name__ + "(")
            json.dumps(html).encode()
        assert sim.violations == []


@pytest.fixture
def fetch(serve: Callable[..., ScriptedServer]) -> Callable[..., Any]:
    """Call a method of a client whose server answers with a body."""

    def call(body: Any, method: Callable[[SimStudioClient], Any]) -> Any:
        with SimStudioClient(KEY, serve([json_answer(200, body)]).url) as client:
            return method(client)

    return call


def poisoned(value: Any) -> Any:
    """The same with hostile texts, and hostile names where any are possible."""
    if isinstance(value, dict):
        return {HOSTILE: HOSTILE, **{name: poisoned(item) for name, item in value.items()}}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return HOSTILE if value == "…" else value


RUN = {"success": True, "output": {"a": ["…"]}, "error": "…", "logs": ["…"], "metadata": {"duration": 1}}
ENTRY = {
    "id": "…",
    "workflowId": "…",
    "executionId": "…",
    "level": "…",
    "trigger": "…",
    "startedAt": "2026-01-01T00:00:00.000Z",
    "workflow": {"id": "…", "name": "…"},
    "finalOutput": "…",
    "traceSpans": [{"name": "…"}],
    "files": [{"name": "…"}],
}
WHEN = {"trigger": "…", "startedAt": "2026-01-01T00:00:00.000Z", "endedAt": None, "totalDurationMs": 1}
HOSTILE_ANSWERS = [
    (RUN, lambda client: client.execute_workflow("w")),
    ({"success": True, "taskId": "t", "createdAt": "…", "links": {}}, lambda client: _queue(client)),
    ({"isDeployed": True, "deployedAt": "…"}, lambda client: client.get_workflow_status("w")),
    (
        {
            "rateLimit": {"sync": {"limit": "…", "remaining": "…"}},
            "usage": {"plan": "…"},
            "storage": {"usedBytes": "…"},
        },
        lambda client: client.get_usage_limits(),
    ),
    ({"data": [ENTRY], "nextCursor": "…"}, lambda client: client.logs.list(workspace_id="w")),
    ({"data": [ENTRY]}, lambda client: client.logs.list(workspace_id="w").data[0]),
    ({"data": ENTRY}, lambda client: client.logs.get("l")),
    (
        {"executionId": "…", "workflowState": {"blocks": {"b": "…"}}, "executionMetadata": WHEN},
        lambda client: client.logs.get_execution("e"),
    ),
]


def _queue(client: SimStudioClient) -> Any:
    return client.execute_workflow("w", async_execution=True)


@pytest.mark.parametrize(("body", "method"), HOSTILE_ANSWERS)
def test_what_a_server_sends_is_text(fetch: Callable[..., Any], body: Any, method: Callable[..., Any]) -> None:
    html, plain = shown(fetch(poisoned(body), method))
    seen = Seen(html)
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert "alert(1)" in seen.text
    assert 'class="tex2jax_ignore mathjax_ignore"' in html, "MathJax would read what stands between dollars"
    assert KEY not in html + plain


@pytest.mark.parametrize(
    ("level", "ended", "title"),
    [
        ("info", "2026-01-01T00:00:01.000Z", "Execution\n"),
        ("info", None, "Execution under way\n"),
        ("error", "2026-01-01T00:00:01.000Z", "Execution failed\n"),
        ("error", None, "Execution failed\n"),
    ],
)
def test_an_execution_says_how_far_it_is(fetch: Callable[..., Any], level: str, ended: Any, title: str) -> None:
    entry = {**ENTRY, "level": level, "endedAt": ended}
    for body, method in (
        ({"data": [entry]}, lambda client: client.logs.list(workspace_id="w").data[0]),
        ({"data": entry}, lambda client: client.logs.get("l")),
    ):
        assert Seen(page_of(fetch(body, method))).text.lstrip().startswith(title)


def test_colours_are_left_to_the_notebook() -> None:
    for value in (WorkflowExecutionResult(True), UsageLimits(True, {}, {}), WorkflowStatus(False)):
        html = page_of(value)
        styles = re.findall('style="(.*?)"', html)
        declared = dict(one.split(":") for style in styles for one in style.split(";"))
        assert declared.get("color", "inherit") == "inherit"
        assert not declared.keys() & {"background", "background-color"}


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (WorkflowExecutionResult(True, {"answer": 42}), ["Workflow succeeded", '"answer": 42']),
        (WorkflowExecutionResult(False, error="boom"), ["Workflow failed", "boom"]),
        (WorkflowExecutionResult(True, status="paused"), ["Workflow paused"]),
        (WorkflowExecutionResult(True, metadata={"duration": 12}), ["12 ms"]),
        (WorkflowExecutionResult(True, metadata={"duration": 1234.5}), ["1.23 s"]),
        (WorkflowExecutionResult(True, metadata={"duration": 10**400}), ["Workflow succeeded"]),
        (WorkflowExecutionResult(True, 10**5000), ["cannot be shown: ValueError"]),
        (WorkflowExecutionResult(True, "\ud800"), ["\\ud800"]),
        (WorkflowExecutionResult(True, "line 1\nline 2"), ["line 1\nline 2"]),
        (WorkflowExecutionResult(True, False), ["false"]),
        (WorkflowExecutionResult(True, {1, 2}), ["{1, 2}"]),
        (AsyncExecutionResult(True, "task-1", "queued", "", {"status": "/api/jobs/task-1"}), ["queued", "/api/jobs"]),
        (WorkflowStatus(True, "2026-01-01", True), ["Workflow deployed", "Changed since\nyes"]),
        (WorkflowStatus(False), ["Workflow not deployed"]),
        (
            UsageLimits(
                True,
                {"sync": {"limit": 10, "remaining": 7, "resetAt": "12:00", "isLimited": False}, "authType": "api"},
                {"currentPeriodCost": 1.5, "limit": 20, "plan": "free"},
                {"usedBytes": 5, "limitBytes": 50},
            ),
            ["$1.50 of $20.00", "free", "5 bytes of 50", "sync\n7\n10\n12:00"],
        ),
        (
            UsageLimits(True, {"sync": {"remaining": 99998}}, {}, {"usedBytes": 0, "limitBytes": 5368709120}),
            ["sync\n99,998", "0 bytes of 5,368,709,120"],
        ),
        (UsageLimits(True, {}, {"currentPeriodCost": None, "plan": []}), ["Usage limits"]),
    ],
)
def test_the_page_tells_what_there_is(result: Any, told: list[str]) -> None:
    html = page_of(result)
    text = Seen(html).text
    for part in told:
        assert part in text
    html.encode()


def test_the_plain_form_leaves_out_what_says_nothing() -> None:
    _, plain = shown(WorkflowExecutionResult(True, {"answer": 42}, execution_id="e"))
    assert plain == "WorkflowExecutionResult(success=True, output={'answer': 42}, execution_id='e')"
    assert eval(plain) == WorkflowExecutionResult(True, {"answer": 42}, execution_id="e")


def test_what_is_large_is_cut_and_not_even_written() -> None:
    html = page_of(WorkflowExecutionResult(True, {"rows": list(range(1_000_000)), "text": "x" * 10**6}))
    assert len(html) < 20_000
    assert "… (cut)" in html


def test_what_is_deep_is_cut() -> None:
    deep: list[Any] = []
    for _ in range(sys.getrecursionlimit()):
        deep = [deep]
    assert "… (cut)" in page_of(WorkflowExecutionResult(True, deep))


def test_what_holds_itself_can_be_shown() -> None:
    round_and_round: list[Any] = []
    round_and_round.append(round_and_round)
    html, plain = shown(WorkflowExecutionResult(True, round_and_round))
    assert "ValueError" in html
    assert "[[...]]" in plain


def test_nothing_of_it_is_loaded_before_a_notebook_asks() -> None:
    assert "sim_sdk._notebook" not in modules_after("from sim_sdk import WorkflowStatus; repr(WorkflowStatus(True))")
    assert "sim_sdk._notebook" in modules_after(
        "from sim_sdk import WorkflowStatus; WorkflowStatus(True)._repr_html_()"
    )
