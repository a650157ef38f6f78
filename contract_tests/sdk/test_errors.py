"""What an answer that is no result is raised as, and what the error tells."""

import json
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.sdk._server import ScriptedServer, answer, json_answer
from contract_tests.sdk.conftest import KEY
from sim_sdk import (
    AmbiguousStateError,
    AuthenticationError,
    InvalidRequestError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    RequestTimeoutError,
    ServerError,
    SimStudioClient,
    SimStudioError,
    UsageLimitError,
)
from sim_sdk.errors import DOCUMENTED_CODES

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]


def error_of(serve: Serve, connect: Connect, reply: bytes) -> SimStudioError:
    client = connect(serve([reply]))
    with pytest.raises(SimStudioError) as caught:
        client.execute_workflow("wf")
    return caught.value


# Which error it is


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "server_code"),
    [
        # As documented.
        (
            401,
            {"error": "Invalid API key", "code": "UNAUTHORIZED"},
            AuthenticationError,
            "UNAUTHORIZED",
            "UNAUTHORIZED",
        ),
        (400, {"error": "Bad", "code": "INVALID_JSON"}, InvalidRequestError, "INVALID_JSON", "INVALID_JSON"),
        (408, {"error": "Slow", "code": "TIMEOUT"}, RequestTimeoutError, "TIMEOUT", "TIMEOUT"),
        (500, {"error": "Boom", "code": "EXECUTION_ERROR"}, ServerError, "EXECUTION_ERROR", "EXECUTION_ERROR"),
        (500, {"error": "Boom", "code": "TIMEOUT"}, ServerError, "TIMEOUT", "TIMEOUT"),
        # October 2025: the code is made of the message.
        (
            401,
            {"error": "Unauthorized: Invalid API key", "code": "UNAUTHORIZED:_INVALID_API_KEY"},
            AuthenticationError,
            "UNAUTHORIZED",
            "UNAUTHORIZED:_INVALID_API_KEY",
        ),
        (
            400,
            {"error": "Invalid JSON in request body", "code": "INVALID_JSON_IN_REQUEST_BODY"},
            InvalidRequestError,
            "INVALID_JSON",
            "INVALID_JSON_IN_REQUEST_BODY",
        ),
        (
            403,
            {"error": "Workflow is not deployed", "code": "WORKFLOW_IS_NOT_DEPLOYED"},
            PermissionDeniedError,
            "EXECUTION_ERROR",
            "WORKFLOW_IS_NOT_DEPLOYED",
        ),
        (
            404,
            {"error": "Workflow not found", "code": "WORKFLOW_NOT_FOUND"},
            NotFoundError,
            "EXECUTION_ERROR",
            "WORKFLOW_NOT_FOUND",
        ),
        # August 2026: hardly a code.
        (401, {"error": "Unauthorized"}, AuthenticationError, "UNAUTHORIZED", None),
        (402, {"error": "Usage limit exceeded: $10"}, UsageLimitError, "USAGE_LIMIT_EXCEEDED", None),
        (403, {"error": "Access denied"}, PermissionDeniedError, "EXECUTION_ERROR", None),
        (404, {"error": "Workflow not found"}, NotFoundError, "EXECUTION_ERROR", None),
        (
            409,
            {"error": "Conflict", "code": "EXECUTION_ID_CONFLICT"},
            InvalidRequestError,
            "EXECUTION_ERROR",
            "EXECUTION_ID_CONFLICT",
        ),
        (413, {"error": "Request body too large"}, InvalidRequestError, "EXECUTION_ERROR", None),
        (429, {"error": "Rate limit exceeded"}, RateLimitError, "RATE_LIMIT_EXCEEDED", None),
        (
            503,
            {"error": "?", "code": "ASYNC_ENQUEUE_AMBIGUOUS"},
            AmbiguousStateError,
            "EXECUTION_ERROR",
            "ASYNC_ENQUEUE_AMBIGUOUS",
        ),
        # Newer routes.
        (404, {"error": {"code": "NOT_FOUND", "message": "No"}}, NotFoundError, "EXECUTION_ERROR", "NOT_FOUND"),
        (
            400,
            {"error": {"code": "INVALID_JSON", "message": "No"}},
            InvalidRequestError,
            "INVALID_JSON",
            "INVALID_JSON",
        ),
        # A limit is known by its code or its sentence too, whatever the status.
        (
            500,
            {"error": "x", "code": "RATE_LIMIT_EXCEEDED"},
            RateLimitError,
            "RATE_LIMIT_EXCEEDED",
            "RATE_LIMIT_EXCEEDED",
        ),
        (403, {"error": "API rate limit exceeded, sorry"}, RateLimitError, "RATE_LIMIT_EXCEEDED", None),
        (
            429,
            {"error": "x", "code": "USAGE_LIMIT_EXCEEDED"},
            UsageLimitError,
            "USAGE_LIMIT_EXCEEDED",
            "USAGE_LIMIT_EXCEEDED",
        ),
        (429, {"error": "Usage limit exceeded: $1 of $1"}, UsageLimitError, "USAGE_LIMIT_EXCEEDED", None),
        # Anything else by its class of status.
        (418, {}, InvalidRequestError, "EXECUTION_ERROR", None),
        (502, {}, ServerError, "EXECUTION_ERROR", None),
        (599, {}, ServerError, "EXECUTION_ERROR", None),
        pytest.param(
            *(304, {}, RedirectError, "EXECUTION_ERROR", None),
            marks=pytest.mark.synchronous("aiohttp takes the body, which a 304 must not have, for another answer"),
        ),
        (600, {}, ServerError, "EXECUTION_ERROR", None),
        (999, {}, ServerError, "EXECUTION_ERROR", None),
    ],
)
def test_answers_and_their_errors(
    serve: Serve,
    connect: Connect,
    status: int,
    body: Any,
    kind: type[SimStudioError],
    code: str,
    server_code: str | None,
) -> None:
    error = error_of(serve, connect, json_answer(status, body))
    assert type(error) is kind
    assert (error.code, error.status, error.server_code) == (code, status, server_code)
    assert error.request_sent is True


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda client: client.execute_workflow("wf"), "EXECUTION_ERROR"),
        (lambda client: client.stream_workflow("wf"), "EXECUTION_ERROR"),
        (lambda client: client.get_workflow_status("wf"), "STATUS_ERROR"),
        (lambda client: client.get_job_status("t"), "STATUS_ERROR"),
        (lambda client: client.get_usage_limits(), "USAGE_ERROR"),
        (lambda client: client.logs.get("l"), "EXECUTION_ERROR"),
    ],
)
def test_an_error_without_a_code_of_its_own_has_that_of_the_method(
    serve: Serve, connect: Connect, call: Callable[[SimStudioClient], object], code: str
) -> None:
    with pytest.raises(ServerError, match="Boom") as caught:
        call(connect(serve([json_answer(500, {"error": "Boom"})])))
    assert caught.value.code == code


def test_every_code_is_documented() -> None:
    page = {"UNAUTHORIZED", "TIMEOUT", "RATE_LIMIT_EXCEEDED", "USAGE_LIMIT_EXCEEDED", "EXECUTION_ERROR", "INVALID_JSON"}
    assert page | {"STATUS_ERROR", "USAGE_ERROR"} == DOCUMENTED_CODES


# What it says


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "Function 1: boom"}, "Function 1: boom"),
        ({"message": "Only a message"}, "Only a message"),
        ({"error": {"message": "Inside"}}, "Inside"),
        ({"error": {"code": "X"}, "message": "Outside"}, 'HTTP 500 Internal Server Error: {"error": {"code": "X"}'),
        ({"error": None, "message": "Beside"}, "Beside"),
        ({"error": ""}, 'HTTP 500 Internal Server Error: {"error": ""}'),
        ({"error": 7}, 'HTTP 500 Internal Server Error: {"error": 7}'),
        ({}, "HTTP 500 Internal Server Error"),
        ([], "HTTP 500 Internal Server Error: []"),
        ([{"error": "x"}], 'HTTP 500 Internal Server Error: [{"error": "x"}]'),
        (None, "HTTP 500 Internal Server Error: null"),
        (7, "HTTP 500 Internal Server Error: 7"),
        ("Just a sentence", "Just a sentence"),
        ("  ", 'HTTP 500 Internal Server Error: " "'),
        (
            {"error": "Invalid request body", "details": [{"path": ["a", 0], "message": "Required"}]},
            "Invalid request body: a.0: Required",
        ),
        (
            {"error": "Invalid", "details": [{"path": "b", "message": "x"}, {"message": "y"}, {"path": None}, "z"]},
            "Invalid: b: x; y",
        ),
        ({"error": {"message": "Invalid", "details": [{"message": "y"}]}}, "Invalid: y"),
        ({"error": "Invalid", "details": "not a list"}, "Invalid"),
        ({"error": "Invalid", "details": []}, "Invalid"),
    ],
)
def test_json_bodies_are_worded(serve: Serve, connect: Connect, body: Any, message: str) -> None:
    assert str(error_of(serve, connect, json_answer(500, body))).startswith(message)


HTML = b"<!DOCTYPE html><html><head><title>502 Bad &amp; sad\n gateway</title></head><body>...</body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"", "application/json", "HTTP 502 Bad Gateway (empty body)"),
        (b" \n", "text/plain", "HTTP 502 Bad Gateway (empty body)"),
        (HTML, "text/html", "HTTP 502 Bad Gateway: an HTML page (502 Bad & sad gateway), not an answer of the API"),
        (HTML, "application/json", "HTTP 502 Bad Gateway: an HTML page (502 Bad & sad gateway), not"),
        (b"<p>no title", "text/html", "HTTP 502 Bad Gateway: an HTML page, not an answer of the API"),
        (b"upstream\n  is down", "text/plain", "HTTP 502 Bad Gateway: upstream is down"),
        (b'{"error": "cut of', "application/json", 'HTTP 502 Bad Gateway: {"error": "cut of'),
        (b"\xbelu\xbb", "text/plain", "HTTP 502 Bad Gateway: \ufffdlu\ufffd"),
        (b"a\x00\x1b[31mb", "text/plain", "HTTP 502 Bad Gateway: a\ufffd\ufffd[31mb"),
        (b"[" * 100_000, "application/json", "HTTP 502 Bad Gateway: [[[["),
        (b'{"success":false,"output":' + b"[" * 100_000, "application/json", 'HTTP 502 Bad Gateway: {"success"'),
    ],
)
def test_other_bodies_are_worded(serve: Serve, connect: Connect, body: bytes, content_type: str, message: str) -> None:
    error = error_of(serve, connect, answer(502, body, {"Content-Type": content_type}))
    assert str(error).startswith(message)
    assert len(str(error)) < 600
    assert "\n" not in str(error)


def test_a_body_is_kept_up_to_a_limit(serve: Serve, connect: Connect) -> None:
    error = error_of(serve, connect, answer(500, b"x" * 100_000))
    assert error.response_body == "x" * 8192
    assert len(str(error)) < 600


def test_a_long_sentence_of_the_servers_does_not_fill_the_screen(serve: Serve, connect: Connect) -> None:
    error = error_of(serve, connect, json_answer(500, {"error": "Invalid", "details": [{"message": "y" * 5000}]}))
    assert str(error).endswith("…")
    assert len(str(error)) < 600


# Half of a character that two UTF-16 code units make: what JavaScript leaves of a text that it cuts there.
HALF = '"cut \\ud83d"'


def test_what_is_said_can_be_printed_although_the_server_cut_a_character(serve: Serve, connect: Connect) -> None:
    replies = [
        (500, f'{{"error": {HALF}, "code": {HALF}}}'),
        (500, f'{{"success": false, "output": {{}}, "error": {HALF}}}'),
        (200, f'{{"success": false, "output": {{}}, "error": {{"message": {HALF}}}}}'),
        (200, f'{{"status": "failed", "error": {HALF}}}'),
    ]
    client = connect(serve(*[[answer(status, body.encode())] for status, body in replies]))
    with pytest.raises(ServerError) as caught:
        client.execute_workflow("wf")
    assert (str(caught.value), caught.value.server_code) == ("cut \ufffd", "cut \ufffd")
    assert [client.execute_workflow("wf").error, client.execute_workflow("wf").error] == ["cut \ufffd"] * 2
    assert client.get_job_status("t")["error"] == "cut \ufffd"


def test_headers_and_request_id_are_told(serve: Serve, connect: Connect) -> None:
    headers = {"X-Request-Id": "r-1", "X-Twice": "a", "x-twice": "b"}
    lines = b"HTTP/1.1 500 x\r\nX-Request-Id: r-1\r\nX-Twice: a\r\nx-twice: b\r\nContent-Length: 0\r\n\r\n"
    error = error_of(serve, connect, lines)
    assert error.request_id == "r-1"
    assert error.headers["x-TWICE"] == "a, b"
    assert {name.lower() for name in error.headers} == {name.lower() for name in headers} | {"content-length"}
    assert len(error.headers) == 3
    assert "r-1" in repr(error.headers)


def test_the_repr_tells_class_message_code_and_status(serve: Serve, connect: Connect) -> None:
    error = error_of(serve, connect, json_answer(404, {"error": "No such thing"}))
    assert repr(error) == "NotFoundError('No such thing', code='EXECUTION_ERROR', status=404)"


def test_an_error_can_be_made_as_documented() -> None:
    error = SimStudioError("message", "CODE", 418)
    assert (str(error), error.code, error.status) == ("message", "CODE", 418)
    assert (SimStudioError("x").code, SimStudioError("x").status, SimStudioError("x").headers) == (None, None, {})
    assert SimStudioError("x").request_id is None


def test_an_error_survives_pickling(serve: Serve, connect: Connect) -> None:
    error = error_of(serve, connect, json_answer(429, {"error": "Slow down"}, {"Retry-After": "7"}))
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is RateLimitError
    assert {**vars(copy), "headers": dict(copy.headers)} == {**vars(error), "headers": dict(error.headers)}
    assert str(copy) == str(error)


# The key


def test_a_key_that_the_server_echoes_is_shown_nowhere(serve: Serve, connect: Connect) -> None:
    body = {"error": f"Bad key {KEY}", "code": f"NO_{KEY}", "got": KEY}
    error = error_of(serve, connect, json_answer(401, body, {"X-Echo": KEY}))
    shown = [str(error), repr(error), repr(vars(error)), repr(error.headers), str(pickle.dumps(error))]
    assert [text for text in shown if KEY in text] == []
    assert "[redacted]" in str(error)
    assert error.headers["x-echo"] == "[redacted]"


@pytest.mark.parametrize("reply", [json_answer(401, {"error": "x"}), b"not HTTP\r\n\r\n"])
def test_a_traceback_with_all_its_locals_does_not_show_the_key(serve: Serve, connect: Connect, reply: bytes) -> None:
    error = error_of(serve, connect, reply)
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "_headers" in text or "sim_sdk" in text
    assert KEY not in text


# Good answers that cannot be read


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"null", "application/json"),
        (b"[]", "application/json"),
        (b'"ok"', "application/json"),
        (b"{}", "application/json"),
        (b'{"isDeployed": "yes"}', "application/json"),
        (b'{"isDeployed": tr', "application/json"),
        (HTML, "text/html"),
        (b"\xff\xfe", "application/octet-stream"),
        (b"[" * 100_000, "application/json"),
    ],
)
def test_a_good_answer_that_is_none_is_an_error(serve: Serve, connect: Connect, body: bytes, content_type: str) -> None:
    client = connect(serve([answer(200, body, {"Content-Type": content_type, "X-Request-Id": "r-1"})]))
    with pytest.raises(InvalidResponseError, match="HTTP 200") as caught:
        client.get_workflow_status("wf")
    assert (caught.value.code, caught.value.status, caught.value.request_id) == ("STATUS_ERROR", 200, "r-1")
    assert caught.value.response_body == body[:8192].decode("utf-8", "replace")


def test_an_answer_without_a_content_type_says_so(serve: Serve, connect: Connect) -> None:
    with pytest.raises(InvalidResponseError, match="no content type"):
        connect(serve([answer(200, b"?")])).get_workflow_status("wf")


@pytest.mark.parametrize("body", [{}, {"rateLimit": {}}, {"usage": {}, "rateLimit": []}, []])
def test_usage_limits_without_their_parts_are_an_error(serve: Serve, connect: Connect, body: Any) -> None:
    with pytest.raises(InvalidResponseError) as caught:
        connect(serve([json_answer(200, body)])).get_usage_limits()
    assert caught.value.code == "USAGE_ERROR"


def test_an_output_nested_too_deeply_is_an_error_not_a_crash(serve: Serve, connect: Connect) -> None:
    with pytest.raises(InvalidResponseError, match="nested too deeply"):
        connect(serve([answer(200, b'{"success":true,"output":' + b"[" * 100_000)])).execute_workflow("wf")


# Results: whatever their status and form


@pytest.mark.parametrize("status", [200, 201, 400, 408, 500, 503])
def test_a_workflow_that_failed_is_a_result_whatever_its_status(serve: Serve, connect: Connect, status: int) -> None:
    body = {"success": False, "output": {"a": 1}, "error": "Function 1: boom", "metadata": {"duration": 1.5}}
    result = connect(serve([json_answer(status, body)])).execute_workflow("wf")
    assert (result.success, result.output, result.error) == (False, {"a": 1}, "Function 1: boom")
    assert (result.metadata, result.status_code) == ({"duration": 1.5}, status)


@pytest.mark.parametrize(
    ("error", "text"),
    [({"message": "boom", "name": "E"}, "boom"), ({"name": "E"}, "{'name': 'E'}"), (["x"], "['x']"), ("", None)],
)
def test_the_error_of_a_result_is_a_text(serve: Serve, connect: Connect, error: Any, text: str | None) -> None:
    body = {"success": False, "output": {}, "error": error}
    assert connect(serve([json_answer(200, body)])).execute_workflow("wf").error == text


def test_everything_that_a_result_tells_is_read(serve: Serve, connect: Connect) -> None:
    body = {
        "success": True,
        "output": {"content": "x"},
        "logs": [{"blockId": "b"}],
        "metadata": {"duration": 12.5, "startTime": "s", "endTime": "e"},
        "traceSpans": [{"id": "t"}],
        "totalDuration": 12,
        "executionId": "e-1",
    }
    result = connect(serve([json_answer(200, body, {"X-Request-Id": "r-1"})])).execute_workflow("wf")
    assert (result.logs, result.trace_spans, result.total_duration) == ([{"blockId": "b"}], [{"id": "t"}], 12)
    assert (result.execution_id, result.request_id, result.metadata) == ("e-1", "r-1", body["metadata"])


def test_fields_of_another_kind_are_left_out(serve: Serve, connect: Connect) -> None:
    body = {"success": True, "output": 1, "logs": {}, "metadata": [], "traceSpans": "x", "totalDuration": True}
    result = connect(serve([json_answer(200, body)])).execute_workflow("wf")
    assert (result.logs, result.metadata, result.trace_spans, result.total_duration) == (None, None, None, None)


@pytest.mark.parametrize(
    ("body", "output"),
    [
        (b'{"created": true, "id": 42}', {"created": True, "id": 42}),
        (b'{"success": true, "data": [1]}', {"success": True, "data": [1]}),
        (b'{"success": "yes", "output": 1}', {"success": "yes", "output": 1}),
        (
            b'{"success": true, "data": [1], "metadata": {"count": 1}}',
            {"success": True, "data": [1], "metadata": {"count": 1}},
        ),
        (b'{"success": true, "status": "ok"}', {"success": True, "status": "ok"}),
        (b'{"success": true, "jobId": "j", "statusUrl": "/x"}', {"success": True, "jobId": "j", "statusUrl": "/x"}),
        (b'{"success": true, "taskId": "t", "links": {}}', {"success": True, "taskId": "t", "links": {}}),
        (b"[1, 2]", [1, 2]),
        (b"null", None),
        (b"3.5", 3.5),
        (b'"text"', "text"),
        (b"plain text", "plain text"),
        (b"<html></html>", "<html></html>"),
        (b"\xff\x00", b"\xff\x00"),
        (b"", None),
    ],
)
@pytest.mark.parametrize("status", [200, 201])
def test_the_raw_answer_of_a_response_block_is_its_output(
    serve: Serve, connect: Connect, status: int, body: bytes, output: Any
) -> None:
    result = connect(serve([answer(status, body, {"Content-Type": "text/plain"})])).execute_workflow("wf")
    assert (result.success, result.output, result.error, result.status_code) == (True, output, None, status)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"success": False, "error": "no such order", "code": 7}, "no such order"),
        ({"success": False, "error": {"message": "boom"}, "requestId": "r-1"}, "boom"),
        ({"success": False, "problem": 7}, None),
    ],
)
def test_an_answer_that_says_it_is_no_success_is_none_and_loses_nothing(
    serve: Serve, connect: Connect, body: dict[str, Any], error: str | None
) -> None:
    result = connect(serve([json_answer(200, body)])).execute_workflow("wf")
    assert (result.success, result.output, result.error) == (False, body, error)


def test_a_response_block_with_an_error_status_is_an_error_that_carries_the_body(
    serve: Serve, connect: Connect
) -> None:
    error = error_of(serve, connect, json_answer(422, {"field": "age", "problem": "too small"}))
    assert isinstance(error, InvalidRequestError)
    assert json.loads(error.response_body or "") == {"field": "age", "problem": "too small"}
    assert "too small" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        {"success": True},
        {"success": False, "error": "x"},
        {"success": True, "logs": []},
        {"success": True, "metadata": {"duration": 1}},
        {"success": True, "executionId": "e-1", "status": "paused"},
    ],
)
def test_an_envelope_without_output_is_a_result(serve: Serve, connect: Connect, body: dict[str, Any]) -> None:
    result = connect(serve([json_answer(200, body)])).execute_workflow("wf")
    assert (result.success, result.output, result.status) == (body["success"], None, body.get("status"))


# Status and usage limits


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"isDeployed": True, "deployedAt": "2026-01-01", "needsRedeployment": True}, (True, "2026-01-01", True)),
        ({"isDeployed": False, "deployedAt": None, "needsRedeployment": False}, (False, None, False)),
        ({"isDeployed": False}, (False, None, False)),
    ],
)
def test_the_status_of_a_workflow(serve: Serve, connect: Connect, body: Any, expected: object) -> None:
    status = connect(serve([json_answer(200, body)])).get_workflow_status("wf")
    assert (status.is_deployed, status.deployed_at, status.needs_redeployment) == expected


def test_validate_answers_false_and_logs_the_reason(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = connect(serve([json_answer(401, {"error": "Invalid API key"})], [json_answer(200, {"isDeployed": True})]))
    assert client.validate_workflow("wf") is False
    assert "Invalid API key" in caplog.text
    assert "UNAUTHORIZED" in caplog.text
    assert client.validate_workflow("wf") is True


def test_usage_limits_are_given_under_their_documented_names(serve: Serve, connect: Connect) -> None:
    body = {
        "success": True,
        "rateLimit": {
            "sync": {"isLimited": False, "requestsPerMinute": 10, "maxBurst": 20, "remaining": 9, "resetAt": "x"},
            "async": {"isLimited": False, "limit": 50, "requestsPerMinute": 10},
            "authType": "api",
        },
        "usage": {"currentPeriodCost": 0, "limit": 10, "plan": "free"},
        "storage": {"usedBytes": 0},
        "novelty": 1,
    }
    limits = connect(serve([json_answer(200, body)])).get_usage_limits()
    assert limits.rate_limit["sync"]["limit"] == 10
    assert limits.rate_limit["async"]["limit"] == 50
    assert limits.rate_limit["authType"] == "api"
    assert (limits.usage, limits.storage, limits.extra) == (body["usage"], {"usedBytes": 0}, {"novelty": 1})
