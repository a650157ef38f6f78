"""Each recorded answer of a real server, served on a socket to the method that asks for it, is read as it should be."""

import datetime
import re
from collections.abc import Callable, Iterable
from typing import Any

import attrs
import pytest

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import ScriptedServer
from contract_tests.sdk.conftest import KEY
from contract_tests.sdk.recordings.reading import (
    epoch,
    expected_error,
    expected_job,
    expected_rate_limit,
    expected_retry_after,
    expected_stream,
    is_2xx,
    is_envelope,
    is_event_stream,
    is_failed_run,
    with_limit,
)
from contract_tests.sdk.recordings.recording import Recording, chunked, recordings
from sim_sdk import (
    AsyncExecutionResult,
    BlockChunk,
    SimStudioClient,
    SimStudioError,
    UsageLimits,
    WorkflowExecutionResult,
    WorkflowStatus,
)
from sim_sdk.errors import DOCUMENTED_CODES

ALL = list(recordings())

METHOD_CODES = {"/status": "STATUS_ERROR", "/jobs/": "STATUS_ERROR", "/usage-limits": "USAGE_ERROR"}

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]


def such(*, route: str, when: Callable[[Recording], bool] = lambda recording: True) -> pytest.MarkDecorator:
    """The recordings of one route as the cases of a test."""
    cases = [each for each in ALL if re.fullmatch(route, each.path) and when(each)]
    return pytest.mark.parametrize("recording", cases, ids=[each.name for each in cases])


def asks_async(recording: Recording) -> bool:
    return recording.asked_headers.get("x-execution-mode", "").lower() == "async"


def asks_stream(recording: Recording) -> bool:
    body = recording.asked if isinstance(recording.asked, dict) else {}
    return not asks_async(recording) and (body.get("stream") is True or "x-stream-response" in recording.asked_headers)


EXECUTE = "/api/workflows/[^/]+/execute/?"


class Replay:
    """A client of a server that gives one recorded answer, and whose clock shows the day of the recordings."""

    def __init__(self, serve: Serve, connect: Connect, recording: Recording, times: int = 1) -> None:
        self.clock = FakeClock(epoch("2026-11-22T17:00:00Z"))
        self.recording = recording
        self.server = serve(*[[recording.wire]] * times)
        self.client = connect(self.server, max_retries=0, clock=self.clock)

    def outcome(self, call: Callable[[], Any]) -> Any:
        """What the call returns, or the error that it raises, once that is as it should be."""
        recording = self.recording
        try:
            result = call()
        except SimStudioError as error:
            check_error(error, recording, self.clock.time())
            result = error
        info = self.client.get_rate_limit_info()
        told = expected_rate_limit(recording, self.clock.time())
        assert (None if info is None else (info.limit, info.remaining, info.reset)) == told
        return result


def check_error(error: SimStudioError, recording: Recording, now: float) -> None:
    expected = expected_error(recording)
    assert type(error) is expected.kind
    methods_code = next((code for part, code in METHOD_CODES.items() if part in recording.path), "EXECUTION_ERROR")
    assert error.code == (expected.code or methods_code)
    assert error.code in DOCUMENTED_CODES
    assert error.status == recording.status
    assert error.server_code == expected.server_code
    assert error.request_id == recording.headers.get("x-request-id")
    assert error.response_body == recording.body.decode()[:8192]
    assert error.request_sent is True
    wait = expected_retry_after(recording, now)
    assert error.retry_after == (wait if wait is None else pytest.approx(max(wait, 0.0)))
    assert str(error).strip()
    assert "<" not in str(error)
    assert all(sentence in str(error) for sentence in expected.sentences)


@pytest.fixture
def replay(serve: Serve, connect: Connect) -> Callable[..., Replay]:
    return lambda recording, **options: Replay(serve, connect, recording, **options)


def test_no_recording_is_left_out() -> None:
    routes = (EXECUTE, "/api/workflows/[^/]+/status", "/api/jobs/.+", "/api/users/me/usage-limits", "/api/v1/logs.*")
    left = [each.name for each in ALL if not any(re.fullmatch(route, each.path) for route in routes)]
    assert left == ["2026-08/unknown_api_route"]
    assert len(ALL) >= 369


@such(route=EXECUTE, when=lambda recording: not asks_async(recording) and not asks_stream(recording))
def test_execute(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    input_data = recording.asked if isinstance(recording.asked, dict) else None
    result = run.outcome(lambda: run.client.execute_workflow(recording.workflow_id, input_data))
    check_result(result, recording)
    sent = run.server.requests[0]
    assert (sent.method, sent.target) == ("POST", f"/api/workflows/{recording.workflow_id}/execute")


def check_result(result: Any, recording: Recording) -> None:
    if not is_2xx(recording) and not is_failed_run(recording):
        assert isinstance(result, SimStudioError)
        return
    assert isinstance(result, WorkflowExecutionResult)
    assert result.request_id == recording.headers.get("x-request-id")
    assert result.status_code == recording.status
    if not is_envelope(recording):
        assert (result.success, result.output) == (True, recording.value)
        return
    body = recording.value
    assert result.success is body["success"]
    assert result.output == body["output"]
    assert result.error == body.get("error")
    assert result.metadata == body.get("metadata")
    assert result.execution_id == body.get("executionId")


@such(route=EXECUTE, when=asks_async)
def test_execute_async(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    result = run.outcome(lambda: run.client.execute_workflow(recording.workflow_id, async_execution=True))
    if recording.status != 202:
        check_result(result, recording)
        return
    body = recording.value
    assert isinstance(result, AsyncExecutionResult)
    assert result.success is True
    assert result.task_id == body.get("taskId", body.get("jobId"))
    assert result.status == "queued"
    assert result.created_at == body.get("createdAt", "")
    assert result.links["status"] == f"/api/jobs/{result.task_id}"
    assert result.execution_id == body.get("executionId")
    assert result.request_id == recording.headers.get("x-request-id")
    assert run.server.requests[0].headers["x-execution-mode"] == "async"


@such(route=EXECUTE, when=asks_stream)
def test_execute_as_a_stream(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    result = run.outcome(lambda: run.client.execute_workflow(recording.workflow_id, {"message": "hello"}, stream=True))
    if not is_event_stream(recording):
        check_result(result, recording)
        return
    expected = expected_stream(recording)
    assert isinstance(result, WorkflowExecutionResult)
    assert (result.success, result.output, result.error) == (expected.success, expected.output, expected.error)
    assert result.request_id == recording.headers.get("x-request-id")


@such(route=EXECUTE, when=lambda recording: asks_stream(recording) and is_event_stream(recording))
def test_stream(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording, times=2)
    expected = expected_stream(recording)
    with run.client.stream_workflow(recording.workflow_id, {"message": "hello"}) as stream:
        chunks = [event.chunk for event in stream if isinstance(event, BlockChunk)]
        result = stream.result
    assert chunks == expected.chunks
    assert (result.success, result.output, result.error) == (expected.success, expected.output, expected.error)
    with run.client.stream_workflow(recording.workflow_id, {"message": "hello"}) as stream:
        assert "".join(stream.text) == "".join(expected.chunks)
        assert stream.result == result
    assert run.server.connections == 1


@such(route=EXECUTE, when=lambda recording: asks_stream(recording) and is_event_stream(recording))
def test_a_stream_byte_by_byte(serve: Serve, connect: Connect, recording: Recording) -> None:
    client = connect(serve([recording.wire], [recording.head + chunked(recording.body, 1)]))
    whole, bytewise = (client.execute_workflow(recording.workflow_id, stream=True) for _ in range(2))
    assert bytewise == whole


OWN_CONTROLS = {"stream", "selectedOutputs"}
FOREIGN_CONTROLS = {"executionId", "includeThinking", "isSecureMode", "triggerType", "workflowTriggerType"}


def is_one_of_ours(recording: Recording) -> bool:
    """Whether the recorded request is one that the SDK would make; many probe what servers do with others."""
    body = recording.asked
    if recording.method != "POST" or recording.path.endswith("/") or not isinstance(body, dict):
        return False
    if "x-stream-response" in recording.asked_headers:
        return False
    if FOREIGN_CONTROLS & body.keys() or ("input" in body and body.keys() - OWN_CONTROLS - {"input"}):
        return False
    if asks_async(recording) or body.get("stream") is not True:
        return not OWN_CONTROLS & body.keys()
    return isinstance(body.get("selectedOutputs", ["one"]), list) and body.get("selectedOutputs") != []


@such(route=EXECUTE, when=is_one_of_ours)
def test_the_recorded_request_is_made(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    run.outcome(
        lambda: run.client.execute_workflow(
            recording.workflow_id,
            {key: value for key, value in recording.asked.items() if key not in OWN_CONTROLS},
            stream=recording.asked.get("stream"),
            selected_outputs=recording.asked.get("selectedOutputs"),
            async_execution=asks_async(recording),
        )
    )
    (sent,) = run.server.requests
    assert (sent.method, sent.target, sent.json()) == (recording.method, recording.path, recording.asked)
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["x-api-key"] == KEY
    assert sent.headers.get("x-execution-mode") == ("async" if asks_async(recording) else None)
    assert sent.headers["user-agent"].startswith("sim-sdk/")


@such(route="/api/workflows/[^/]+/status")
def test_workflow_status(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    result = run.outcome(lambda: run.client.get_workflow_status(recording.workflow_id))
    assert isinstance(result, WorkflowStatus) == is_2xx(recording)
    if isinstance(result, WorkflowStatus):
        body = recording.value
        assert result == WorkflowStatus(body["isDeployed"], body["deployedAt"], body["needsRedeployment"])


@such(route="/api/workflows/[^/]+/status")
def test_validate_workflow(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    is_valid = run.client.validate_workflow(recording.workflow_id)
    assert is_valid is (is_2xx(recording) and recording.value["isDeployed"])


@such(route="/api/jobs/.+")
def test_job_status(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    result = run.outcome(lambda: run.client.get_job_status(recording.last_segment))
    assert isinstance(result, dict) == is_2xx(recording)
    if isinstance(result, dict):
        assert result == expected_job(recording)
        assert {"success", "taskId", "status", "metadata", "output", "error"} <= result.keys()


@such(route="/api/users/me/usage-limits")
def test_usage_limits(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    result = run.outcome(run.client.get_usage_limits)
    assert isinstance(result, UsageLimits) == is_2xx(recording)
    if isinstance(result, UsageLimits):
        body = recording.value
        assert result.success is True
        assert result.rate_limit == with_limit(body["rateLimit"])
        assert (result.usage, result.storage) == (body["usage"], body["storage"])


@such(route="/api/nope")
def test_a_page_for_people(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    error = run.outcome(lambda: run.client.execute_workflow("nope"))
    assert "HTML" in str(error)


@such(route="/api/v1/logs")
def test_a_page_of_logs(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    check_model(run.outcome(lambda: run.client.logs.list(workspace_id="workspace")), recording)


@such(route="/api/v1/logs/[^/]+")
def test_a_log(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    check_model(run.outcome(lambda: run.client.logs.get(recording.last_segment)), recording)
    assert run.server.requests[0].target == recording.path


@such(route="/api/v1/logs/executions/[^/]+")
def test_an_execution(replay: Callable[..., Replay], recording: Recording) -> None:
    run = replay(recording)
    check_model(run.outcome(lambda: run.client.logs.get_execution(recording.last_segment)), recording)
    assert run.server.requests[0].target == recording.path


def check_model(result: Any, recording: Recording) -> None:
    if not is_2xx(recording):
        assert isinstance(result, SimStudioError)
        return
    body = recording.value
    if "limits" in body:
        limits = body["limits"]
        body["limits"] = {**limits, "workflowExecutionRateLimit": with_limit(limits["workflowExecutionRateLimit"])}
    assert list(differences(result, body)) == []


def differences(read: Any, sent: Any, place: str = "$") -> Iterable[str]:
    """Where a model and the JSON that it was read from say different things."""
    if isinstance(sent, dict):
        for key, item in sent.items():
            yield from differences(attribute(read, key), item, f"{place}.{key}")
    elif isinstance(sent, list):
        if len(read) != len(sent):
            yield place
        for index, (one, item) in enumerate(zip(read, sent)):
            yield from differences(one, item, f"{place}[{index}]")
    elif (read.timestamp() != epoch(sent)) if isinstance(read, datetime.datetime) else (read != sent):
        yield place


def attribute(model: Any, key: str) -> Any:
    """What a model, or a dictionary where nothing is typed, holds for a key of the API."""
    if isinstance(model, dict):
        return model[key]
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
    fields = {field.name.rstrip("_"): field.name for field in attrs.fields(type(model))}
    return getattr(model, fields[name]) if name in fields else model.additional_properties[key]
