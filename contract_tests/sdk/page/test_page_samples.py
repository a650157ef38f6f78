"""Each code sample of the documentation page runs verbatim, against every server generation, in success and failure."""

import ast
import datetime
import gc
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.sdk.page.conftest import SAMPLES, Page
from sim_conformance.mock import Failing
from sim_conformance.mock.behaviours import PAGE_BLOCK_ID
from simstudio import AsyncExecutionResult, SimStudioClient, SimStudioError, UsageLimits, WorkflowExecutionResult

Connect = Callable[..., SimStudioClient]

WORKFLOWS = ("workflow-id", "my-workflow-id", "workflow-1", "workflow-2")
TEXT = "One, two, three, four, five"

UNKNOWN = (('"workflow-id"', '"no-such-workflow"'),)
MY_UNKNOWN = (('"my-workflow-id"', '"no-such-workflow"'),)
FIRST_UNKNOWN = (('"workflow-1"', '"no-such-workflow"'),)

NOT_DEPLOYED = ["Error: Workflow is not deployed or ready"]


def fail_all_workflows(page: Page) -> None:
    for workflow_id in WORKFLOWS:
        page.sim.add_workflow(workflow_id, Failing("boom"))


@pytest.fixture
def client(page: Page, connect: Connect) -> SimStudioClient:
    """The client that the page's fragments go on with."""
    return connect(page.sim.base_url).with_options(api_key=page.sim.api_key)


@pytest.fixture
def wrong_key(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", "sk-sim-wrong-key")


@pytest.fixture
def limited(page: Page) -> None:
    page.sim.exhaust_rate_limit("sync")
    page.sim.exhaust_rate_limit("async")


@pytest.fixture
def spent(page: Page) -> None:
    page.sim.set_usage(cost=9.5, limit=9.0)


class TestQuickStart:
    def edits(self, page: Page) -> tuple[tuple[str, str], ...]:
        return (("https://sim.ai", page.sim.base_url),)

    def test_success(self, page: Page) -> None:
        page.sim.add_key("your-api-key-here")
        ran = page.run("quick_start", edits=self.edits(page))
        assert ran.lines[0].startswith("Workflow executed successfully: WorkflowExecutionResult(success=True, output={")

    def test_the_key_is_no_real_one(self, page: Page) -> None:
        ran = page.run("quick_start", edits=self.edits(page))
        assert ran.lines[0].startswith("Workflow execution failed: ")
        assert ran.lines[0].endswith("Invalid API key")


class TestFragments:
    """The short samples below the methods' names, which go on with `client`."""

    def test_execute_workflow(self, page: Page, client: SimStudioClient) -> None:
        result = page.run("execute_workflow", client=client).names["result"]
        assert isinstance(result, WorkflowExecutionResult)
        assert result.success
        assert result.output is not None
        assert result.output["result"] == {"echo": {"message": "Hello, world!"}}

    def test_get_workflow_status(self, page: Page, client: SimStudioClient) -> None:
        assert page.run("get_workflow_status", client=client).lines == ["Is deployed: True"]

    def test_validate_workflow(self, page: Page, client: SimStudioClient) -> None:
        assert page.run("validate_workflow", client=client).names["is_ready"] is True

    def test_get_job_status(self, page: Page, client: SimStudioClient) -> None:
        page.sim.script_jobs(["completed"])
        job = client.execute_workflow("echo", {"a": 1}, async_execution=True)
        ran = page.run("get_job_status", edits=(("task-id-from-async-execution", job.task_id),), client=client)
        assert ran.lines[0] == "Status: completed"
        assert ran.lines[1].startswith("Output: {")
        assert "'echo': {'a': 1}" in ran.lines[1]

    def test_get_job_status_of_no_job(self, page: Page, client: SimStudioClient) -> None:
        with pytest.raises(SimStudioError) as caught:
            page.run("get_job_status", client=client)
        assert (caught.value.code, caught.value.status) == ("STATUS_ERROR", 404)

    def test_execute_with_retry(self, page: Page, client: SimStudioClient) -> None:
        assert page.run("execute_with_retry", client=client).names["result"].success

    def test_get_rate_limit_info_before_any_is_known(self, page: Page, client: SimStudioClient) -> None:
        assert page.run("get_rate_limit_info", client=client, datetime=datetime.datetime).lines == []

    def test_get_rate_limit_info(self, page: Page, client: SimStudioClient) -> None:
        page.sim.set_rate_limit(7, mode="api")
        client.logs.list(workspace_id=page.sim.workspace_id)
        ran = page.run("get_rate_limit_info", client=client, datetime=datetime.datetime)
        reset = datetime.datetime.fromtimestamp(1_767_225_600 + 60)
        assert ran.lines == ["Limit: 7", "Remaining: 6", f"Reset: {reset}"]

    def test_get_usage_limits(self, page: Page, client: SimStudioClient) -> None:
        ran = page.run("get_usage_limits", client=client)
        assert ran.lines[0].removeprefix("Sync requests remaining: ").isdigit()
        assert ran.lines[1].removeprefix("Async requests remaining: ").isdigit()
        assert ran.lines[2:] == ["Current period cost: 0.0", "Plan: free"]

    def test_the_structure_of_usage_limits(self, page: Page, client: SimStudioClient) -> None:
        source = (SAMPLES / "usage_limits_structure.py").read_text(encoding="utf-8")
        limits = client.get_usage_limits()
        check_structure(
            {"success": limits.success, "rateLimit": limits.rate_limit, "usage": limits.usage},
            eval(compile(source, "usage_limits_structure", "eval")),
        )

    def test_set_api_key(self, page: Page, client: SimStudioClient) -> None:
        page.run("set_api_key", client=client)
        with pytest.raises(SimStudioError) as caught:
            client.execute_workflow("workflow-id")
        assert caught.value.code == "UNAUTHORIZED"
        assert page.sim.journal[-1].headers["x-api-key"] == "new-api-key"
        page.sim.add_key("new-api-key")
        assert client.execute_workflow("workflow-id").success

    def test_set_base_url(self, page: Page, client: SimStudioClient) -> None:
        page.run("set_base_url", client=client)
        assert client.base_url == "https://my-custom-domain.com"
        page.run("set_base_url", edits=(("https://my-custom-domain.com", page.sim.base_url + "/"),), client=client)
        assert client.get_workflow_status("workflow-id").is_deployed

    def test_close(self, page: Page, client: SimStudioClient) -> None:
        page.run("execute_workflow", client=client)
        page.run("close", client=client)
        assert page.run("execute_workflow", client=client).names["result"].success


def check_structure(value: Any, structure: Any) -> None:
    if isinstance(structure, dict):
        for key, inner in structure.items():
            check_structure(value[key], inner)
    else:
        assert isinstance(value, (int, float) if structure is float else structure)


class TestBasicExecution:
    def test_success(self, page: Page) -> None:
        output, duration = page.run("basic_execution").lines
        assert output.startswith("Output: {")
        assert "'echo': {'message': 'Process this data', 'user_id': '12345'}" in output
        assert float(duration.removeprefix("Duration: ")) > 0

    def test_failed_workflow(self, page: Page) -> None:
        fail_all_workflows(page)
        (line,) = page.run("basic_execution").lines
        assert line.startswith("Workflow failed: ")
        assert line.endswith("boom")

    def test_unknown_workflow(self, page: Page) -> None:
        assert page.run("basic_execution", edits=MY_UNKNOWN).lines == NOT_DEPLOYED

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page, dialect: str) -> None:
        # Servers of October 2025 tell a workflow's status to anybody, so there only the execution fails.
        october = ["Error: Unauthorized: Invalid API key"]
        assert page.run("basic_execution").lines == (october if dialect == "2025-10" else NOT_DEPLOYED)

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page) -> None:
        (line,) = page.run("basic_execution").lines
        assert line.startswith("Error: Rate limit exceeded")

    @pytest.mark.usefixtures("spent")
    def test_usage_limit(self, page: Page) -> None:
        (line,) = page.run("basic_execution").lines
        assert line.startswith("Error: Usage limit exceeded")


class TestErrorHandling:
    def call(self, page: Page, **options: Any) -> Any:
        return page.run("error_handling", **options).names["execute_with_error_handling"]()

    def raised(self, page: Page, **options: Any) -> tuple["str | None", list[str]]:
        with pytest.raises(SimStudioError) as caught:
            self.call(page, **options)
        return caught.value.code, page.printed()

    def test_success(self, page: Page) -> None:
        assert self.call(page).success
        assert page.printed() == []

    def test_failed_workflow(self, page: Page) -> None:
        fail_all_workflows(page)
        assert not self.call(page).success

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page) -> None:
        assert self.raised(page) == ("UNAUTHORIZED", ["Invalid API key"])

    def test_timeout(self, page: Page) -> None:
        page.sim.fail_next(status=408, body={"error": "The run took too long"})
        assert self.raised(page) == ("TIMEOUT", ["Workflow execution timed out"])

    @pytest.mark.usefixtures("spent")
    def test_usage_limit(self, page: Page) -> None:
        assert self.raised(page) == ("USAGE_LIMIT_EXCEEDED", ["Usage limit exceeded"])

    def test_invalid_json(self, page: Page) -> None:
        page.sim.fail_next(status=400, body={"error": "Invalid JSON in request body"})
        assert self.raised(page) == ("INVALID_JSON", ["Invalid JSON in request body"])

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page) -> None:
        code, (line,) = self.raised(page)
        assert code == "RATE_LIMIT_EXCEEDED"
        assert line.startswith("Workflow error: Rate limit exceeded")

    def test_unknown_workflow(self, page: Page) -> None:
        expected = ("EXECUTION_ERROR", ["Workflow error: Workflow not found"])
        assert self.raised(page, edits=UNKNOWN) == expected


class TestContextManager:
    def test_success(self, page: Page) -> None:
        (line,) = page.run("context_manager").lines
        assert line.startswith("Result: WorkflowExecutionResult(success=True")

    def test_failed_workflow(self, page: Page) -> None:
        fail_all_workflows(page)
        (line,) = page.run("context_manager").lines
        assert line.startswith("Result: WorkflowExecutionResult(success=False")

    @pytest.mark.parametrize(
        ("state", "code"),
        [("wrong_key", "UNAUTHORIZED"), ("limited", "RATE_LIMIT_EXCEEDED"), ("spent", "USAGE_LIMIT_EXCEEDED")],
    )
    def test_error(self, page: Page, request: pytest.FixtureRequest, state: str, code: str) -> None:
        request.getfixturevalue(state)
        with pytest.raises(SimStudioError) as caught:
            page.run("context_manager")
        assert caught.value.code == code


class TestBatchExecution:
    def test_success(self, page: Page) -> None:
        ran = page.run("batch_execution")
        assert ran.lines == ["Workflow workflow-1: Success", "Workflow workflow-2: Success"]
        inputs = [result["output"]["result"]["echo"] for result in ran.names["results"]]
        assert inputs == [{"type": "analysis", "data": "sample1"}, {"type": "processing", "data": "sample2"}]

    def test_failed_workflows(self, page: Page) -> None:
        fail_all_workflows(page)
        ran = page.run("batch_execution")
        assert ran.lines == ["Workflow workflow-1: Failed", "Workflow workflow-2: Failed"]
        assert all("boom" in result["error"] for result in ran.names["results"])

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page) -> None:
        ran = page.run("batch_execution")
        assert ran.lines == ["Workflow workflow-1: Failed", "Workflow workflow-2: Failed"]
        assert all(result["error"].startswith("Rate limit exceeded") for result in ran.names["results"])

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page, dialect: str) -> None:
        october = ["Workflow workflow-1: Failed", "Workflow workflow-2: Failed"]
        others = ["Skipping workflow-1: not deployed", "Skipping workflow-2: not deployed"]
        assert page.run("batch_execution").lines == (october if dialect == "2025-10" else others)

    def test_unknown_workflow(self, page: Page) -> None:
        lines = page.run("batch_execution", edits=FIRST_UNKNOWN).lines
        assert lines == ["Skipping no-such-workflow: not deployed", "Workflow workflow-2: Success"]


class TestAsyncExecution:
    def test_success(self, page: Page, dialect: str) -> None:
        page.sim.script_jobs(["queued", "processing", "completed"])
        lines = page.run("async_execution").lines
        task_id = lines[0].removeprefix("Task ID: ")
        assert task_id
        assert lines[1:5] == [
            f"Status endpoint: /api/jobs/{task_id}",
            "Current status: queued",
            "Current status: processing",
            "Workflow completed!",
        ]
        assert "'echo': {'data': 'large dataset'}" in lines[5]
        assert lines[6] == ("Duration: None" if dialect == "2026-08" else "Duration: 500")
        assert page.slept == [2, 2]

    def test_failed_workflow(self, page: Page, dialect: str) -> None:
        fail_all_workflows(page)
        page.sim.script_jobs(["queued", "completed"])
        lines = page.run("async_execution").lines
        if dialect == "2025-10":  # there a workflow that fails is a completed job, whose output says so
            assert lines[3] == "Workflow completed!"
            assert "'success': False" in lines[4]
        else:
            assert lines[3].startswith("Workflow failed: ")
            assert lines[3].endswith("boom")

    def test_cancelled_job(self, page: Page) -> None:
        page.sim.script_jobs(["processing", "cancelled"])
        lines = page.run("async_execution").lines
        assert lines[2:] == ["Current status: processing", "Workflow failed: None"]

    def test_failed_job(self, page: Page) -> None:
        page.sim.script_jobs(["processing", "failed"])
        lines = page.run("async_execution").lines
        assert lines[2] == "Current status: processing"
        assert lines[3].startswith("Workflow failed: ")

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page) -> None:
        (line,) = page.run("async_execution").lines
        assert line.startswith("Error: ")
        assert line.endswith("Invalid API key")

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page) -> None:
        (line,) = page.run("async_execution").lines
        assert line.startswith("Error: Rate limit exceeded")

    def test_unknown_workflow(self, page: Page) -> None:
        assert page.run("async_execution", edits=UNKNOWN).lines == ["Error: Workflow not found"]


class TestRateLimitsAndRetry:
    def test_success(self, page: Page) -> None:
        (line,) = page.run("rate_limits_and_retry").lines
        assert line.startswith("Success: WorkflowExecutionResult(success=True")
        assert page.slept == []

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page, dialect: str) -> None:
        lines = page.run("rate_limits_and_retry").lines
        if dialect == "2026-08":  # says nothing of when; 1 → 2 → 4 → 8 → 16 s are over before the window is
            assert lines == ["Rate limit exceeded after all retries"]
            assert all(0.75 * wait <= slept <= 1.25 * wait for slept, wait in zip(page.slept, [1, 2, 4, 8, 16]))
            assert len(page.slept) == 5
        else:  # says when: one wait, to the end of the window
            assert lines[0].startswith("Success: WorkflowExecutionResult(success=True")
            (slept,) = page.slept
            assert 60 <= slept <= 62

    def test_a_window_that_is_too_long(self, page: Page, dialect: str) -> None:
        page.sim.set_rate_limit(1, window=3600.0)
        page.sim.exhaust_rate_limit("sync")
        lines = page.run("rate_limits_and_retry").lines
        reset = datetime.datetime.fromtimestamp(1_767_225_600 + 3600)
        told = [] if dialect == "2026-08" else [f"Rate limit resets at: {reset}"]
        assert lines == ["Rate limit exceeded after all retries", *told]
        assert bool(page.slept) == (dialect == "2026-08")

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page) -> None:
        assert page.run("rate_limits_and_retry").lines == []
        assert len(page.sim.journal) == 1


class TestUsageMonitoring:
    def test_success(self, page: Page, dialect: str) -> None:
        page.sim.set_usage(cost=1.5, limit=10.0)
        lines = page.run("usage_monitoring").lines
        august = dialect == "2026-08"
        assert lines[:6] == [
            "=== Rate Limits ===",
            "Sync requests:",
            f" Limit: {50 if august else 10}",
            f" Remaining: {100 if august else 10}",
            " Resets at: 2026-01-01T00:01:00.000Z",
            " Is limited: False",
        ]
        assert lines[7:9] == ["Async requests:", f" Limit: {200 if august else 50}"]
        assert lines[-4:] == ["Current period cost: $1.50", "Limit: $10.00", "Plan: free", "Usage: 15.0%"]

    def test_a_warning(self, page: Page) -> None:
        page.sim.set_usage(cost=9.0, limit=10.0)
        lines = page.run("usage_monitoring").lines
        assert lines[-1].endswith("Warning: You are approaching your usage limit!")

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page) -> None:
        lines = page.run("usage_monitoring").lines
        assert lines[3] == " Remaining: 0"
        assert lines[5] == " Is limited: True"

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page) -> None:
        (line,) = page.run("usage_monitoring").lines
        assert line.startswith("Error checking usage: ")


class TestStreaming:
    def test_success(self, page: Page) -> None:
        (line,) = page.run("streaming").lines
        output = {PAGE_BLOCK_ID: {"content": TEXT}}
        assert line.startswith(f"Workflow result: WorkflowExecutionResult(success=True, output={output!r}, error=None")

    def test_failed_workflow(self, page: Page) -> None:
        fail_all_workflows(page)
        (line,) = page.run("streaming").lines
        assert line.startswith("Workflow result: WorkflowExecutionResult(success=False")
        assert "boom" in line

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page) -> None:
        (line,) = page.run("streaming").lines
        assert line.startswith("Error: ")
        assert line.endswith("Invalid API key")

    @pytest.mark.usefixtures("limited")
    def test_rate_limited(self, page: Page) -> None:
        (line,) = page.run("streaming").lines
        assert line.startswith("Error: Rate limit exceeded")

    def test_unknown_workflow(self, page: Page) -> None:
        assert page.run("streaming", edits=UNKNOWN).lines == ["Error: Workflow not found"]


class TestFlaskStreaming:
    def frames(self, page: Page) -> Iterator[str]:
        """What the sample's own application passes on; it talks to Sim without the SDK."""
        app = page.run("flask_streaming", edits=(("https://sim.ai", page.sim.base_url),)).names["app"]
        with app.test_client() as browser, browser.get("/stream-workflow", buffered=False) as response:
            assert response.mimetype == "text/event-stream"
            for piece in response.iter_encoded():
                yield piece.decode()

    def test_success(self, page: Page, dialect: str) -> None:
        frames = self.frames(page)
        chunks = [json.loads(frame.removeprefix("data: "))["chunk"] for frame in itertools.islice(frames, 5)]
        assert "".join(chunks) == TEXT
        if dialect == "documented":
            (done,) = frames
            assert json.loads(done.removeprefix("data: "))["event"] == "done"
            assert page.printed()[-1].startswith("Execution complete: {'duration': ")
        else:
            # A mistake of the page's: real servers end with a JSON string, of which it asks `.get`.
            with pytest.raises(AttributeError, match="'str' object"):
                next(frames)

    @pytest.mark.usefixtures("wrong_key")
    def test_wrong_key(self, page: Page) -> None:
        assert list(self.frames(page)) == []


class TestEnvironment:
    def test_the_development_sample_lacks_a_comma(self, page: Page) -> None:
        with pytest.raises(SyntaxError):
            page.run("environment_development")

    def test_development_with_its_comma(self, page: Page) -> None:
        comma = (('os.getenv("SIM_API_KEY")', 'os.getenv("SIM_API_KEY"),'),)
        client = page.run("environment_development", edits=comma).names["client"]
        assert client.execute_workflow("workflow-id").success

    def test_production(self, page: Page) -> None:
        client = page.run("environment_production").names["client"]
        assert client.execute_workflow("workflow-id").success

    def test_production_without_a_key(self, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SIM_API_KEY")
        with pytest.raises(ValueError, match="SIM_API_KEY environment variable is required"):
            page.run("environment_production")

    def test_without_a_base_url(self, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SIM_BASE_URL")
        assert page.run("environment_production").names["client"].base_url == "https://sim.ai"


def test_clients_that_samples_do_not_close_leave_no_warning(page: Page) -> None:
    page.run("basic_execution")
    gc.collect()  # an open socket would be a ResourceWarning, which is an error here


def test_results_are_the_documented_classes(page: Page, client: SimStudioClient) -> None:
    assert type(client.execute_workflow("workflow-id")) is WorkflowExecutionResult
    assert type(client.execute_workflow("workflow-id", async_execution=True)) is AsyncExecutionResult
    assert type(client.get_usage_limits()) is UsageLimits


def test_all_samples_are_here_and_all_but_one_are_python() -> None:
    broken = {"environment_development", "constructor"}  # the second is a signature, not code
    names = {file.stem for file in SAMPLES.glob("*.py")}
    assert len(names) == 30
    for name in names - broken:
        ast.parse((SAMPLES / f"{name}.py").read_text(encoding="utf-8"))
