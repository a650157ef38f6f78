"""The API document holds together, and real servers' recorded answers match it."""

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import pytest

from tools.lint_spec import example_findings, examples, load_document, objects, schema_validator, validity_findings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = load_document(ROOT / "spec" / "v1" / "openapi.yaml")
SCHEMAS: Dict[str, Any] = DOCUMENT["components"]["schemas"]
METHODS = ("get", "put", "post", "delete", "patch")

# Recorded answers that the document does not describe: operation (method and path where there is none), status and
# media type.
UNDESCRIBED = {
    ("executeWorkflow", 201, "application/json"): "a Response block chooses its own status",
    ("executeWorkflow", 200, "text/plain"): "a Response block chooses its own media type",
    ("executeWorkflow", 308, ""): "a trailing slash is redirected before the API sees the request",
    ("executeWorkflow", 403, "text/plain"): "without a User-Agent the body is empty",
    ("GET /api/workflows/{id}/execute", 200, "application/json"): "servers of October 2025 run a workflow on GET too",
    ("GET /api/workflows/{id}/execute", 405, ""): "a method that the document does not have",
    ("PUT /api/workflows/{id}/execute", 405, ""): "a method that the document does not have",
    ("POST /api/workflows/{id}/status", 405, ""): "a method that the document does not have",
    ("POST /api/v1/logs", 405, ""): "a method that the document does not have",
    ("GET /api/nope", 404, "text/html"): "a route that does not exist is answered with a page for people",
}


# Method, path and operation object by operation id.
OPERATIONS: Dict[str, Tuple[str, str, Dict[str, Any]]] = {
    item[method]["operationId"]: (method.upper(), path, item[method])
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}


class Recording(NamedTuple):
    """One recorded exchange: which operation it belongs to, if any, and what the server answered."""

    name: str
    operation: str
    status: int
    media_type: str
    body: str

    @property
    def answer(self) -> Tuple[str, int, str]:
        return self.operation, self.status, self.media_type


def read_recording(file: Path) -> Recording:
    exchange = json.loads(file.read_text(encoding="utf-8"))
    request, response = exchange["request"], exchange["response"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return Recording(
        name=f"{file.parent.name}/{file.stem}",
        operation=operation_of(request["method"], request["path"].partition("?")[0]),
        status=response["status"],
        media_type=headers.get("content-type", "").partition(";")[0],
        body=response["body"] if "body" in response else unchunked(response["transfer_encoded_body"]),
    )


def operation_of(method: str, path: str) -> str:
    """Return the operation id of a request, or its method and path if it has none; a trailing slash does not matter."""
    for template, item in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template) + "/?", path):
            return item[method.lower()]["operationId"] if method.lower() in item else f"{method} {template}"
    return f"{method} {path}"


def unchunked(body: str) -> str:
    """Undo the chunked transfer coding that some recordings keep."""
    content, rest = b"", body.encode()
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        content += rest[: int(size, 16)]
        rest = rest[int(size, 16) + len(b"\r\n") :]
    return content.decode()


def described_content(recording: Recording) -> Optional[Dict[str, Any]]:
    """Return the media type object that describes a recorded answer, if there is one."""
    if recording.operation not in OPERATIONS:
        return None
    response = OPERATIONS[recording.operation][2]["responses"].get(str(recording.status), {})
    content: Optional[Dict[str, Any]] = resolved(response).get("content", {}).get(recording.media_type)
    return content


def resolved(response: Dict[str, Any]) -> Dict[str, Any]:
    shared: Dict[str, Any] = DOCUMENT["components"]["responses"]
    return shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response


def answer_schema(recording: Recording, answer: Any) -> Dict[str, Any]:
    """Return the schema of a recorded JSON answer.

    The document has to admit any JSON value where a Response block may answer; an answer with a success key is held to
    the schema of results.
    """
    if recording.answer[:2] == ("executeWorkflow", 200) and isinstance(answer, dict) and "success" in answer:
        return {"$ref": "#/components/schemas/ExecutionResult"}
    content = described_content(recording)
    assert content is not None
    return dict(content["schema"])


def frames(stream: str) -> List[Any]:
    """Return the frames of a recorded stream, without its terminator."""
    data = [json.loads(line.removeprefix("data: ")) for line in stream.split("\n") if line]
    return [frame for frame in data if frame != "[DONE]"]


def findings(schema: Dict[str, Any], value: Any) -> List[str]:
    return [error.message for error in schema_validator(DOCUMENT, schema).iter_errors(value)]


RECORDINGS = [read_recording(file) for file in sorted((ROOT / "contract_tests" / "recordings").glob("20*/*.json"))]
DESCRIBED = [recording for recording in RECORDINGS if described_content(recording)]
JSON_ANSWERS = [recording for recording in DESCRIBED if recording.media_type == "application/json"]
STREAMS = [recording for recording in DESCRIBED if recording.media_type == "text/event-stream"]


def test_the_document_is_valid_openapi() -> None:
    assert validity_findings(DOCUMENT) == []


def test_every_example_matches_its_schema() -> None:
    assert example_findings(DOCUMENT) == []


def test_every_schema_parameter_and_media_type_has_an_example() -> None:
    with_example = {place for place, _, _ in examples(DOCUMENT)}
    to_have = {f"#/components/schemas/{name}" for name in SCHEMAS}
    to_have |= {place for place, thing in objects(DOCUMENT) if "schema" in thing}
    assert to_have - with_example == set()


def test_every_schema_and_property_is_described() -> None:
    assert [place for place, schema in named_schemas() if not schema.get("description")] == []


def named_schemas() -> Iterator[Tuple[str, Dict[str, Any]]]:
    for name, schema in SCHEMAS.items():
        yield name, schema
        for key, value in schema.get("properties", {}).items():
            yield f"{name}.{key}", value


def test_every_component_is_used() -> None:
    declared = {
        f"#/components/{kind}/{name}"
        for kind, components in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in components
    }
    used = {value for _, thing in objects(DOCUMENT) for value in thing.values() if isinstance(value, str)}
    assert declared - used == set()


def test_the_document_has_the_operations_and_the_webhook_of_the_api() -> None:
    assert {name: f"{method} {path}" for name, (method, path, _) in OPERATIONS.items()} == {
        "executeWorkflow": "POST /api/workflows/{id}/execute",
        "getWorkflowStatus": "GET /api/workflows/{id}/status",
        "getJob": "GET /api/jobs/{taskId}",
        "getUsageLimits": "GET /api/users/me/usage-limits",
        "listLogs": "GET /api/v1/logs",
        "getLog": "GET /api/v1/logs/{id}",
        "getExecution": "GET /api/v1/logs/executions/{executionId}",
    }
    assert list(DOCUMENT["webhooks"]) == ["workflowExecutionCompleted"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_names_its_documentation_and_what_servers_do_differently(name: str) -> None:
    operation = OPERATIONS[name][2]
    clauses, notes = operation["x-sim-documentation"], operation["x-sim-observed"]
    assert clauses
    assert all(clause["page"] and clause["clause"] for clause in clauses)
    assert all(note["version"] in ("2025-10", "2026-08") and note["difference"] for note in notes)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_needs_an_api_key(name: str) -> None:
    operation = OPERATIONS[name][2]
    requirements = operation["security"] if "security" in operation else DOCUMENT["security"]
    schemes = DOCUMENT["components"]["securitySchemes"]
    keys = [schemes[scheme] for requirement in requirements for scheme in requirement]
    assert [(key["type"], key["in"], key["name"]) for key in keys] == [("apiKey", "header", "X-API-Key")]


@pytest.mark.parametrize("version", ["2025-10", "2026-08"])
def test_each_version_has_recordings_of_every_operation(version: str) -> None:
    recorded = {recording.operation for recording in DESCRIBED if recording.name.startswith(version)}
    assert recorded == set(OPERATIONS)


def test_only_known_answers_are_not_described() -> None:
    assert {recording.answer for recording in RECORDINGS if recording not in DESCRIBED} <= set(UNDESCRIBED)


@pytest.mark.parametrize("recording", JSON_ANSWERS, ids=lambda recording: recording.name)
def test_a_recorded_json_answer_matches_its_schema(recording: Recording) -> None:
    answer = json.loads(recording.body)
    assert findings(answer_schema(recording, answer), answer) == []


@pytest.mark.parametrize("recording", STREAMS, ids=lambda recording: recording.name)
def test_a_recorded_stream_is_made_of_known_frames(recording: Recording) -> None:
    stream = frames(recording.body)
    assert stream
    assert [finding for frame in stream for finding in findings(SCHEMAS["StreamFrame"], frame)] == []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("ExecutionResult", {"success": "yes"}),
        ("ExecutionResult", {"output": {}}),
        ("WorkflowStatus", {"isDeployed": True, "deployedAt": "yesterday"}),
        ("JobStatus", {"success": True, "taskId": "run_1", "status": "failed", "error": 5}),
        ("RateLimitBuckets", {"sync": {"remaining": 1, "resetAt": "2025-10-30T17:37:22.954Z"}}),
        ("LogPage", {"data": [{"id": "1"}]}),
        ("ErrorBody", {"message": "no error key"}),
        ("StreamFrame", {"event": "final"}),
        ("StreamFrame", {"event": "unheard-of", "blockId": "1"}),
        ("StreamFrame", {"blockId": "1", "chunk": 5}),
    ],
)
def test_a_schema_refuses_what_breaks_it(schema: str, value: Any) -> None:
    assert findings(SCHEMAS[schema], value)


def test_an_example_that_breaks_its_schema_is_found() -> None:
    schema = {"type": "string", "format": "date-time", "examples": ["2025-10-30T17:37:22.954Z", "yesterday"]}
    (finding,) = example_findings({"components": {"schemas": {"Time": schema}}})
    assert "#/components/schemas/Time" in finding
    assert "yesterday" in finding
