"""Live streams: what arrives when, how they end, and what becomes of their connection."""

import gc
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import (
    LAST_CHUNK,
    PATIENCE,
    STATUS,
    SUCCESS,
    Ending,
    ScriptedServer,
    Step,
    answer,
    chunk,
    frame,
    head,
    json_answer,
    stream,
    stream_head,
)
from sim_conformance.mock import Agent, Chain, MockSim
from sim_sdk import (
    BlockChunk,
    ChunkReset,
    Completed,
    ConnectionFailedError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    SimStudioClient,
    SimStudioError,
    StreamError,
    StreamFailure,
    Thinking,
    ToolCall,
    UnknownEvent,
    UsageLimitError,
    WorkflowExecutionResult,
)

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

FINAL = {"event": "final", "data": {"success": True, "output": {"b1": {"content": "Hello"}}}}


def piece(text: str, block_id: str = "b1") -> dict[str, str]:
    return {"blockId": block_id, "chunk": text}


def final(success: bool = True, output: Any = None, **data: Any) -> dict[str, Any]:
    return {"event": "final", "data": {"success": success, "output": {} if output is None else output, **data}}


def events_of(serve: Serve, connect: Connect, *frames: object) -> list[object]:
    with connect(serve([stream(frames)])).stream_workflow("wf") as events:
        return list(events)


def result_of(serve: Serve, connect: Connect, *frames: object) -> WorkflowExecutionResult:
    return connect(serve([stream(frames)])).execute_workflow_sync("wf", stream=True)


# What is sent


def test_the_request_asks_for_a_stream_of_the_selected_outputs(serve: Serve, connect: Connect) -> None:
    server = serve([stream([FINAL])])
    with connect(server).stream_workflow("wf", {"q": 1}, selected_outputs=["agent.content"]) as events:
        assert events.result.success
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/workflows/wf/execute")
    assert request.json() == {"q": 1, "stream": True, "selectedOutputs": ["agent.content"]}
    assert request.headers["accept"] == "text/event-stream"
    assert request.headers["accept-encoding"] == "identity"


# Delivery


def test_each_chunk_is_delivered_before_the_next_one_is_sent(serve: Serve, connect: Connect) -> None:
    acknowledged = [threading.Event() for _ in range(3)]
    steps: list[Any] = [stream_head()]
    for number, event in enumerate(acknowledged):
        steps += [chunk(frame(piece(f"{number} "))), event]
    server = serve([*steps, chunk(frame(final())), LAST_CHUNK])
    with connect(server).stream_workflow("wf") as events:
        for number, event in enumerate(acknowledged):
            assert next(events) == BlockChunk("b1", f"{number} ")
            event.set()
        assert [type(event) for event in events] == [Completed]


@pytest.mark.parametrize("headers", [{"Connection": "close"}, {}], ids=["close", "no length"])
def test_a_stream_that_ends_with_its_connection_is_delivered_piece_by_piece(
    serve: Serve, connect: Connect, headers: dict[str, str]
) -> None:
    acknowledged = threading.Event()
    start = head(200, {"Content-Type": "text/event-stream", **headers})
    server = serve([start, frame(piece("Hel")), acknowledged, frame(piece("lo")), frame(FINAL), Ending.CLOSE])
    with connect(server).stream_workflow("wf") as events:
        text = events.text
        assert next(text) == "Hel"
        acknowledged.set()
        assert next(text) == "lo"
        assert events.result.output == {"b1": {"content": "Hello"}}


def test_an_event_is_delivered_when_its_blank_line_arrives_not_before(serve: Serve, connect: Connect) -> None:
    half, rest = frame(piece("whole"))[:9], frame(piece("whole"))[9:]
    server = serve([stream_head(), chunk(half), chunk(rest), chunk(frame(final())), LAST_CHUNK])
    with connect(server).stream_workflow("wf") as events:
        assert next(events) == BlockChunk("b1", "whole")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_the_chunks_of_http_need_not_be_those_of_the_stream(serve: Serve, connect: Connect, size: int) -> None:
    body = frame(piece("žluťoučký 🐎")) + frame(final())
    cut = b"".join(chunk(body[start : start + size]) for start in range(0, len(body), size))
    with connect(serve([stream_head() + cut + LAST_CHUNK])).stream_workflow("wf") as events:
        assert "".join(events.text) == "žluťoučký 🐎"
        assert events.result.output == {"b1": {"content": "žluťoučký 🐎"}}


# Events


def test_events_are_typed_whatever_server_sends_them(serve: Serve, connect: Connect) -> None:
    tool = {"blockId": "b1", "event": "tool", "name": "search", "phase": "start"}
    received = events_of(
        serve,
        connect,
        {"blockId": "b1", "event": "thinking", "data": "Hmm"},
        tool,
        piece("draft"),
        {"blockId": "b1", "event": "chunk_reset"},
        {"blockId": "b1", "event": "chunk", "chunk": "text"},
        {"event": "stream_error", "blockId": "b1", "error": "the model hung up"},
        {"event": "novelty", "x": [1]},
        final(metadata={"duration": 3}),
    )
    assert received == [
        Thinking("b1", "Hmm"),
        ToolCall("b1", tool),
        BlockChunk("b1", "draft"),
        ChunkReset("b1"),
        BlockChunk("b1", "text"),
        StreamFailure("b1", "the model hung up"),
        UnknownEvent("novelty", {"event": "novelty", "x": [1]}),
        Completed(True, {}, None, {"duration": 3}, final(metadata={"duration": 3})["data"]),
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"data: 42\n\n", UnknownEvent("", 42)),
        (b"data: not JSON\n\n", UnknownEvent("", "not JSON")),
        (b"event: ping\ndata: {\n\n", UnknownEvent("ping", "{")),
        (b"event: ping\ndata: [1]\n\n", UnknownEvent("ping", [1])),
        (b"event: ping\ndata: {}\n\n", UnknownEvent("ping", {})),
        (b'event: thinking\ndata: {"text":"Hm"}\n\n', Thinking("", "Hm")),
        (b'data: {"event":"tool","blockId":7}\n\n', ToolCall("", {"event": "tool", "blockId": 7})),
        (b'data: {"chunk":1}\n\n', UnknownEvent("", {"chunk": 1})),
        (b'data: {"event":"chunk","blockId":"b"}\n\n', UnknownEvent("chunk", {"event": "chunk", "blockId": "b"})),
        (b"data: " + b"[" * 200_000 + b"\n\n", UnknownEvent("", "[" * 200_000)),
    ],
)
def test_what_cannot_be_read_is_passed_on(serve: Serve, connect: Connect, sent: bytes, expected: object) -> None:
    server = serve([stream_head() + chunk(sent) + chunk(frame(final())) + LAST_CHUNK])
    with connect(server).stream_workflow("wf") as events:
        assert next(events) == expected
        assert events.result.success


def test_comments_and_empty_events_are_nothing(serve: Serve, connect: Connect) -> None:
    body = b": keep-alive\n\ndata:\n\n" + frame(piece("x")) + frame(final())
    with connect(serve([stream_head() + chunk(body) + LAST_CHUNK])).stream_workflow("wf") as events:
        assert [type(event) for event in events] == [BlockChunk, Completed]


# Ends


@pytest.mark.parametrize("terminator", [b"data: [DONE]\n\n", b'data: "[DONE]"\n\n', b""])
@pytest.mark.parametrize(
    "end",
    [FINAL, {"event": "done", "success": True, "output": {"b1": {"content": "Hello"}}}],
    ids=["real", "documented"],
)
def test_every_form_of_a_good_end_gives_the_same_result(
    serve: Serve, connect: Connect, end: object, terminator: bytes
) -> None:
    pieces = [chunk(frame(piece("Hel"))), chunk(frame(piece("lo"))), chunk(frame(end))]
    tail = chunk(terminator) if terminator else b""
    server = serve([stream_head(**{"X-Request-Id": "req-1"}) + b"".join(pieces) + tail + LAST_CHUNK])
    with connect(server).stream_workflow("wf") as events:
        assert list(events.text) == ["Hel", "lo"]
        result = events.result
    assert (result.success, result.output, result.error) == (True, {"b1": {"content": "Hello"}}, None)
    assert (result.request_id, result.status_code) == ("req-1", 200)


def test_what_comes_after_the_end_is_ignored(serve: Serve, connect: Connect) -> None:
    assert result_of(serve, connect, piece("a"), final(), piece("b"), final(False)).output == {"b1": {"content": "a"}}


def test_a_workflow_that_fails_is_a_result(serve: Serve, connect: Connect) -> None:
    result = result_of(serve, connect, piece("par"), final(False, error="Function 1: boom"))
    assert (result.success, result.error) == (False, "Function 1: boom")
    assert result.output == {"b1": {"content": "par"}}


def test_an_error_event_is_a_result_that_failed(serve: Serve, connect: Connect) -> None:
    result = result_of(serve, connect, piece("par"), {"event": "error", "error": "Agent 1: overloaded"})
    assert (result.success, result.error) == (False, "Agent 1: overloaded")
    assert result.output == {"b1": {"content": "par"}}


@pytest.mark.parametrize(
    ("error", "expected"),
    [({"message": "boom", "name": "Error"}, "boom"), (None, "the run failed"), ("", "the run failed"), ([1], "[1]")],
)
def test_the_error_of_a_stream_is_always_a_text(serve: Serve, connect: Connect, error: object, expected: str) -> None:
    assert result_of(serve, connect, {"event": "error", "error": error}).error == expected


def test_a_block_that_dies_shows_in_the_result_of_a_run_that_went_on(serve: Serve, connect: Connect) -> None:
    dying = {"event": "stream_error", "blockId": "b1", "error": "the model hung up"}
    result = result_of(serve, connect, piece("half a sen"), dying, final())
    assert (result.success, result.error) == (True, "the model hung up")
    assert result.output == {"b1": {"content": "half a sen"}}


@pytest.mark.parametrize("documented", [True, False])
def test_all_that_the_end_tells_is_in_the_result(serve: Serve, connect: Connect, documented: bool) -> None:
    data = {
        "success": True,
        "output": {"a": 1},
        "logs": [{"blockId": "b1"}],
        "metadata": {"duration": 3},
        "traceSpans": [{"id": "s"}],
        "totalDuration": 3.5,
        "executionId": "e-1",
        "status": "paused",
    }
    result = result_of(serve, connect, {"event": "done", **data} if documented else {"event": "final", "data": data})
    assert (result.output, result.logs, result.metadata) == ({"a": 1}, [{"blockId": "b1"}], {"duration": 3})
    assert (result.trace_spans, result.total_duration) == ([{"id": "s"}], 3.5)
    assert (result.execution_id, result.status) == ("e-1", "paused")


@pytest.mark.parametrize(("data", "success"), [({"output": 1}, True), ({"error": "boom"}, False)])
def test_an_end_without_its_flag_is_judged_by_its_error(
    serve: Serve, connect: Connect, data: dict[str, Any], success: bool
) -> None:
    assert result_of(serve, connect, {"event": "final", "data": data}).success is success


def test_final_data_that_is_no_object_is_read_from_the_frame(serve: Serve, connect: Connect) -> None:
    result = result_of(serve, connect, {"event": "final", "data": None, "success": False, "error": "boom"})
    assert (result.success, result.error) == (False, "boom")


@pytest.mark.parametrize("kind", ["final", "done"])
def test_the_end_may_be_under_either_name_in_either_form(serve: Serve, connect: Connect, kind: str) -> None:
    failed = {"success": False, "output": {"a": 1}, "error": "boom"}
    for end in ({"event": kind, "data": failed}, {"event": kind, **failed}):
        result = result_of(serve, connect, end)
        assert (result.success, result.output, result.error) == (False, {"a": 1}, "boom")


def test_a_flat_end_may_have_data_of_its_own(serve: Serve, connect: Connect) -> None:
    end = {"event": "done", "success": True, "output": {"a": 1}, "data": {"b": 2}}
    assert result_of(serve, connect, end).output == {"a": 1}


@pytest.mark.parametrize(
    "told",
    [
        {"error": "boom"},
        {"error": {"message": "boom"}},
        {"message": "boom"},
        {"data": "boom"},
        {"data": {"error": "boom"}},
        {"data": {"message": "boom"}},
        {"error": None, "data": {"error": {"message": "boom"}}},
    ],
)
def test_why_a_run_failed_is_told_wherever_the_event_has_it(
    serve: Serve, connect: Connect, told: dict[str, Any]
) -> None:
    assert result_of(serve, connect, {"event": "error", **told}).error == "boom"
    died = {"event": "stream_error", "blockId": "b1", **told}
    assert result_of(serve, connect, died, final()).error == "boom"


# Output put together from what was streamed


@pytest.mark.parametrize(
    ("chunks", "output", "expected"),
    [
        ([], {"answer": 42}, {"answer": 42}),
        ([("b1", "Hi")], {}, {"b1": {"content": "Hi"}}),
        ([("b1", "Hi")], None, {"b1": {"content": "Hi"}}),
        ([("b1", "Hi")], {"b1": {"content": "Hi"}}, {"b1": {"content": "Hi"}}),
        ([("b1", "Hi")], {"b1": {"tokens.total": 3}}, {"b1": {"tokens.total": 3, "content": "Hi"}}),
        ([("b1", "Hi"), ("b1", "\n\n3")], {"b1": {"tokens.total": 3}}, {"b1": {"tokens.total": 3, "content": "Hi"}}),
        ([("b1", '{\n  "a": 1\n}')], {"b1": {"result": {"a": 1}}}, {"b1": {"result": {"a": 1}}}),
        ([("b1", "text")], {"b1": {"result": "text"}}, {"b1": {"result": "text"}}),
        ([("b1", "one"), ("b2", "two")], {}, {"b1": {"content": "one"}, "b2": {"content": "two"}}),
        ([("b1", "Hi")], "a text", "a text"),
        ([("b1", "Hi")], [1], [1]),
        ([("b1", "Hi")], {"b1": "not an object"}, {"b1": "not an object"}),
        ([("b1", "")], {}, {}),
        ([("b1", " \n")], {}, {"b1": {"content": " \n"}}),
        # The first piece of each output after the first begins with a blank line, whichever block's it is.
        ([("b1", "one"), ("b2", "\n\ntwo")], {}, {"b1": {"content": "one"}, "b2": {"content": "two"}}),
        (
            [("b1", "one"), ("b2", "\n\n"), ("b2", "\n\ntwo")],
            {},
            {"b1": {"content": "one"}, "b2": {"content": "\n\ntwo"}},
        ),
        ([("b1", "\n\none")], {}, {"b1": {"content": "\n\none"}}),
        ([("b1", "Hi"), ("b2", "\n\n3")], {"b2": {"n": 3}}, {"b2": {"n": 3}, "b1": {"content": "Hi"}}),
        (
            [("b1", "Hi"), ("b1", "\n\nx"), ("b1", "\n\n3")],
            {"b1": {"n": 3, "t": "x"}},
            {"b1": {"n": 3, "t": "x", "content": "Hi"}},
        ),
        ([("b1", "a\n\nb"), ("b1", "\n\n3")], {"b1": {"t": "a\n\nb", "n": 3}}, {"b1": {"t": "a\n\nb", "n": 3}}),
        # A text keeps what looks like a value in its midst, and its own blank lines.
        ([("b1", "I am gpt-4.")], {"b1": {"model": "gpt-4"}}, {"b1": {"model": "gpt-4", "content": "I am gpt-4."}}),
        ([("b1", "a\n\n\n\n3\n\nb")], {"b1": {"n": 3}}, {"b1": {"n": 3, "content": "a\n\n\n\n3\n\nb"}}),
        ([("b1", "3\n\n3"), ("b1", "\n\n3")], {"b1": {"n": 3}}, {"b1": {"n": 3, "content": "3\n\n3"}}),
    ],
)
def test_streamed_text_is_put_where_the_end_lacks_it(
    serve: Serve, connect: Connect, chunks: list[tuple[str, str]], output: Any, expected: Any
) -> None:
    frames = [piece(text, block_id) for block_id, text in chunks]
    end = {"event": "final", "data": {"success": True, "output": output}}
    assert result_of(serve, connect, *frames, end).output == expected


def test_a_reset_makes_what_the_block_streamed_void(serve: Serve, connect: Connect) -> None:
    frames = [
        piece("draft"),
        piece("kept", "b2"),
        {"event": "chunk_reset", "blockId": "b1"},
        {"event": "chunk_reset", "blockId": "never streamed"},
        piece("text"),
    ]
    assert result_of(serve, connect, *frames, final()).output == {
        "b1": {"content": "text"},
        "b2": {"content": "kept"},
    }


# A stream under another name


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "application/json", None])
def test_a_stream_is_one_whatever_its_content_type(serve: Serve, connect: Connect, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    frames = b": ready\n\n" + frame(piece("Hel")) + frame(piece("lo")) + frame(final(error="boom", success=False))
    client = connect(serve([answer(200, frames, headers)], [answer(200, frames, headers)]))
    result = client.execute_workflow("wf", stream=True)
    assert (result.success, result.output, result.error) == (False, {"b1": {"content": "Hello"}}, "boom")
    with client.stream_workflow("wf") as events:
        assert [type(event) for event in events] == [BlockChunk, BlockChunk, Completed]


def test_a_stream_under_another_name_has_to_have_its_end_too(serve: Serve, connect: Connect) -> None:
    client = connect(serve([answer(200, frame(piece("Hel")), {"Content-Type": "text/plain"})]))
    with pytest.raises(StreamError, match="without its final event") as caught:
        client.execute_workflow("wf", stream=True)
    assert caught.value.partial_text == "Hel"


def test_a_text_that_is_no_stream_is_the_output(serve: Serve, connect: Connect) -> None:
    client = connect(serve([answer(200, b"dates: none", {"Content-Type": "text/plain"})]))
    assert client.execute_workflow("wf", stream=True).output == "dates: none"


# Errors before the stream


@pytest.mark.parametrize(
    ("status", "kind"), [(403, PermissionDeniedError), (429, RateLimitError), (402, UsageLimitError)]
)
def test_a_refusal_before_the_stream_is_raised_when_it_is_opened(
    serve: Serve, connect: Connect, status: int, kind: type[Exception]
) -> None:
    client = connect(serve([json_answer(status, {"error": "No"})]))
    with pytest.raises(kind, match="No"):
        client.stream_workflow("wf")


def test_a_plain_answer_to_a_stream_request_is_a_stream_of_its_end(serve: Serve, connect: Connect) -> None:
    with connect(serve([SUCCESS])).stream_workflow("wf") as events:
        (event,) = events
        assert isinstance(event, Completed)
        assert (event.success, event.output) == (True, {"content": "hello"})
        assert events.result.output == {"content": "hello"}


def test_a_failed_run_answered_without_a_stream_is_a_result(serve: Serve, connect: Connect) -> None:
    failed = {"success": False, "output": {}, "error": "boom", "metadata": {}}
    with connect(serve([json_answer(500, failed)])).stream_workflow("wf") as events:
        assert events.result.error == "boom"


@pytest.mark.parametrize(
    ("sentence", "kind", "code"),
    [
        ("Rate limit exceeded. Limit resets at 2026-01-01T00:00:20.000Z", RateLimitError, "RATE_LIMIT_EXCEEDED"),
        ("Usage limit exceeded: $10 of $10", UsageLimitError, "USAGE_LIMIT_EXCEEDED"),
        ("Too many concurrent executions until 2026-01-01T00:00:20Z", RateLimitError, "RATE_LIMIT_EXCEEDED"),
    ],
)
def test_a_limit_reported_as_the_first_event_is_raised(
    serve: Serve, connect: Connect, sentence: str, kind: type[Any], code: str
) -> None:
    client = connect(serve([stream([{"event": "error", "error": sentence}])]))
    with client.stream_workflow("wf") as events, pytest.raises(kind, match=sentence.split()[0]) as caught:
        next(events)
    assert (caught.value.code, caught.value.status) == (code, 200)
    assert caught.value.retry_after == (20.0 if kind is RateLimitError else None)


@pytest.mark.parametrize(
    ("event", "kind", "server_code", "hint"),
    [
        (
            {"error": "Too many", "code": "RATE_LIMIT_EXCEEDED", "retryAfterSeconds": 7},
            RateLimitError,
            "RATE_LIMIT_EXCEEDED",
            7.0,
        ),
        (
            {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Too many"}},
            RateLimitError,
            "RATE_LIMIT_EXCEEDED",
            None,
        ),
        ({"error": "Rate limit exceeded", "resetAt": "2026-01-01T00:00:05Z"}, RateLimitError, None, 5.0),
        ({"error": "No credits", "code": "USAGE_LIMIT_EXCEEDED"}, UsageLimitError, "USAGE_LIMIT_EXCEEDED", None),
    ],
)
def test_a_limit_is_known_by_its_code_and_tells_its_hint(
    serve: Serve, connect: Connect, event: dict[str, Any], kind: type[Any], server_code: str | None, hint: float | None
) -> None:
    client = connect(serve([stream([{"event": "error", **event}])]))
    with pytest.raises(kind) as caught:
        client.execute_workflow("wf", stream=True)
    assert (caught.value.server_code, caught.value.retry_after) == (server_code, hint)
    info = client.get_rate_limit_info()
    assert (None if info is None else info.retry_after) == (None if hint is None else hint * 1000)


def test_a_run_that_ended_is_a_result_whatever_its_error_says(serve: Serve, connect: Connect) -> None:
    result = result_of(serve, connect, final(success=False, error="Rate limit exceeded for model gpt-4"))
    assert (result.success, result.error) == (False, "Rate limit exceeded for model gpt-4")


@pytest.mark.parametrize("first", [{"event": "started"}, {"event": "block_queued", "blockId": "b1"}, [1]])
def test_a_limit_is_raised_whatever_news_of_later_servers_comes_before(
    serve: Serve, connect: Connect, first: object
) -> None:
    with pytest.raises(RateLimitError):
        result_of(serve, connect, first, {"event": "error", "error": "Rate limit exceeded"})


@pytest.mark.parametrize("data", ['"Rate limit exceeded"', "Rate limit exceeded", '{"error":"Rate limit exceeded"}'])
def test_a_limit_may_be_a_text_in_an_error_event(serve: Serve, connect: Connect, data: str) -> None:
    server = serve([stream_head() + chunk(f"event: error\ndata: {data}\n\n".encode()) + LAST_CHUNK])
    with pytest.raises(RateLimitError, match="Rate limit exceeded"):
        connect(server).execute_workflow("wf", stream=True)


@pytest.mark.parametrize(
    "told", [{"message": "Usage limit exceeded: $12 of $10"}, {"data": {"error": "Usage limit exceeded: $12 of $10"}}]
)
def test_a_limit_is_known_wherever_the_event_names_it(serve: Serve, connect: Connect, told: dict[str, Any]) -> None:
    with pytest.raises(UsageLimitError, match=r"\$12 of \$10"):
        result_of(serve, connect, {"event": "error", **told})


@pytest.mark.parametrize("data", ['"it broke"', "it broke"])
def test_the_text_of_an_error_event_is_why_the_run_failed(serve: Serve, connect: Connect, data: str) -> None:
    server = serve([stream_head() + chunk(f"event: error\ndata: {data}\n\n".encode()) + LAST_CHUNK])
    result = connect(server).execute_workflow("wf", stream=True)
    assert (result.success, result.error, result.output) == (False, "it broke", {})


@pytest.mark.parametrize(
    "first",
    [
        {"blockId": "b1", "chunk": ""},
        {"event": "chunk_reset", "blockId": "b1"},
        {"event": "thinking", "blockId": "b1", "data": "hm"},
        {"event": "tool", "blockId": "b1"},
        {"event": "stream_error", "blockId": "b1", "error": "x"},
    ],
)
def test_once_a_block_has_run_a_limit_is_not_ours(serve: Serve, connect: Connect, first: object) -> None:
    assert not result_of(serve, connect, first, {"event": "error", "error": "Rate limit exceeded"}).success


def test_a_block_that_met_its_providers_limit_is_a_failed_run_not_ours(serve: Serve, connect: Connect) -> None:
    result = result_of(serve, connect, piece("Hel"), {"event": "error", "error": "Rate limit exceeded"})
    assert (result.success, result.error) == (False, "Rate limit exceeded")


# Broken streams


def broken(serve: Serve, connect: Connect, *steps: Any) -> SimStudioError:
    client = connect(serve(list(steps)))
    with client.stream_workflow("wf") as events, pytest.raises(SimStudioError, match="event") as caught:
        list(events)
    return caught.value


@pytest.mark.parametrize(
    "steps",
    [
        [stream_head() + chunk(frame(piece("Hel"))) + LAST_CHUNK],
        [stream_head() + chunk(frame(piece("Hel"))), Ending.CLOSE],
        [stream_head() + chunk(frame(piece("Hel"))) + b"5\r\nda", Ending.CLOSE],
        pytest.param(
            [stream_head() + chunk(frame(piece("Hel"))) + b"not a length\r\n", Ending.CLOSE],
            marks=pytest.mark.synchronous("aiohttp reads what is no chunk together with what came before it"),
        ),
        [stream_head() + chunk(frame(piece("Hel")) + b'data: {"event":"final"'), Ending.CLOSE],
        [stream_head() + chunk(frame(piece("Hel")) + frame(final())[:-1]) + LAST_CHUNK],
        [stream_head() + chunk(frame(piece("Hel")) + b"data: [DONE]\n\n") + LAST_CHUNK],
        [head(200, {"Content-Type": "text/event-stream"}) + frame(piece("Hel")), Ending.CLOSE],
        [head(200, {"Content-Type": "text/event-stream", "Content-Length": "999"}) + frame(piece("Hel")), Ending.CLOSE],
    ],
    ids=[
        "no final event",
        "cut between chunks",
        "cut in a chunk",
        "no chunk length",
        "cut in the final event",
        "no blank line",
        "terminated",
        "closed",
        "too short",
    ],
)
def test_a_stream_without_its_end_is_an_error_that_tells_what_arrived(
    serve: Serve, connect: Connect, steps: list[Any]
) -> None:
    error = broken(serve, connect, *steps)
    assert type(error) is StreamError
    assert "1 events and 3 characters" in str(error)
    assert (error.code, error.status, error.partial_text) == ("EXECUTION_ERROR", 200, "Hel")
    assert error.request_sent is True


def test_what_came_before_too_early_an_end_is_handed_out_first(serve: Serve, connect: Connect) -> None:
    server = serve([stream([piece("Hel"), "[DONE]", piece("lo")])])
    with connect(server).stream_workflow("wf") as events:
        assert next(events) == BlockChunk("b1", "Hel")
        with pytest.raises(StreamError, match="terminated without its final event") as caught:
            next(events)
    assert caught.value.partial_text == "Hel"


def test_however_much_comes_at_once_its_order_is_kept(serve: Serve, connect: Connect) -> None:
    run = [piece(f"{number},", f"b{number % 3}") for number in range(500)]
    reset = {"event": "chunk_reset", "blockId": "b1"}
    sent = [*run, reset, *run, "[DONE]", piece("lost")]
    with connect(serve([stream(sent)])).stream_workflow("wf") as events:
        chunks = [BlockChunk(sent["blockId"], sent["chunk"]) for sent in run]
        assert [next(events) for _ in range(1001)] == [*chunks, ChunkReset("b1"), *chunks]
        with pytest.raises(StreamError, match="1001 events") as caught:
            next(events)
    texts = ["".join(f"{number}," for number in range(first, 500, 3)) for first in range(3)]
    assert caught.value.partial_text == texts[0] * 2 + texts[2] * 2 + texts[1]


def test_a_reset_connection_is_a_broken_stream(serve: Serve, connect: Connect) -> None:
    arrived = threading.Event()
    server = serve([stream_head() + chunk(frame(piece("Hel"))), arrived, Ending.RESET])
    with connect(server).stream_workflow("wf") as events:
        assert next(events) == BlockChunk("b1", "Hel")
        arrived.set()
        with pytest.raises(StreamError, match="broke off") as caught:
            next(events)
    assert caught.value.partial_text == "Hel"


def test_execute_workflow_does_not_pass_a_broken_stream_for_a_success(serve: Serve, connect: Connect) -> None:
    with pytest.raises(StreamError):
        connect(serve([stream([piece("Hel")])])).execute_workflow("wf", stream=True)


def test_a_stream_that_never_began_says_that_nothing_arrived(serve: Serve, connect: Connect) -> None:
    error = broken(serve, connect, stream([]))
    assert "0 events and 0 characters" in str(error)
    assert error.partial_text is None


def test_an_error_is_raised_once_then_the_stream_is_over(serve: Serve, connect: Connect) -> None:
    with connect(serve([stream([piece("Hel")])])).stream_workflow("wf") as events:
        next(events)
        with pytest.raises(StreamError):
            next(events)
        assert list(events) == []
        with pytest.raises(ValueError, match="closed before"):
            _ = events.result


def test_a_line_without_end_is_refused(serve: Serve, connect: Connect) -> None:
    # 17 MiB in one line: more than the decoder keeps.
    flood = [chunk(b"x" * 1024 * 1024)] * 17
    error = broken(serve, connect, stream_head(), chunk(frame(piece("Hel"))), *flood, Ending.STALL)
    assert isinstance(error, StreamError)
    assert "longer than" in str(error)
    assert error.partial_text == "Hel"


# Time limits


def test_silence_is_limited_by_the_idle_timeout(serve: Serve, connect: Connect) -> None:
    server = serve([stream_head() + chunk(frame(piece("Hel"))), Ending.STALL])
    with connect(server, idle_timeout=0.05).stream_workflow("wf") as events:
        assert next(events) == BlockChunk("b1", "Hel")
        with pytest.raises(RequestTimeoutError, match="silent for too long") as caught:
            next(events)
    assert (caught.value.code, caught.value.status, caught.value.partial_text) == ("TIMEOUT", 200, "Hel")
    assert server.left.wait(PATIENCE)


def test_the_whole_stream_is_limited_by_its_timeout(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    # Every event lets ten seconds pass; no silence is long.
    steps: list[Any] = [stream_head()]
    acknowledged = [threading.Event() for _ in range(4)]
    for event in acknowledged:
        steps += [chunk(frame(piece("x"))), event]
    with connect(serve([*steps, Ending.STALL])).stream_workflow("wf", timeout=35) as events:
        for event in acknowledged:
            assert next(events) == BlockChunk("b1", "x")
            clock.advance(10)
            event.set()
        with pytest.raises(RequestTimeoutError, match="total time limit"):
            next(events)


def test_the_first_event_has_a_limit_of_its_own(serve: Serve, connect: Connect) -> None:
    server = serve([stream_head() + chunk(b": not an event\n\n"), Ending.STALL])
    client = connect(server)
    with client.stream_workflow("wf", first_event_timeout=0.05) as events, pytest.raises(RequestTimeoutError):
        next(events)
    assert server.left.wait(PATIENCE)


@pytest.mark.parametrize(
    "limits",
    [{"timeout": 0.05, "first_event_timeout": 9}, {"timeout": 9, "first_event_timeout": 0.05}, {"timeout": 0.05}],
)
@pytest.mark.parametrize(
    "start", [b"", stream_head(), json_answer(200, final()["data"])[:-9]], ids=["no head", "stream", "JSON"]
)
def test_the_limit_that_passed_before_the_first_event_is_named(
    serve: Serve, connect: Connect, start: bytes, limits: dict[str, float]
) -> None:
    client = connect(serve([STATUS], [start, Ending.STALL]), idle_timeout=9)
    client.get_workflow_status("wf")  # makes the connection: on a busy machine that alone may take as long as the limit
    named = "total time limit" if limits["timeout"] == 0.05 else "time limit for the first event"
    with pytest.raises(RequestTimeoutError) as caught:
        next(client.stream_workflow("wf", **limits))
    assert str(caught.value) == f"timed out: the {named} passed"
    assert caught.value.request_sent is True


def test_after_the_first_event_its_limit_holds_no_longer(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    acknowledged = threading.Event()
    server = serve([stream_head() + chunk(frame(piece("a"))), acknowledged, chunk(frame(final())), LAST_CHUNK])
    with connect(server).stream_workflow("wf", first_event_timeout=5) as events:
        next(events)
        clock.advance(60)
        acknowledged.set()
        assert events.result.success


# The connection


def test_a_stream_read_to_its_end_gives_its_connection_back(serve: Serve, connect: Connect) -> None:
    server = serve([stream([piece("a"), final(), "[DONE]"])], [STATUS])
    client = connect(server)
    with client.stream_workflow("wf") as events:
        assert events.result.success
    assert client.get_workflow_status("wf").is_deployed
    assert [request.connection for request in server.requests] == [0, 0]


def test_leaving_early_closes_the_connection(serve: Serve, connect: Connect) -> None:
    server = serve([stream_head() + chunk(frame(piece("a"))), Ending.STALL], [STATUS])
    client = connect(server)
    with client.stream_workflow("wf") as events:
        next(events)
    assert server.left.wait(PATIENCE)
    assert client.get_workflow_status("wf").is_deployed
    assert [request.connection for request in server.requests] == [0, 1]


def test_leaving_by_an_exception_closes_the_connection(serve: Serve, connect: Connect) -> None:
    server = serve([stream_head() + chunk(frame(piece("a"))), Ending.STALL])
    with pytest.raises(KeyError), connect(server).stream_workflow("wf") as events:
        raise KeyError(next(events))
    assert server.left.wait(PATIENCE)


def test_a_server_that_keeps_the_stream_open_after_its_end_does_not_hold_the_caller(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    def script() -> Iterator[Step]:
        yield stream_head() + chunk(frame(final(output={"a": 1})))
        while True:
            yield chunk(b": ping\n\n")
            clock.advance(0.2)

    server = serve(script())
    assert connect(server).execute_workflow_sync("wf", timeout=None, stream=True).output == {"a": 1}
    assert server.left.wait(PATIENCE)


@pytest.mark.synchronous("aiohttp reads what is no chunk together with what came before it")
def test_an_end_that_breaks_off_afterwards_is_still_an_end(serve: Serve, connect: Connect) -> None:
    server = serve([stream_head() + chunk(frame(final(output={"a": 1}))) + b"zz\r\n", Ending.CLOSE])
    assert connect(server).execute_workflow_sync("wf", stream=True).output == {"a": 1}


def test_close_may_be_called_again(serve: Serve, connect: Connect) -> None:
    events = connect(serve([stream_head() + chunk(frame(piece("a"))), Ending.STALL])).stream_workflow("wf")
    events.close()
    events.close()
    assert list(events) == []


def test_what_had_arrived_unread_is_lost_with_the_stream(serve: Serve, connect: Connect) -> None:
    body = b"".join(map(frame, [piece("a"), piece("b"), final()]))
    events = connect(serve([answer(200, body, {"Content-Type": "text/event-stream"})])).stream_workflow("wf")
    assert next(events) == BlockChunk("b1", "a")
    events.close()
    assert list(events) == []
    with pytest.raises(ValueError, match="closed before"):
        _ = events.result


@pytest.mark.synchronous("tasks of one loop; the asynchronous one's is in contract_tests/concurrency")
@pytest.mark.parametrize(
    "start",
    [stream_head() + chunk(frame(piece("a"))), head(200, {"Content-Type": "text/event-stream"}) + frame(piece("a"))],
    ids=["chunked", "no length"],
)
def test_closing_ends_what_another_thread_waits_for(serve: Serve, connect: Connect, start: bytes) -> None:
    closed = threading.Event()
    server = serve([start, closed, Ending.STALL])  # without the close it would take the server's patience
    events = connect(server).stream_workflow("wf")
    waiting = threading.Event()
    seen: list[object] = []

    def follow() -> None:
        for event in events:
            seen.append(event)
            waiting.set()
        with pytest.raises(ValueError, match="closed before"):
            _ = events.result
        seen.append("ended")

    reader = threading.Thread(target=follow)
    reader.start()
    assert waiting.wait(PATIENCE)
    events.close()
    reader.join(PATIENCE)
    closed.set()
    assert seen == [BlockChunk("b1", "a"), "ended"]
    assert server.left.wait(PATIENCE)


def test_who_reads_a_stream_at_once_shares_its_chunks(serve: Serve, connect: Connect) -> None:
    texts = [f"{number} " for number in range(500)]
    wire = b"".join(chunk(frame(piece(text))) for text in texts)
    parts = [wire[place : place + 7] for place in range(0, len(wire), 7)]  # each read gets a part of an event
    together = threading.Barrier(5)
    server = serve([stream_head(), together.wait, *parts, chunk(frame(final())), LAST_CHUNK])
    events = connect(server).stream_workflow("wf")

    def follow(_: int) -> list[str]:
        together.wait(PATIENCE)
        return list(events.text)

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(follow, range(4)))

    assert sorted(itertools.chain(*shares)) == sorted(texts)
    assert events.result.output == {"b1": {"content": "".join(texts)}}


@pytest.mark.synchronous("the asynchronous one's is in contract_tests/concurrency")
def test_an_abandoned_stream_warns_and_closes(serve: Serve, connect: Connect) -> None:
    server = serve([stream_head() + chunk(frame(piece("a"))), Ending.STALL])
    events = connect(server).stream_workflow("wf")
    next(events)
    left = [events]
    del events
    with pytest.warns(ResourceWarning, match="unclosed WorkflowStream"):
        left.clear()
    assert server.left.wait(PATIENCE)


def test_a_stream_that_was_read_to_its_end_needs_no_closing(serve: Serve, connect: Connect) -> None:
    events = connect(serve([stream([final()])])).stream_workflow("wf")
    assert events.result.success
    del events
    gc.collect()  # a warning would fail the test


def test_streams_and_calls_of_one_client_do_not_disturb_each_other(serve: Serve, connect: Connect) -> None:
    go_on = threading.Event()
    server = serve(
        [stream_head() + chunk(frame(piece("a"))), go_on, chunk(frame(final())), LAST_CHUNK],
        [STATUS],
    )
    client = connect(server)
    with client.stream_workflow("wf") as events:
        next(events)
        assert client.get_workflow_status("wf").is_deployed
        go_on.set()
        assert events.result.success


def test_a_stream_that_cannot_be_opened_says_why(connect: Connect, serve: Serve) -> None:
    with pytest.raises(ConnectionFailedError, match="broke"):
        connect(serve([Ending.CLOSE])).stream_workflow("wf")


def test_a_character_in_two_halves_is_one_in_the_result(serve: Serve, connect: Connect) -> None:
    """JavaScript's texts can be cut within a character beyond the first 65,536, and JSON can say so."""
    halves = [piece("a\ud83d"), piece("\ude00b"), piece("c\ud83d")]
    result = result_of(serve, connect, *halves, final())
    assert result.output == {"b1": {"content": "a\U0001f600bc\ud83d"}}


def test_the_content_type_is_read_without_regard_to_case_and_parameters(serve: Serve, connect: Connect) -> None:
    start = answer(200, frame(final(output=5)), {"Content-Type": "Text/Event-Stream; charset=utf-8"})
    assert connect(serve([start])).execute_workflow_sync("wf", stream=True).output == 5


def test_a_stream_that_nobody_asked_for_is_read_as_one(serve: Serve, connect: Connect) -> None:
    body = b'data: {"blockId":"b","chunk":"One"}\n\ndata: {"event":"done","success":true,"output":{}}\n\n'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    result = connect(serve([head + body])).execute_workflow("w")
    assert result.success
    assert result.output == {"b": {"content": "One"}}


# The mock, in every dialect


def test_two_agents_stream_into_one_result_that_is_the_same_everywhere(sim: MockSim, client: SimStudioClient) -> None:
    sim.add_workflow("two", Chain((Agent(("a", "b")), Agent(("c", "d")))))
    selected = ["agent1.content", "agent2.content"]
    with client.stream_workflow("two", selected_outputs=selected) as stream:
        chunks = [event for event in stream if isinstance(event, BlockChunk)]
    first, second = dict.fromkeys(event.block_id for event in chunks)
    assert [(event.block_id, event.chunk.strip()) for event in chunks] == [
        *((first, text) for text in "ab"),
        *((second, text) for text in "cd"),
    ]
    assert stream.result is not None
    assert stream.result.success
    assert stream.result.output == {first: {"content": "ab"}, second: {"content": "cd"}}
