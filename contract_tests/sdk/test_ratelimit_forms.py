"""Every form in which servers tell how long to wait and how much is left."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import ScriptedServer, answer, json_answer
from sim_sdk import RateLimitError, RateLimitInfo, SimStudioClient

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

NOW = 1_767_225_600  # 2026-01-01T00:00:00Z, where the clock of these tests stands
SPENT = {"X-RateLimit-Remaining": "0"}


def refusal(serve: Serve, connect: Connect, headers: dict[str, str], body: Any) -> RateLimitError:
    client = connect(serve([json_answer(429, body, headers)]))
    with pytest.raises(RateLimitError) as caught:
        client.execute_workflow("wf")
    return caught.value


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("0.5", 0.5),
        ("007", 7.0),
        ("86400", 86400.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thursday, 01-Jan-26 00:00:30 GMT", 30.0),
        ("Thu Jan  1 00:00:30 2026", 30.0),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("2026-01-01T00:00:30Z", 30.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("Thu, 99 Jan 2026 00:00:30 GMT", None),
        ("Thu, 01 Jan 99999999999 00:00:30 GMT", None),
        ("9" * 400, None),
    ],
)
def test_retry_after(serve: Serve, connect: Connect, value: str, seconds: float | None) -> None:
    assert refusal(serve, connect, {"Retry-After": value}, {"error": "Slow down"}).retry_after == seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"retryAfter": (NOW + 45) * 1000}, 45.0),
        ({"retryAfter": NOW + 45}, 45.0),
        ({"retryAfter": 45}, 45.0),
        ({"retryAfter": "45"}, 45.0),
        ({"retryAfter": "2026-01-01T00:00:45.000Z"}, 45.0),
        ({"retryAfter": (NOW - 5) * 1000}, 0.0),
        ({"retryAfterSeconds": 5}, 5.0),
        ({"resetAt": "2026-01-01T00:00:45.500Z"}, 45.5),
        ({"resetAt": "2026-01-01T01:00:45+01:00"}, 45.0),
        ({"resetAt": "2025-12-31T22:00:45-0200"}, 45.0),
        ({"resetAt": "2026-01-01 00:00:45"}, 45.0),
        ({"resetAt": (NOW + 45) * 1000}, 45.0),
        ({"error": {"code": "RATE_LIMITED", "message": "Slow down", "retryAfterSeconds": 5}}, 5.0),
        (
            {"error": {"code": "RATE_LIMITED", "message": "Slow down", "details": {"retryAfter": (NOW + 45) * 1000}}},
            45.0,
        ),
        ({"error": "Slow down", "details": {"resetAt": "2026-01-01T00:00:45Z"}}, 45.0),
        ({"retryAfterSeconds": 5, "error": {"retryAfterSeconds": 6, "details": {"retryAfterSeconds": 7}}}, 5.0),
        ({"error": {"retryAfterSeconds": 6, "details": {"retryAfter": 7}}, "details": {"retryAfter": 8}}, 6.0),
        ({"error": "Slow down", "details": [{"path": "", "retryAfter": 5}]}, None),
        ({"resetAt": "2026-13-01T00:00:45Z"}, None),
        ({"resetAt": "2026-01-01T00:00:45+99:99"}, None),
        ({"retryAfter": None, "retryAfterSeconds": None, "resetAt": None}, None),
        ({"retryAfter": {"seconds": 5}}, None),
        ({"retryAfter": True}, None),
        ({"retryAfterSeconds": [5]}, None),
        ({"retryAfter": -1, "resetAt": ""}, None),
        ([1, 2], None),
        ("a sentence", None),
        (None, None),
    ],
)
def test_fields_of_the_body(serve: Serve, connect: Connect, body: Any, seconds: float | None) -> None:
    assert refusal(serve, connect, {}, body).retry_after == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (str(NOW + 30), 30.0),
        (str((NOW + 30) * 1000), 30.0),
        ("30", 30.0),
        ("2026-01-01T00:00:30.000Z", 30.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        (str(NOW - 30), 0.0),
        ("whenever", None),
    ],
)
def test_the_reset_header_counts_when_nothing_is_left(
    serve: Serve, connect: Connect, value: str, seconds: float | None
) -> None:
    error = refusal(serve, connect, {**SPENT, "X-RateLimit-Reset": value}, {"error": "Slow down"})
    assert error.retry_after == seconds


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Remaining": "3"}, {"X-RateLimit-Remaining": "many"}])
def test_the_reset_header_is_no_hint_while_something_is_left(
    serve: Serve, connect: Connect, headers: dict[str, str]
) -> None:
    error = refusal(serve, connect, {**headers, "X-RateLimit-Reset": str(NOW + 30)}, {"error": "Too many at once"})
    assert error.retry_after is None


@pytest.mark.parametrize(
    "body",
    [
        {"error": "Rate limit exceeded. Limit resets at 2026-01-01T00:00:30.000Z"},
        {"error": {"message": "Rate limit exceeded. Limit resets at 2026-01-01T00:00:30.000Z."}},
        {"message": "Rate limit exceeded (until 2026-01-01T00:00:30Z), sorry"},
        {"error": "Rate limit exceeded", "message": "Resets at 2026-01-01T00:00:30Z"},
    ],
)
def test_a_time_in_the_sentence(serve: Serve, connect: Connect, body: Any) -> None:
    assert refusal(serve, connect, {}, body).retry_after == 30.0


def test_a_sentence_without_a_time_is_no_hint(serve: Serve, connect: Connect) -> None:
    assert refusal(serve, connect, {}, {"error": "Rate limit exceeded. Please try again later."}).retry_after is None


@pytest.mark.parametrize(
    ("without", "seconds"),
    [
        ([], 1.0),
        (["Retry-After"], 2.0),
        (["Retry-After", "retryAfter"], 3.0),
        (["Retry-After", "retryAfter", "resetAt"], 4.0),
        (["Retry-After", "retryAfter", "resetAt", "X-RateLimit-Reset"], 5.0),
    ],
)
def test_the_order_in_which_the_forms_count(serve: Serve, connect: Connect, without: list[str], seconds: float) -> None:
    headers = {"Retry-After": "1", "X-RateLimit-Reset": "4", **SPENT}
    body = {"retryAfter": 2, "resetAt": "2026-01-01T00:00:03Z", "error": "Resets at 2026-01-01T00:00:05Z"}
    kept = {name: value for name, value in headers.items() if name not in without}
    assert refusal(serve, connect, kept, {k: v for k, v in body.items() if k not in without}).retry_after == seconds


def test_a_moment_is_measured_on_the_clock_of_the_server(serve: Serve, connect: Connect) -> None:
    # The server is an hour ahead.
    headers = {"Date": "Thu, 01 Jan 2026 01:00:00 GMT", "Retry-After": "Thu, 01 Jan 2026 01:00:30 GMT"}
    assert refusal(serve, connect, headers, {}).retry_after == 30.0
    headers = {"Date": "Thu, 01 Jan 2026 01:00:00 GMT"}
    assert refusal(serve, connect, headers, {"resetAt": "2026-01-01T01:00:30Z"}).retry_after == 30.0


def test_the_rounding_of_a_date_header_does_not_lengthen_a_hint(serve: Serve, connect: Connect) -> None:
    headers = {"Date": "Wed, 31 Dec 2025 23:59:59 GMT"}
    assert refusal(serve, connect, headers, {"resetAt": "2026-01-01T00:00:30Z"}).retry_after == 30.0


@pytest.mark.parametrize("date", ["yesterday", ""])
def test_a_date_header_that_is_none_is_ignored(serve: Serve, connect: Connect, date: str) -> None:
    assert refusal(serve, connect, {"Date": date}, {"resetAt": "2026-01-01T00:00:30Z"}).retry_after == 30.0


# get_rate_limit_info


def info_after(serve: Serve, connect: Connect, reply: bytes) -> RateLimitInfo | None:
    client = connect(serve([reply]))
    client.validate_workflow("wf")
    return client.get_rate_limit_info()


STATUS = {"isDeployed": True}


@pytest.mark.parametrize("reset", [str(NOW + 30), str((NOW + 30) * 1000), "30", "2026-01-01T00:00:30.000Z"])
def test_a_good_answer_tells_the_limit_too(serve: Serve, connect: Connect, reset: str) -> None:
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": reset}
    info = info_after(serve, connect, json_answer(200, STATUS, headers))
    assert info == RateLimitInfo(limit=60, remaining=59, reset=NOW + 30, retry_after=None)
    assert isinstance(info.reset, int)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-RateLimit-Limit": "60"}, RateLimitInfo(60, 0, NOW)),
        ({"X-RateLimit-Remaining": "5"}, RateLimitInfo(0, 5, NOW)),
        ({"X-RateLimit-Reset": "30"}, RateLimitInfo(0, 0, NOW + 30)),
        ({"X-RateLimit-Limit": "60", "Retry-After": "2.5"}, RateLimitInfo(60, 0, NOW, 2500)),
        ({"X-RateLimit-Limit": "lots"}, None),
        ({"Retry-After": "5"}, None),
        ({}, None),
    ],
)
def test_what_is_missing_is_zero(
    serve: Serve, connect: Connect, headers: dict[str, str], expected: RateLimitInfo | None
) -> None:
    assert info_after(serve, connect, json_answer(200, STATUS, headers)) == expected


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"Retry-After": "7"}, {}, RateLimitInfo(0, 0, NOW + 7, 7000)),
        ({}, {"resetAt": "2026-01-01T00:00:30Z", "remaining": 0, "limit": 10}, RateLimitInfo(10, 0, NOW + 30, 30000)),
        ({}, {"error": "Resets at 2026-01-01T00:00:30Z"}, RateLimitInfo(0, 0, NOW + 30, 30000)),
        ({}, {"remaining": [1], "limit": {}, "retryAfterSeconds": 5}, RateLimitInfo(0, 0, NOW + 5, 5000)),
        ({}, {"error": "Resets at 2025-12-31T23:59:30Z"}, RateLimitInfo(0, 0, NOW - 30, 0)),
        ({}, {"resetAt": "2025-12-31T23:59:30Z", "remaining": 0}, RateLimitInfo(0, 0, NOW - 30, 0)),
        ({"Retry-After": "7"}, {"resetAt": "2025-12-31T23:59:30Z"}, RateLimitInfo(0, 0, NOW + 7, 7000)),
        ({}, {"error": "Slow down"}, None),
        ({"X-RateLimit-Limit": "60", **SPENT, "X-RateLimit-Reset": "30"}, {}, RateLimitInfo(60, 0, NOW + 30, 30000)),
    ],
)
def test_a_refusal_tells_by_headers_body_or_sentence(
    serve: Serve, connect: Connect, headers: dict[str, str], body: Any, expected: RateLimitInfo | None
) -> None:
    client = connect(serve([json_answer(429, body, headers)]))
    with pytest.raises(RateLimitError):
        client.execute_workflow("wf")
    assert client.get_rate_limit_info() == expected


def test_the_last_answer_that_mentions_it_counts(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    told = json_answer(200, STATUS, {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "9"})
    server = serve([told], [json_answer(200, STATUS)], [answer(401, json.dumps({"error": "no"}).encode())])
    client = connect(server)
    assert client.get_rate_limit_info() is None
    for _ in range(3):
        client.validate_workflow("wf")
        assert client.get_rate_limit_info() == RateLimitInfo(60, 9, NOW)


def test_what_is_returned_is_the_callers_own(serve: Serve, connect: Connect) -> None:
    client = connect(serve([json_answer(200, STATUS, {"X-RateLimit-Remaining": "9"})]))
    client.validate_workflow("wf")
    first = client.get_rate_limit_info()
    assert first is not None
    first.remaining = 0
    assert client.get_rate_limit_info() == RateLimitInfo(0, 9, NOW)
