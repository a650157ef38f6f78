"""Runs in the background: queued, followed to their end, and read alike whatever the server."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import PATIENCE, Ending, Exchange, ScriptedServer, json_answer
from contract_tests.sdk.conftest import KEY
from sim_conformance.mock import Failing, MockSim
from sim_sdk import (
    AsyncExecutionResult,
    AuthenticationError,
    InvalidResponseError,
    NotFoundError,
    RequestTimeoutError,
    ServerError,
    SimStudioClient,
    WorkflowExecutionResult,
)

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

QUEUED = {
    "success": True,
    "taskId": "task-1",
    "status": "queued",
    "createdAt": "2026-01-01T00:00:00Z",
    "links": {"status": "/api/jobs/task-1"},
}
QUEUED_LATER = {
    "success": True,
    "async": True,
    "jobId": "workflow-execution:1b4e28ba",
    "executionId": "exec-1",
    "message": "Workflow execution queued",
    "statusUrl": "http://sim.example/api/jobs/workflow-execution%3A1b4e28ba",
}


def state(status: str, **fields: Any) -> Exchange:
    return [json_answer(200, {"success": True, "taskId": "task-1", "status": status, **fields})]


# Queued


def test_a_queued_run_is_told_as_documented(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(202, QUEUED)])
    queued = connect(server).execute_workflow("wf", {"a": 1}, async_execution=True)
    assert queued == AsyncExecutionResult(
        True, "task-1", "queued", "2026-01-01T00:00:00Z", {"status": "/api/jobs/task-1"}
    )
    (request,) = server.requests
    assert request.headers["x-execution-mode"] == "async"
    assert request.json() == {"a": 1}


def test_a_later_servers_answer_fills_the_documented_fields(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(202, QUEUED_LATER, {"X-Request-Id": "r-1"})])
    assert connect(server).execute_workflow("wf", async_execution=True) == AsyncExecutionResult(
        success=True,
        task_id="workflow-execution:1b4e28ba",
        status="queued",
        created_at="",
        links={"status": "/api/jobs/workflow-execution%3A1b4e28ba"},
        execution_id="exec-1",
        request_id="r-1",
    )


@pytest.mark.parametrize(
    ("body", "task_id"),
    [
        ({"success": True, "links": {"status": "/api/jobs/a%3Ab/"}}, "a:b"),
        ({"success": True, "statusUrl": "https://x/api/jobs/a%3Ab?x=1"}, "a:b"),
        ({"success": True, "taskId": "", "jobId": "j", "status": "pending"}, "j"),
        ({"taskId": "t", "links": {"status": 5, "other": "/x"}}, "t"),
    ],
)
def test_the_id_is_found_wherever_it_is(serve: Serve, connect: Connect, body: Any, task_id: str) -> None:
    queued = connect(serve([json_answer(202, body)])).execute_workflow("wf", async_execution=True)
    assert (queued.task_id, queued.status, queued.success) == (task_id, "queued", True)


@pytest.mark.parametrize("body", [{"success": True, "message": "queued"}, [1], "queued", None])
def test_an_answer_without_an_id_is_an_error_that_warns(serve: Serve, connect: Connect, body: Any) -> None:
    with pytest.raises(InvalidResponseError, match="may have been queued") as caught:
        connect(serve([json_answer(202, body)])).execute_workflow("wf", async_execution=True)
    assert caught.value.request_sent is True


def test_a_server_that_answers_at_once_gives_the_result(serve: Serve, connect: Connect) -> None:
    done = {"success": True, "output": {"a": 1}, "metadata": {"duration": 1}}
    result: object = connect(serve([json_answer(200, done)])).execute_workflow("wf", async_execution=True)
    assert isinstance(result, WorkflowExecutionResult)
    assert result.output == {"a": 1}


def test_a_run_queued_unasked_is_an_error_that_names_its_job(serve: Serve, connect: Connect) -> None:
    with pytest.raises(InvalidResponseError, match="task-1") as caught:
        connect(serve([json_answer(202, QUEUED)])).execute_workflow("wf")
    assert caught.value.task_id == "task-1"


def test_async_wins_over_stream(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(202, QUEUED)])
    assert connect(server).execute_workflow("wf", stream=True, async_execution=True).task_id == "task-1"
    assert server.requests[0].body == b"{}"


def test_selected_outputs_are_no_reason_to_refuse_a_run_in_the_background(
    sim: MockSim, client: SimStudioClient
) -> None:
    # They say what to stream. Servers of 2026 refuse them here, those of 2025 hand them to the workflow.
    result = client.execute_workflow("echo", {"a": 1}, selected_outputs=["echo.result"], async_execution=True)
    assert isinstance(result, AsyncExecutionResult)
    assert json.loads(sim.journal[-1].body) == {"a": 1}


# Status


def test_what_the_server_leaves_out_is_there_as_none(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(200, {"status": "pending"})])
    assert connect(server).get_job_status("task-1") == {
        "success": True,
        "taskId": "task-1",
        "status": "queued",
        "output": None,
        "error": None,
        "metadata": {"startedAt": None, "completedAt": None, "duration": None},
    }


def test_what_the_server_says_is_kept(serve: Serve, connect: Connect) -> None:
    told = {
        "success": True,
        "taskId": "other",
        "status": "completed",
        "output": {"success": True, "output": {"a": 1}},
        "error": None,
        "metadata": {"startedAt": "x", "completedAt": "y", "duration": 7, "extra": 1},
        "estimatedDuration": 180000,
        "novelty": [1],
    }
    assert connect(serve([json_answer(200, told)])).get_job_status("task-1") == told


def test_an_id_is_one_segment_of_the_path(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(200, {"status": "completed"})])
    connect(server).get_job_status("workflow-execution:1/../?x=#é")
    assert server.requests[0].target == "/api/jobs/workflow-execution%3A1%2F..%2F%3Fx%3D%23%C3%A9"


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": 3}, [], "completed", None])
def test_an_answer_without_a_state_is_an_error(serve: Serve, connect: Connect, body: Any) -> None:
    with pytest.raises(InvalidResponseError) as caught:
        connect(serve([json_answer(200, body)])).get_job_status("task-1")
    assert (caught.value.code, caught.value.status) == ("STATUS_ERROR", 200)


# wait_for_job


def test_a_job_is_polled_to_its_end_more_and_more_rarely(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    states = ["pending", *["processing"] * 9, "unknown", "completed"]
    server = serve(*map(state, states))
    seen: list[str] = []
    job = connect(server).wait_for_job("task-1", on_status=lambda job: seen.append(job["status"]))
    assert job["status"] == "completed"
    assert seen == ["queued", *["processing"] * 9, "unknown", "completed"]
    assert clock.slept[:4] == [2.0, 3.0, 4.5, 6.75]
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 30.0


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled"])
def test_every_end_is_an_end(serve: Serve, connect: Connect, clock: FakeClock, end: str) -> None:
    assert connect(serve(state(end))).wait_for_job("task-1")["status"] == end
    assert clock.slept == []


@pytest.mark.parametrize(("interval", "waits"), [(0, [0.0, 0.0]), (0.5, [0.5, 0.75]), (100, [100.0, 100.0])])
def test_the_first_interval_is_the_callers(
    serve: Serve, connect: Connect, clock: FakeClock, interval: float, waits: list[float]
) -> None:
    server = serve(state("queued"), state("queued"), state("completed"))
    connect(server).wait_for_job("task-1", poll_interval=interval)
    assert clock.slept == waits


def test_what_ends_is_not_waited_for_beyond_the_timeout(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(*[state("processing")] * 10)
    with pytest.raises(RequestTimeoutError, match=r"task-1.*processing.*may still be running") as caught:
        connect(server).wait_for_job("task-1", timeout=10)
    assert (caught.value.code, caught.value.task_id) == ("TIMEOUT", "task-1")
    assert sum(clock.slept) == 10.0


def test_a_server_that_never_answers_is_not_waited_for_beyond_the_timeout(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve([Ending.STALL])
    with pytest.raises(RequestTimeoutError) as caught:
        connect(server).wait_for_job("task-1", timeout=0.05)
    assert caught.value.task_id == "task-1"
    assert server.left.wait(PATIENCE)


def test_a_rate_limit_delays_the_next_look_and_is_no_error(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    limited = [json_answer(429, {"error": "x"}, {"Retry-After": "40"})]
    server = serve(state("processing"), limited, state("completed"))
    client = connect(server, max_retries=0)
    assert client.wait_for_job("task-1")["status"] == "completed"
    assert clock.slept == [2.0, 40.0]


def test_a_rate_limit_without_a_hint_costs_one_interval(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    limited = [json_answer(429, {"error": "x"})]
    server = serve(limited, limited, state("completed"))
    connect(server, max_retries=0).wait_for_job("task-1", poll_interval=4)
    assert clock.slept == [4.0, 4.0]


def test_passing_trouble_is_lived_through(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(state("processing"), [json_answer(503, {"error": "x"})], [Ending.CLOSE], state("completed"))
    assert connect(server).wait_for_job("task-1")["status"] == "completed"


@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationError), (404, NotFoundError), (500, ServerError)])
def test_an_error_names_the_job_that_goes_on(
    serve: Serve, connect: Connect, status: int, kind: type[Exception]
) -> None:
    server = serve(state("processing"), [json_answer(status, {"error": "No"})])
    with pytest.raises(kind, match="No") as caught:
        connect(server).wait_for_job("task-1")
    assert getattr(caught.value, "task_id", None) == "task-1"


def test_an_exception_of_the_callback_ends_the_wait(serve: Serve, connect: Connect) -> None:
    def explode(job: object) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        connect(serve(state("processing"))).wait_for_job("task-1", on_status=explode)


# execute_and_wait


@pytest.mark.parametrize(
    ("end", "success", "output", "error"),
    [
        ({"status": "completed", "output": {"a": 1}}, True, {"a": 1}, None),
        (
            {"status": "completed", "output": {"success": True, "output": {"a": 1}, "executionId": "e"}},
            True,
            {"a": 1},
            None,
        ),
        (
            {"status": "completed", "output": {"success": False, "output": {}, "error": "boom"}},
            False,
            {},
            "boom",
        ),
        (
            {"status": "completed", "output": {"success": False, "output": {}}},
            False,
            {},
            "the workflow failed; its server does not say why",
        ),
        (
            {
                "status": "completed",
                "output": {"success": False, "workflowId": "w", "executionId": "e", "error": "boom"},
            },
            False,
            None,
            "boom",
        ),
        ({"status": "completed", "output": {"success": True}}, True, {"success": True}, None),
        ({"status": "completed", "output": None}, True, None, None),
        ({"status": "failed", "error": "boom"}, False, None, "boom"),
        ({"status": "failed", "error": {"message": "boom", "name": "Error"}}, False, None, "boom"),
        ({"status": "failed", "error": {"name": "Error"}}, False, None, "{'name': 'Error'}"),
        ({"status": "failed"}, False, None, "the job is failed"),
        ({"status": "cancelled"}, False, None, "the job is cancelled"),
    ],
)
def test_the_end_of_a_job_is_read_into_a_result(
    serve: Serve, connect: Connect, end: dict[str, Any], success: bool, output: Any, error: str | None
) -> None:
    server = serve([json_answer(202, QUEUED)], [json_answer(200, end)])
    result = connect(server).execute_and_wait("wf", {"a": 1})
    assert (result.success, result.output, result.error) == (success, output, error)


def test_a_key_that_the_failure_of_a_run_echoes_is_not_in_its_error(serve: Serve, connect: Connect) -> None:
    output = {"success": False, "output": {}, "error": f"refused {KEY}"}
    server = serve([json_answer(202, QUEUED)], state("completed", output=output))
    assert connect(server).execute_and_wait("wf").error == "refused [redacted]"


def test_the_ids_of_the_run_are_kept(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(202, QUEUED_LATER, {"X-Request-Id": "r-1"})], state("completed", output={}))
    result = connect(server).execute_and_wait("wf")
    assert (result.execution_id, result.request_id) == ("exec-1", "r-1")
    assert server.requests[1].target == "/api/jobs/workflow-execution%3A1b4e28ba"


def test_a_server_that_does_not_queue_gives_its_result(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(200, {"success": True, "output": {"a": 1}})])
    assert connect(server).execute_and_wait("wf").output == {"a": 1}


def test_a_run_that_outlasts_the_wait_can_still_be_followed(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(202, QUEUED)], *[state("processing")] * 9, state("completed", output={"a": 1}))
    client = connect(server)
    with pytest.raises(RequestTimeoutError) as caught:
        client.execute_and_wait("wf", timeout=60)
    assert caught.value.task_id is not None
    assert client.wait_for_job(caught.value.task_id)["output"] == {"a": 1}


# The mock, in every dialect


def test_a_run_in_the_background_gives_the_output_of_one_in_the_foreground(
    sim: MockSim, client: SimStudioClient
) -> None:
    seen: list[str] = []
    result = client.execute_and_wait(
        "echo", {"message": "hi"}, poll_interval=0.1, on_status=lambda job: seen.append(job["status"])
    )
    assert result.success
    assert result.output == client.execute_workflow("echo", {"message": "hi"}).output
    assert seen[0] == "queued"
    assert seen[-1] == "completed"


def test_a_workflow_that_fails_in_the_background_is_a_result(sim: MockSim, client: SimStudioClient) -> None:
    sim.add_workflow("breaks", Failing())
    foreground = client.execute_workflow("breaks")
    background = client.execute_and_wait("breaks")
    assert background.success is False
    # The server of 2025 tells a job's failure, but not its reason.
    untold = "the workflow failed; its server does not say why"
    assert background.error == (untold if sim.dialect == "2025-10" else foreground.error)


def test_a_cancelled_job_ends_the_wait(sim: MockSim, client: SimStudioClient) -> None:
    sim.hold_jobs("processing")
    queued = client.execute_workflow("echo", async_execution=True)
    jobs: list[dict[str, Any]] = []

    def cancel(job: dict[str, Any]) -> None:
        jobs.append(job)
        if len(jobs) == 2:
            sim.cancel_job(queued.task_id)

    assert client.wait_for_job(queued.task_id, on_status=cancel)["status"] == "cancelled"


def test_an_unknown_state_is_not_an_end(sim: MockSim, client: SimStudioClient) -> None:
    sim.script_jobs(["queued", "unknown", "processing", "completed"])
    seen: list[str] = []
    client.execute_and_wait("echo", on_status=lambda job: seen.append(job["status"]))
    assert seen[-1] == "completed"
    assert {"unknown", "processing"} & set(seen)


def test_an_unknown_job_is_an_error(client: SimStudioClient) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.get_job_status("never-queued")
    assert caught.value.status == 404
