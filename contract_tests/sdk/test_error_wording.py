"""Where the rows of the table of errors end, and how much of an answer an error keeps. Pure, without a server."""

import json
from typing import Any

import pytest

from sim_sdk import (
    InvalidRequestError,
    RateLimitError,
    RedirectError,
    ServerError,
    SimStudioError,
    UsageLimitError,
)
from sim_sdk.errors import error_from_response, invalid_response, limit_error, parse_json

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z
KEPT = 8192  # characters of a body
QUOTED = 500  # characters of a body in a message


def error_of(status: int, body: str, headers: dict[str, str] | None = None, **options: Any) -> SimStudioError:
    return error_from_response(
        status, headers or {}, body.encode(), **{"default_code": "EXECUTION_ERROR", "now": NOW, **options}
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (299, ServerError),
        (300, RedirectError),
        (399, RedirectError),
        (400, InvalidRequestError),
        (499, InvalidRequestError),
        (500, ServerError),
        (999, ServerError),
    ],
)
def test_each_class_of_status_begins_and_ends_where_http_says(status: int, kind: type[SimStudioError]) -> None:
    error = error_of(status, "{}")
    assert type(error) is kind
    assert ("redirects" in str(error)) is (kind is RedirectError)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (500, '{"error": "?", "code": "rate_limit_exceeded"}', RateLimitError, "RATE_LIMIT_EXCEEDED"),
        (500, '{"error": "RATE LIMIT EXCEEDED"}', RateLimitError, "RATE_LIMIT_EXCEEDED"),
        (500, '{"error": "Rate limit exceededness"}', ServerError, "EXECUTION_ERROR"),
        (503, '{"error": "Too many concurrent executions"}', RateLimitError, "RATE_LIMIT_EXCEEDED"),
        (503, '{"error": "Too many requests of a model"}', ServerError, "EXECUTION_ERROR"),
        (500, '{"error": "usage limit exceeded."}', UsageLimitError, "USAGE_LIMIT_EXCEEDED"),
        (400, '{"error": "invalid json"}', InvalidRequestError, "INVALID_JSON"),
        (499, '{"error": "invalid json"}', InvalidRequestError, "INVALID_JSON"),
        (400, '{"error": "?", "code": "invalid_json"}', InvalidRequestError, "INVALID_JSON"),
        (500, '{"error": "invalid json"}', ServerError, "EXECUTION_ERROR"),
        (500, '{"error": "?", "code": "INVALID_JSON"}', ServerError, "INVALID_JSON"),
    ],
)
def test_codes_and_sentences_count_in_any_case(status: int, body: str, kind: type[SimStudioError], code: str) -> None:
    error = error_of(status, body)
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * QUOTED, "x" * QUOTED),
        ("x" * (QUOTED + 1), "x" * QUOTED + "…"),
        # Four times as much is looked at, for what is left when the white space is taken together.
        ("x" + " " * (4 * QUOTED - 2) + "y", "x y"),
        ("x" + " " * (4 * QUOTED - 1) + "y", "x"),
        ("x\n \ty", "x y"),
    ],
)
def test_a_message_quotes_so_much_of_a_body_and_no_more(text: str, said: str) -> None:
    assert str(error_of(500, text)) == f"HTTP 500 Internal Server Error: {said}"


def test_a_title_is_looked_for_at_the_start_of_a_page() -> None:
    head = "<html>".ljust(16 * QUOTED - len("<title>ab")) + "<title>ab"
    assert str(error_of(502, head + "cd")).endswith("an HTML page (ab), not an answer of the API")


@pytest.mark.parametrize(
    ("body", "content_type", "page"),
    [
        (" <p>", "text/plain", True),
        ("Sorry", "Text/HTML; charset=utf-8", True),
        ("Sorry <p>", "text/plain", False),
        ("1 < 2", "", False),
    ],
)
def test_a_page_is_known_by_its_type_or_its_first_character(body: str, content_type: str, page: bool) -> None:
    assert ("an HTML page" in str(error_of(502, body, {"content-type": content_type}))) is page


def test_what_an_error_keeps_of_an_answer_is_limited() -> None:
    error = error_of(500, json.dumps({"error": "x" * (KEPT + 1), "code": "y" * (KEPT + 1)}))
    assert (str(error), error.server_code) == ("x" * KEPT, "y" * KEPT)
    assert len(error.response_body or "") == KEPT
    unreadable = invalid_response("No", 200, {}, b"x" * (KEPT + 1), default_code="STATUS_ERROR")
    assert (str(unreadable), unreadable.code, unreadable.response_body) == ("No", "STATUS_ERROR", "x" * KEPT)
    assert unreadable.request_sent is True


def test_an_error_tells_what_the_server_asked_for() -> None:
    error = error_of(503, "{}", {"retry-after": "7", "x-request-id": "r-1"})
    assert (error.retry_after, error.request_id, error.request_sent) == (7.0, "r-1", True)


def test_what_else_an_error_tells_is_given_by_name() -> None:
    assert SimStudioError("x", "TIMEOUT", 408, server_code="SLOW").server_code == "SLOW"
    with pytest.raises(TypeError):
        SimStudioError("x", "TIMEOUT", 408, "SLOW")  # type: ignore[misc]


def test_a_limit_told_in_a_stream_is_an_error_of_its_own() -> None:
    sentence = "Rate limit exceeded. Limit resets at 2026-01-01T00:00:30.000Z"
    error = limit_error(sentence, status=200, headers={"x-request-id": "r-1"}, now=NOW)
    assert type(error) is RateLimitError
    assert (str(error), error.code, error.status) == (sentence, "RATE_LIMIT_EXCEEDED", 200)
    assert (error.retry_after, error.request_id, error.request_sent) == (30.0, "r-1", True)
    assert error.server_code is None
    spent = limit_error("Usage limit exceeded: $1", status=200, headers={}, now=NOW)
    assert type(spent) is UsageLimitError
    event = {"error": "Later, please", "code": "RATE_LIMIT_EXCEEDED"}
    coded = limit_error("Later, please", status=200, headers={}, now=NOW, event=event)
    assert type(coded) is RateLimitError
    assert coded.server_code == "RATE_LIMIT_EXCEEDED"
    assert limit_error("Invalid JSON", status=200, headers={}, now=NOW) is None
    assert limit_error("", status=429, headers={}, now=NOW) is None


@pytest.mark.parametrize(("body", "value"), [(b"[1]", [1]), (b"0", 0), (b"", None), (b"\xff", None), (b"{", None)])
def test_what_is_not_json_is_none(body: bytes, value: object) -> None:
    assert parse_json(body) == value
