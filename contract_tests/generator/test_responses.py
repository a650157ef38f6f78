"""How answers are read: a model, an ApiError, or a DecodeError."""

import json
import pickle
from typing import Any, Dict

import pytest

from sim_api.request import ApiError, DecodeError
from sim_api.v1 import models, operations

HEADERS = {"content-type": "application/json"}


def parse(status: int, value: object) -> Any:
    return operations.execute_workflow.build("w").parse(status, HEADERS, json.dumps(value).encode())


def test_a_success_is_the_model_of_its_status() -> None:
    assert parse(200, {"success": True, "output": [1]}) == models.ExecutionResult(success=True, output=[1])
    assert parse(202, {"success": True, "jobId": "j"}) == models.AsyncExecution(success=True, job_id="j")


@pytest.mark.parametrize("value", [[1, 2], "text", None, {"other": 1}, 5])
def test_a_workflow_may_answer_any_json(value: object) -> None:
    assert parse(200, value) == value


def test_a_success_of_an_undeclared_status_is_read_as_the_declared_one() -> None:
    body = json.dumps({"isDeployed": True}).encode()
    assert operations.get_workflow_status.parse(203, HEADERS, body) == models.WorkflowStatus(is_deployed=True)


def test_an_error_carries_the_answer_and_its_model() -> None:
    with pytest.raises(ApiError) as failure:
        parse(404, {"error": "Workflow not found", "code": "WORKFLOW_NOT_FOUND"})
    error = failure.value
    assert (error.status, error.headers) == (404, HEADERS)
    assert json.loads(error.body)["error"] == "Workflow not found"
    assert error.parsed == models.ErrorBody(error="Workflow not found", code="WORKFLOW_NOT_FOUND")
    assert "404" in str(error)


def test_a_failed_run_is_an_execution_result() -> None:
    with pytest.raises(ApiError) as failure:
        parse(500, {"success": False, "output": {}, "error": "Function 1: boom", "metadata": {"duration": 1.5}})
    metadata = models.ExecutionMetadata(duration=1.5)
    expected = models.ExecutionResult(success=False, output={}, error="Function 1: boom", metadata=metadata)
    assert failure.value.parsed == expected


@pytest.mark.parametrize(
    ("status", "body", "parsed"),
    [
        (502, b"<html>bad gateway</html>", None),
        (403, b"", None),
        (308, b"", None),
        (418, b'{"any": 1}', {"any": 1}),
        (401, b'["not", "an object"]', ["not", "an object"]),
        (500, b"\xff\xfe", None),
    ],
)
def test_an_error_body_of_another_form_is_no_further_error(status: int, body: bytes, parsed: object) -> None:
    with pytest.raises(ApiError) as failure:
        operations.get_job.build("j").parse(status, {}, body)
    assert (failure.value.status, failure.value.body, failure.value.parsed) == (status, body, parsed)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Expecting value"),
        (b"<html>", "Expecting value"),
        (b"\xff\xfe\xfd", "codec"),
        (b"[]", "an object expected, not list"),
        (b'{"data": [{}]}', r"missing @ \$\.data\[0\]\.id"),
        (b'{"data": ' + b"[" * 100_000, "recursion"),
    ],
)
def test_a_success_of_another_form_is_a_decode_error(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason) as failure:
        operations.list_logs.parse(200, HEADERS, body)
    assert (failure.value.status, failure.value.headers, failure.value.body) == (200, HEADERS, body)


def test_bytes_text_and_nothing(shapes: Any) -> None:
    operations = shapes.shapes.operations
    assert operations.upload_file.parse(200, {}, b"\x00\xff") == b"\x00\xff"
    assert operations.get_token.parse(200, {}, "tökn".encode()) == "tökn"
    assert operations.put_node.parse(204, {}, b"") is None
    with pytest.raises(shapes.request.DecodeError):
        operations.get_token.parse(200, {}, b"\xff")


@pytest.mark.parametrize("status", [404, 500])
def test_a_class_of_statuses_and_the_default_are_found(shapes: Any, status: int) -> None:
    with pytest.raises(shapes.request.ApiError) as failure:
        shapes.shapes.operations.get_node.parse(status, {}, b'{"error": "e"}')
    assert type(failure.value.parsed).__name__ == "Problem"


@pytest.mark.parametrize("error", [ApiError(404, {"a": "b"}, b"x", {"k": 1}), DecodeError(200, {}, b"x", "why")])
def test_errors_survive_pickling(error: Any) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), str(error))


def test_every_operation_declares_its_answers() -> None:
    declared: Dict[str, Any] = {name: getattr(operations, name).responses() for name in operations.__all__}
    assert all(200 in answers and answers[401] is models.ErrorBody for answers in declared.values())
