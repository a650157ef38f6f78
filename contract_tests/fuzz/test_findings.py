"""What the fuzzers found, as a test each: the input was no accident, and the outcome is what it should be."""

import bisect
import datetime
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.sdk._clock import FakeClock
from sim_api.convert import structure
from sim_api.v1.models import TraceSpan
from sim_sdk._answer import Answer
from sim_sdk._headers import Headers
from sim_sdk._secret import Secret
from sim_sdk.errors import InvalidResponseError, parse_json
from sim_sdk.ratelimit import read_hint, read_rate_limit
from sim_sdk.results import AsyncExecutionResult, read_queued
from sim_sdk.sse import EventStreamDecoder, EventStreamLimitError
from tools.fuzz.targets import KEY, responses

NOW = FakeClock().time()


def answer(status: int, body: bytes, redact: Callable[[str], str] = str) -> Answer:
    return Answer(status, Headers(), body, "EXECUTION_ERROR", NOW, redact)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"retry-after": "1e308"}, None),
        ({"retry-after": "9" * 300}, None),
        ({"retry-after": "9999-12-31T23:59:59-14:00"}, None),
        ({}, {"retryAfter": 1e308}),
        ({}, {"retryAfterSeconds": 1e308}),
        ({}, {"resetAt": "9999-12-31T23:59:59-14:00"}),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 200}, None),
    ],
)
def test_a_wait_that_never_ends_is_a_long_wait(headers: dict[str, str], body: Any) -> None:
    hint = read_hint(429, headers, body, NOW)
    assert hint is not None
    assert 100 * 365 * 86400 < hint < 10_000 * 366 * 86400
    info = read_rate_limit(429, headers, body, NOW)
    assert info is not None
    assert info.retry_after == round(hint * 1000)
    assert datetime.datetime.fromtimestamp(info.reset).year > 3000


@pytest.mark.parametrize("reset", ["0001-01-01T00:00:00+14:00", "1900-01-01T00:00:00Z"])
def test_a_reset_long_ago_can_be_shown(reset: str) -> None:
    info = read_rate_limit(200, {"x-ratelimit-reset": reset}, None, NOW)
    assert info is not None
    assert info.reset == 0


def test_a_status_url_that_is_no_url_is_left_out() -> None:
    result = read_queued(answer(202, b'{"success": true, "jobId": "j", "statusUrl": "http://["}'))
    assert isinstance(result, AsyncExecutionResult)
    assert (result.task_id, result.links) == ("j", {})


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def nested_objects(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def deepest() -> int:
    """How deep the JSON may be nested that is still read here; parsing further down the stack reads less."""
    depths = range(100_000)
    return bisect.bisect_left(depths, True, key=lambda depth: parse_json(nested(depth).encode()) is None)


@pytest.mark.parametrize(
    "form",
    [
        "400\n\n{}",
        '500\n\n{{"error": {} }}',
        '400\n\n{{"error": "x", "details": [{{"path": {}, "message": "y"}}]}}',
        '200\n\n{{"success": true, "taskId": "t", "links": {{}}, "status": "failed", "error": {} }}',
        '200\ncontent-type: text/event-stream\n\ndata: {{"event": "final", "data": {{"error": {} }} }}\n\n',
    ],
)
@pytest.mark.parametrize("nest", [nested, nested_objects])
def test_what_can_just_be_parsed_can_also_be_shown(form: str, nest: Callable[[int], str]) -> None:
    deep = deepest()
    for depth in (deep // 2, *range(deep - 30, deep + 1, 3)):
        responses(form.format(nest(depth)).encode())


def test_a_mistake_deep_in_a_tree_is_told_at_once() -> None:
    # Each level once looked for it several times over: with twenty levels, for years.
    tree: Any = "no span"
    for _ in range(100):
        tree = {"children": [tree]}
    with pytest.raises(ValueError, match=r"an object expected, not str @ \$(\.children\[0\]){100}$"):
        structure(tree, TraceSpan)


@pytest.mark.parametrize("unusable", ["\x7f", "..", "\ud800", "", 7])
def test_an_id_that_cannot_be_asked_for_is_none(unusable: object) -> None:
    body = json.dumps({"success": True, "taskId": unusable, "jobId": "job", "statusUrl": "/api/jobs/job"}).encode()
    assert read_queued(answer(202, body)).task_id == "job"  # type: ignore[union-attr]
    with pytest.raises(InvalidResponseError, match="no id to follow it"):
        read_queued(answer(202, json.dumps({"success": True, "taskId": unusable}).encode()))


@pytest.mark.parametrize("cursor", ["\ud800", "a\nb", 7, {}, {"a": 1}, True, f"c_{KEY}", {"message": f"{KEY}"}])
def test_a_cursor_that_cannot_be_sent_is_an_error_of_the_servers(cursor: object) -> None:
    responses(b"200\n\n" + json.dumps({"data": [], "limits": {}, "nextCursor": cursor}).encode())


@pytest.mark.parametrize("place", range(8192 - len(KEY), 8192 + 1))
def test_a_key_at_the_cut_of_a_long_body_leaves_nothing_of_itself(place: int) -> None:
    body = b"x" * place + KEY.encode()
    for error in (answer(500, body, KEY.redact).error(), answer(200, body, KEY.redact).invalid("no")):
        assert "sk-" not in str(error.response_body)


@pytest.mark.parametrize(
    "form", ["{}", '"{}"', '{{"unknown": "{}"}}', '{{"error": "x", "details": [{{"message": "{}"}}]}}']
)
def test_a_key_at_the_cut_of_a_long_message_leaves_nothing_of_itself(form: str) -> None:
    for place in range(400, 520):
        body = form.format("x" * place + Secret(KEY)).encode()
        assert "sk-" not in str(answer(500, body, KEY.redact).error())


def test_an_id_that_holds_the_key_is_none() -> None:
    body = {"success": True, "taskId": f"run_{KEY}", "statusUrl": "/api/jobs/job"}
    queued = answer(202, json.dumps(body).encode(), KEY.redact)
    assert read_queued(queued).task_id == "job"  # type: ignore[union-attr]
    responses(b"202\n\n" + json.dumps(body).encode())
    responses(b"202\n\n" + json.dumps({**body, "statusUrl": ""}).encode())


def test_a_key_in_the_state_of_a_job_is_not_told_when_time_is_up() -> None:
    body = {"success": True, "taskId": "t", "links": {"status": "/api/jobs/t"}, "status": f"late {KEY}"}
    responses(b"202\n\n" + json.dumps(body).encode())


@pytest.mark.parametrize("spelled", [str(KEY), KEY.upper(), KEY.title()])
def test_a_key_in_the_name_of_a_header_is_shown_in_no_spelling(spelled: str) -> None:
    responses(f"500\nx-{spelled}-id: 1\n\n".encode())


def test_a_message_without_an_end_is_cut() -> None:
    error = answer(500, b'{"error": "' + b"x" * 1_000_000 + b'", "code": "' + b"y" * 1_000_000 + b'"}').error()
    assert len(str(error)) <= 8192
    assert len(error.server_code or "") <= 8192


def peak_at_the_limit(decoder: EventStreamDecoder, chunk: Callable[[], bytes]) -> int:
    """The most memory that a decoder takes until it refuses an endless stream of a chunk, in bytes."""
    tracemalloc.start()
    try:
        while True:
            decoder.feed(chunk())
    except EventStreamLimitError:
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_event_of_tiny_pieces_takes_no_more_memory_than_a_large_one() -> None:
    limit = 256 * 1024
    assert peak_at_the_limit(EventStreamDecoder(max_event_bytes=limit), lambda: b"data:ab\n" * 100) < 2 * limit


def test_a_line_of_tiny_pieces_takes_no_more_memory_than_a_large_one() -> None:
    limit = 64 * 1024
    assert peak_at_the_limit(EventStreamDecoder(max_line_bytes=limit), lambda: bytes(bytearray(b"ab"))) < 2 * limit


def test_an_id_is_kept_once_however_many_events_have_it() -> None:
    decoder = EventStreamDecoder()
    events = decoder.feed(b"id:" + b"x" * 1000 + b"\n" + b"data\n\n" * 3) + decoder.feed(b"data\n\n")
    assert [event.id for event in events] == ["x" * 1000] * 4
    assert all(event.id is events[0].id for event in events)
