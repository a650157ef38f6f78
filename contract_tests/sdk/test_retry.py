"""When a request is sent again, and when never: waits on a clock that only records them."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import (
    PATIENCE,
    RESULT,
    STATUS,
    SUCCESS,
    Ending,
    ScriptedServer,
    head,
    json_answer,
    stream,
)
from sim_sdk import (
    AmbiguousStateError,
    AsyncExecutionResult,
    ConnectionFailedError,
    RateLimitError,
    RequestTimeoutError,
    SimStudioClient,
    SimStudioError,
)
from sim_sdk.retry import RetryPolicy

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

LIMITED = json_answer(429, {"error": "Rate limit exceeded. Please try again later."})


def limited(seconds: float) -> bytes:
    return json_answer(429, {"error": "Rate limit exceeded"}, {"Retry-After": str(seconds)})


# execute_with_retry: how long


def test_without_a_hint_the_documented_waits_are_kept(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve([LIMITED], [LIMITED], [LIMITED], [SUCCESS])
    assert connect(server).execute_with_retry("wf", {"a": 1}).output == RESULT["output"]
    assert len(clock.slept) == 3
    for waited, nominal in zip(clock.slept, [1.0, 2.0, 4.0], strict=True):
        assert 0.75 * nominal <= waited <= 1.25 * nominal


def test_the_waits_are_those_that_were_asked_for(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(*[[LIMITED]] * 5, [SUCCESS])
    connect(server).execute_with_retry("wf", max_retries=5, initial_delay=0.1, max_delay=2.0, backoff_multiplier=10.0)
    assert len(clock.slept) == 5
    for waited, nominal in zip(clock.slept, [0.1, 1.0, 2.0, 2.0, 2.0], strict=True):
        assert 0.75 * nominal <= waited <= min(1.25 * nominal, 2.0)


def test_after_the_last_try_its_error_is_raised(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(*[[LIMITED]] * 4)
    with pytest.raises(RateLimitError) as caught:
        connect(server).execute_with_retry("wf")
    assert (caught.value.code, len(server.requests), len(clock.slept)) == ("RATE_LIMIT_EXCEEDED", 4, 3)


def test_no_retries_means_one_try(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    with pytest.raises(RateLimitError):
        connect(serve([LIMITED])).execute_with_retry("wf", max_retries=0)
    assert clock.slept == []


@pytest.mark.parametrize("hint", [0.5, 5.0, 60.0, 120.0])
def test_a_hint_is_honoured_and_only_ever_lengthened(
    serve: Serve, connect: Connect, clock: FakeClock, hint: float
) -> None:
    connect(serve([limited(hint)], [SUCCESS])).execute_with_retry("wf")
    (waited,) = clock.slept
    assert hint <= waited <= hint + min(0.25 * hint, 2.0)


def test_a_hint_of_nothing_is_a_hint(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    connect(serve([limited(0)], [SUCCESS])).execute_with_retry("wf")
    assert clock.slept == [0.0]


def test_a_hint_wins_over_max_delay(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    connect(serve([limited(50)], [SUCCESS])).execute_with_retry("wf", max_delay=3.0)
    assert clock.slept[0] >= 50


def test_too_long_a_hint_is_told_instead_of_slept(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    with pytest.raises(RateLimitError) as caught:
        connect(serve([limited(121)])).execute_with_retry("wf")
    assert (caught.value.retry_after, clock.slept) == (121.0, [])


def test_how_long_a_hint_may_be_is_the_callers_choice(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    connect(serve([limited(3600)], [SUCCESS])).execute_with_retry("wf", max_retry_after=3600)
    assert clock.slept[0] >= 3600
    with pytest.raises(RateLimitError):
        connect(serve([limited(5)])).execute_with_retry("wf", max_retry_after=4)


def test_the_hint_of_one_call_does_not_delay_another(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    client = connect(serve([limited(100)], [SUCCESS], [LIMITED], [SUCCESS]))
    client.execute_with_retry("wf")
    client.execute_with_retry("wf")
    assert clock.slept[0] >= 100
    assert clock.slept[1] <= 1.25


def test_the_hint_of_one_try_is_not_that_of_the_next(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    connect(serve([limited(100)], [LIMITED], [SUCCESS])).execute_with_retry("wf")
    assert 1.5 <= clock.slept[1] <= 2.5


@given(
    hint=st.floats(0, 120),
    retries=st.integers(0, 20),
    seed=st.integers(),
)
def test_jitter_keeps_to_its_bounds(hint: float, retries: int, seed: int) -> None:
    draw = random.Random(seed).random
    policy = RetryPolicy(max_retries=21)
    told = policy.wait(SimStudioError("x", retry_after=hint), retries, lambda error: True, draw)
    assert told is not None
    assert hint <= told <= hint + min(0.25 * hint, 2.0)
    untold = policy.wait(SimStudioError("x"), retries, lambda error: True, draw)
    nominal = min(2.0**retries, 30.0)
    assert untold is not None
    assert 0.75 * nominal <= untold <= min(1.25 * nominal, 30.0)


def test_jitter_spreads() -> None:
    policy = RetryPolicy()
    for error in (SimStudioError("x"), SimStudioError("x", retry_after=4.0)):
        waits = {policy.wait(error, 0, lambda error: True) for _ in range(100)}
        assert len(waits) > 90


# execute_with_retry: what


def test_every_try_sends_the_same_request(serve: Serve, connect: Connect) -> None:
    server = serve([LIMITED], [LIMITED], [SUCCESS])
    connect(server).execute_with_retry("wf", {"a": [1, {"b": None}]}, selected_outputs=["x.y"])
    first, *others = [(request.method, request.target, request.headers, request.body) for request in server.requests]
    assert others == [first, first]


def test_an_async_execution_is_tried_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    queued = json_answer(202, {"success": True, "taskId": "t", "status": "queued", "createdAt": "", "links": {}})
    server = serve([json_answer(429, {"error": "x", "resetAt": "2026-01-01T00:00:09Z"})], [queued])
    result = connect(server).execute_with_retry("wf", async_execution=True)
    assert isinstance(result, AsyncExecutionResult)
    assert clock.slept[0] >= 9
    assert [request.headers["x-execution-mode"] for request in server.requests] == ["async", "async"]


def test_a_streamed_execution_is_tried_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    final = {"event": "final", "data": {"success": True, "output": {"a": 1}}}
    server = serve([LIMITED], [stream([final])])
    assert connect(server).execute_with_retry("wf", stream=True).output == {"a": 1}
    assert len(clock.slept) == 1


def test_a_limit_reported_inside_a_stream_is_not_tried_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    # The status says that the run was accepted.
    server = serve([stream([{"event": "error", "error": "Rate limit exceeded"}])])
    with pytest.raises(RateLimitError):
        connect(server).execute_with_retry("wf", stream=True)
    assert clock.slept == []


@pytest.mark.parametrize(
    "reply",
    [
        json_answer(429, {"error": "Server is at capacity", "code": "ADMISSION_GATE_CAPACITY", "retryAfterSeconds": 5}),
        json_answer(503, {"error": "Restarting"}, {"Retry-After": "5"}),
        json_answer(503, {"error": "Too many concurrent executions"}, {"Retry-After": "5"}),
    ],
)
def test_a_server_that_asks_to_come_back_is_taken_at_its_word(
    serve: Serve, connect: Connect, clock: FakeClock, reply: bytes
) -> None:
    assert connect(serve([reply], [SUCCESS])).execute_with_retry("wf").success
    assert clock.slept[0] >= 5


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (400, {"Retry-After": "1"}, {"error": "Invalid JSON"}),
        (401, {}, {"error": "Unauthorized"}),
        (402, {}, {"error": "Usage limit exceeded"}),
        (403, {}, {"error": "Access denied"}),
        (404, {}, {"error": "Workflow not found"}),
        (408, {}, {"error": "Timeout"}),
        (409, {}, {"error": "Conflict", "code": "EXECUTION_ID_CONFLICT"}),
        (429, {"Retry-After": "1"}, {"error": "Quota", "code": "USAGE_LIMIT_EXCEEDED"}),
        (500, {"Retry-After": "1"}, {"error": "Internal server error"}),
        (500, {"Retry-After": "1"}, {"error": "x", "code": "RATE_LIMIT_EXCEEDED"}),
        (502, {}, {"error": "Bad gateway"}),
        (503, {}, {"error": "Unavailable"}),
        (503, {"Retry-After": "1"}, {"error": "Unknown", "code": "ASYNC_ENQUEUE_AMBIGUOUS"}),
        (504, {"Retry-After": "1"}, {"error": "Gateway timeout"}),
        (202, {"Retry-After": "1"}, {"success": True, "taskId": "t", "links": {}}),
        (200, {"Retry-After": "1"}, {"success": True, "jobId": "t", "statusUrl": "https://x/api/jobs/t"}),
    ],
)
def test_an_execution_that_may_have_begun_or_cannot_be_helped_is_never_sent_again(
    serve: Serve, connect: Connect, clock: FakeClock, status: int, headers: dict[str, str], body: Any
) -> None:
    server = serve([json_answer(status, body, headers)])
    with pytest.raises(SimStudioError):
        connect(server).execute_with_retry("wf")
    assert (len(server.requests), clock.slept) == (1, [])


def test_an_ambiguous_start_is_an_error_of_its_own(serve: Serve, connect: Connect) -> None:
    body = {"error": "Could not confirm", "code": "ASYNC_ENQUEUE_AMBIGUOUS"}
    with pytest.raises(AmbiguousStateError, match="Could not confirm") as caught:
        connect(serve([json_answer(503, body)])).execute_with_retry("wf", async_execution=True)
    assert (caught.value.server_code, caught.value.request_sent) == ("ASYNC_ENQUEUE_AMBIGUOUS", True)


@pytest.mark.parametrize(
    "steps",
    [
        [Ending.CLOSE],
        [Ending.RESET],
        [b"HTTP/1.1 20", Ending.CLOSE],
        [head(200, {"Content-Length": "100"}) + b'{"success"', Ending.CLOSE],
    ],
)
def test_an_execution_whose_connection_broke_is_never_sent_again(
    serve: Serve, connect: Connect, clock: FakeClock, steps: list[Any]
) -> None:
    server = serve(steps)
    with pytest.raises(ConnectionFailedError) as caught:
        connect(server).execute_with_retry("wf")
    assert caught.value.request_sent is True
    assert (len(server.requests), clock.slept) == (1, [])


def test_an_execution_that_timed_out_is_never_sent_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve([Ending.STALL])
    with pytest.raises(RequestTimeoutError) as caught:
        connect(server).execute_with_retry("wf", timeout=0.05)
    assert (caught.value.code, caught.value.request_sent) == ("TIMEOUT", True)
    assert server.left.wait(PATIENCE)
    assert (len(server.requests), clock.slept) == (1, [])


def test_a_run_that_failed_is_a_result_not_a_reason_to_run_it_again(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    failed = {"success": False, "output": {}, "error": "Function 1: boom", "metadata": {}}
    result = connect(serve([json_answer(500, failed)])).execute_with_retry("wf")
    assert (result.success, result.error) == (False, "Function 1: boom")


def test_a_refused_connection_is_tried_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve([SUCCESS], listening=False)

    def second_sleep() -> None:
        if len(clock.slept) == 2:
            server.listen()

    clock.on_sleep = second_sleep
    assert connect(server).execute_with_retry("wf").success
    assert len(clock.slept) == 2


def test_execute_workflow_alone_tries_once(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    with pytest.raises(RateLimitError):
        connect(serve([limited(0)])).execute_workflow("wf")
    assert clock.slept == []


def test_each_try_has_the_whole_timeout(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    # The waits of the server's are far longer than the timeout, which is for one try.
    server = serve([limited(100)], [limited(100)], [SUCCESS])
    assert connect(server).execute_with_retry("wf", timeout=5.0).success


def test_each_retry_is_told_before_its_wait(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    told: list[tuple[SimStudioError, float, int]] = []
    server = serve([limited(3)], [LIMITED], [SUCCESS])
    client = connect(server)
    client.execute_with_retry("wf", on_retry=lambda error, wait: told.append((error, wait, len(clock.slept))))
    assert [type(error) for error, _, _ in told] == [RateLimitError, RateLimitError]
    assert [wait for _, wait, _ in told] == clock.slept
    assert [slept for _, _, slept in told] == [0, 1]


def test_an_exception_of_the_callback_ends_the_retries(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    def give_up(error: SimStudioError, wait: float) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        connect(serve([limited(3)])).execute_with_retry("wf", on_retry=give_up)
    assert clock.slept == []


# Requests that change nothing

Read = Callable[[SimStudioClient], object]
READS: dict[str, tuple[Read, object]] = {
    "status": (lambda client: client.get_workflow_status("wf"), {"isDeployed": True}),
    "job": (lambda client: client.get_job_status("t"), {"status": "completed"}),
    "usage": (lambda client: client.get_usage_limits(), {"success": True, "rateLimit": {}, "usage": {}}),
    "logs": (lambda client: client.logs.list(workspace_id="ws"), {"data": []}),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    "trouble",
    [
        [json_answer(429, {"error": "x"})],
        [json_answer(502, {"error": "x"})],
        [json_answer(503, {"error": "x"})],
        [json_answer(504, {"error": "x"})],
        [Ending.CLOSE],
        [Ending.RESET],
        [head(200, {"Content-Length": "100"}) + b'{"', Ending.CLOSE],
    ],
    ids=["429", "502", "503", "504", "closed", "reset", "cut"],
)
def test_reads_are_sent_again(serve: Serve, connect: Connect, clock: FakeClock, read: str, trouble: list[Any]) -> None:
    call, body = READS[read]
    server = serve(trouble, trouble, [json_answer(200, body)])
    call(connect(server))
    assert len(server.requests) == 3
    for waited, nominal in zip(clock.slept, [0.5, 1.0], strict=True):
        assert 0.75 * nominal <= waited <= 1.25 * nominal


def test_reads_honour_a_hint(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    assert connect(serve([limited(9)], [STATUS])).get_workflow_status("wf").is_deployed
    assert clock.slept[0] >= 9


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 500, 501])
def test_reads_that_cannot_be_helped_are_not_sent_again(
    serve: Serve, connect: Connect, clock: FakeClock, status: int
) -> None:
    with pytest.raises(SimStudioError):
        connect(serve([json_answer(status, {"error": "x"})])).get_workflow_status("wf")
    assert clock.slept == []


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_how_often_reads_are_sent_again_is_an_option(
    serve: Serve, connect: Connect, clock: FakeClock, retries: int
) -> None:
    server = serve(*[[json_answer(503, {"error": "x"})]] * (retries + 1))
    with pytest.raises(SimStudioError):
        connect(server, max_retries=retries).get_workflow_status("wf")
    assert len(clock.slept) == retries


def test_a_wait_that_would_outlast_the_timeout_is_not_begun(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    with pytest.raises(RateLimitError) as caught:
        connect(serve([limited(20)]), timeout=10.0).get_workflow_status("wf")
    assert (caught.value.retry_after, clock.slept) == (20.0, [])


def test_a_read_that_timed_out_is_not_sent_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve([Ending.STALL])
    with pytest.raises(RequestTimeoutError):
        connect(server, timeout=0.05).get_workflow_status("wf")
    assert clock.slept == []


def test_a_server_that_restarts_is_waited_for(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve([STATUS], listening=False)
    clock.on_sleep = server.listen
    assert connect(server).get_workflow_status("wf").is_deployed
    assert len(clock.slept) == 1
