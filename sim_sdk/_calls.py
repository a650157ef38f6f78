"""What each method of the clients does, once for the synchronous and the asynchronous one: requests in, results out."""

from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Sequence

from sim_api import v1

from ._bodies import compose_body
from ._engine import Call, Engine, OnRetry, Reply
from ._flow import Flow, Notify, Sleep
from ._logging import logger
from ._validate import (
    require_bool,
    require_callable,
    require_identifier,
    require_names,
    require_number,
    require_timeout,
)
from .errors import STATUS_ERROR, TIMEOUT, USAGE_ERROR, RateLimitError, RequestTimeoutError, SimStudioError
from .results import (
    TERMINAL_STATES,
    AsyncExecutionResult,
    ExecutionResult,
    UsageLimits,
    WorkflowExecutionResult,
    WorkflowStatus,
    read_job,
    read_job_result,
    read_queued,
    read_result,
    read_status,
    read_usage,
)

if TYPE_CHECKING:
    from sim_api.request import Request

    from ._answer import Answer
    from ._stream_flow import StreamFlow
    from .retry import RetryPolicy

OnStatus = Callable[[Dict[str, Any]], Any]
"""Takes each status of a job as it is polled."""

_EVENT_STREAM = "text/event-stream"
_EVENT_STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
_FIRST_EVENT_LIMIT = "the time limit for the first event"
_POLL_GROWTH = 1.5
_MAX_POLL_INTERVAL = 30.0  # seconds
_TIMER_SLACK = 0.05  # seconds by which a timer may go off before its time


class Execution:
    """One execution as it was asked for, checked, its files read, its body encoded: ready to be sent, also again."""

    def __init__(self, request: "Request[Any]", timeout: Optional[float], stream: bool, asked_async: bool) -> None:
        self.request = request
        self.timeout = timeout
        self.stream = stream
        self.asked_async = asked_async


class Calls:
    """The methods' behaviour, as flows over one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def prepare(
        self,
        workflow_id: str,
        input_data: Any,
        timeout: Optional[float],
        stream: Optional[bool],
        selected_outputs: Optional[Sequence[str]],
        async_execution: Optional[bool] = None,
    ) -> Execution:
        """Check the arguments of an execution and build its request.

        Raises:
            TypeError, ValueError: An argument is not what it should be; the message names it.
        """
        require_identifier("workflow_id", workflow_id)
        require_timeout("timeout", timeout)
        asked_async = require_bool("async_execution", async_execution)
        # Servers that are asked for both queue the run; it is not streamed.
        streamed = require_bool("stream", stream) and not asked_async
        names = require_names("selected_outputs", selected_outputs)
        # Nothing of a queued run is streamed, and servers of 2026 refuse one that names outputs to stream.
        body = compose_body(input_data, stream=streamed, selected_outputs=None if asked_async else names)
        build = v1.operations.execute_workflow.build_stream if streamed else v1.operations.execute_workflow.build
        try:
            request = build(workflow_id, body=body, x_execution_mode="async" if asked_async else None)
        except ValueError as error:  # a lone surrogate, an integer of too many digits: the rest is checked already
            raise ValueError(f"input_data: {error}") from None
        return Execution(request, timeout, streamed, asked_async)

    def execute(self, execution: Execution) -> Flow[ExecutionResult]:
        """Run or queue a workflow, once."""
        return self._queue(execution) if execution.asked_async else self.run(execution)

    def _queue(self, execution: Execution) -> Flow[ExecutionResult]:
        return read_queued((yield from self.engine.send(execution.request, self.engine.call(execution.timeout))))

    def run(self, execution: Execution) -> Flow[WorkflowExecutionResult]:
        """Run a workflow once and wait for its result."""
        call = self.engine.call(execution.timeout)
        if execution.stream:
            return (yield from self.drain((yield from self.open_stream(execution, call))))
        reply = yield from self.engine.open(execution.request, call)
        if self._is_event_stream(reply, call):
            # Nobody asked for it, but a header of the user's may have.
            stream = self._stream_flow(reply, call, call)
            return (yield from self.drain(stream))
        return read_result((yield from self.engine.read(reply, call)))

    def execute_with_retry(
        self, execution: Execution, policy: "RetryPolicy", on_retry: Optional[OnRetry]
    ) -> Flow[ExecutionResult]:
        """Run a workflow, again as long as it is certain that the server has not begun it."""
        from .retry import execution_retryable  # loaded with the first call that may be tried again

        require_callable("on_retry", on_retry)
        return (
            yield from self.engine.retrying(
                lambda: self.execute(execution), policy, execution_retryable, on_retry=on_retry
            )
        )

    def stream(self, execution: Execution, first_event_timeout: Optional[float]) -> "Flow[StreamFlow]":
        """Run a workflow and hand over its stream."""
        require_timeout("first_event_timeout", first_event_timeout)
        call = self.engine.call(execution.timeout)
        return (yield from self.open_stream(execution, call, first_event_timeout))

    def open_stream(
        self, execution: Execution, call: Call, first_event_timeout: Optional[float] = None
    ) -> "Flow[StreamFlow]":
        """Send an execution whose answer is a stream; where the server answers at once, its one event is the end."""
        idle = self.engine.options.idle_timeout
        remaining = self.engine.remaining(call)
        first_event = call
        if first_event_timeout is not None and (remaining is None or first_event_timeout < remaining):
            first_event = self.engine.call(first_event_timeout, limit=_FIRST_EVENT_LIMIT)
        reply = yield from self.engine.open(execution.request, first_event, idle=idle)
        stream = self._stream_flow(reply, call, first_event)
        if not self._is_event_stream(reply, call):
            answer = yield from self.engine.read(reply, first_event, idle=idle)
            if answer.ok and answer.body.startswith(_EVENT_STARTS):
                stream.take(answer.body)  # under another name, which something before the server may have given it
            else:
                stream.preload(read_result(answer))
        return stream

    def _stream_flow(self, reply: Reply, call: Call, first_event: Call) -> "StreamFlow":
        from ._stream_flow import StreamFlow  # loaded with the first stream, not with the SDK

        return StreamFlow(self.engine, reply, call, first_event)

    def drain(self, stream: "StreamFlow") -> Flow[WorkflowExecutionResult]:
        """Read a stream to its end."""
        while (yield from stream.next_event()) is not None:
            pass
        if stream.result is None:
            raise ValueError("the stream was closed before its last event")
        return stream.result

    def get_workflow_status(self, workflow_id: str) -> Flow[WorkflowStatus]:
        request = v1.operations.get_workflow_status.build(require_identifier("workflow_id", workflow_id))
        return read_status((yield from self.fetch(request, STATUS_ERROR)))

    def validate_workflow(self, workflow_id: str) -> Flow[bool]:
        try:
            status = yield from self.get_workflow_status(workflow_id)
        except SimStudioError as error:
            logger.warning("workflow %s cannot be validated: %s (%s)", workflow_id, error, error.code)
            return False
        return status.is_deployed

    def get_job_status(self, task_id: str) -> Flow[Dict[str, Any]]:
        return (yield from self._job_status(task_id, None))

    def _job_status(self, task_id: str, within: Optional[Call]) -> Flow[Dict[str, Any]]:
        request = v1.operations.get_job.build(require_identifier("task_id", task_id))
        return read_job((yield from self.fetch(request, STATUS_ERROR, within)), task_id)

    def get_usage_limits(self) -> Flow[UsageLimits]:
        return read_usage((yield from self.fetch(v1.operations.get_usage_limits.build(), USAGE_ERROR)))

    def fetch(self, request: "Request[Any]", default_code: str, within: Optional[Call] = None) -> "Flow[Answer]":
        """The successful answer to a request that changes nothing, which is sent again when that may help.

        Args:
            request: The request.
            default_code: The documented error code of the method.
            within: A longer call that this one is part of; its deadline holds too.
        """
        from .retry import RetryPolicy, read_retryable

        options = self.engine.options
        outer = None if within is None else self.engine.remaining(within)
        call = self.engine.call(_shortest(options.timeout, outer), default_code)
        policy = RetryPolicy(max_retries=options.max_retries, initial_delay=0.5, max_delay=8.0)

        def attempt() -> "Flow[Answer]":
            answer = yield from self.engine.send(request, call)
            if not answer.ok:
                raise answer.error()
            return answer

        return (yield from self.engine.retrying(attempt, policy, read_retryable, call))

    def wait_for_job(
        self, task_id: str, timeout: Optional[float], poll_interval: float, on_status: Optional[OnStatus]
    ) -> Flow[Dict[str, Any]]:
        """Poll a job to its end."""
        require_identifier("task_id", task_id)
        require_callable("on_status", on_status)
        call = self.engine.call(require_timeout("timeout", timeout), STATUS_ERROR)
        return (yield from self._wait(task_id, call, require_number("poll_interval", poll_interval), on_status))

    def execute_and_wait(
        self, execution: Execution, timeout: Optional[float], poll_interval: float, on_status: Optional[OnStatus]
    ) -> Flow[WorkflowExecutionResult]:
        """Queue a run and poll it to its end. Where the server answers with the result at once, that is it."""
        require_callable("on_status", on_status)
        call = self.engine.call(require_timeout("timeout", timeout))
        interval = require_number("poll_interval", poll_interval)
        shortest = _shortest(execution.timeout, timeout)
        started = yield from self.execute(
            Execution(execution.request, shortest, execution.stream, execution.asked_async)
        )
        if not isinstance(started, AsyncExecutionResult):
            return started
        job = yield from self._wait(started.task_id, call, interval, on_status)
        result = read_job_result(job)
        result.execution_id = result.execution_id or started.execution_id
        result.request_id = started.request_id
        return result

    def _wait(self, task_id: str, call: Call, interval: float, on_status: Optional[OnStatus]) -> Flow[Dict[str, Any]]:
        try:
            return (yield from self._poll(task_id, call, interval, on_status))
        except SimStudioError as error:
            # The run goes on, and has been paid for: whoever gets the error can still follow it.
            error.task_id = task_id
            raise

    def _poll(self, task_id: str, call: Call, interval: float, on_status: Optional[OnStatus]) -> Flow[Dict[str, Any]]:
        """Ask more and more rarely, and no more often than the server allows."""
        slowest = max(_MAX_POLL_INTERVAL, interval)
        state = "not yet known"
        while True:
            wait = interval
            try:
                job = yield from self._job_status(task_id, call)
            except RateLimitError as error:
                wait = max(wait, error.retry_after or 0.0)
            except RequestTimeoutError:
                if not self._is_over(call):
                    raise
                raise self._gave_up(task_id, state) from None
            else:
                state = job["status"]
                if on_status is not None:
                    try:
                        yield Notify(on_status, (job,))
                    except BaseException:
                        del job  # whoever reports the error with its locals would show what the server sent
                        raise
                if state in TERMINAL_STATES:
                    return job
                interval = min(interval * _POLL_GROWTH, slowest)
            remaining = self.engine.remaining(call)
            yield Sleep(wait if remaining is None else max(0.0, min(wait, remaining)))

    def _is_event_stream(self, reply: Reply, call: Call) -> bool:
        media_type = reply.headers.get("content-type", "").lower()
        if not 200 <= reply.response.status < 300 or not media_type.startswith(_EVENT_STREAM):
            return False
        self.engine.note(self.engine.answer(reply, call))
        return True

    def _is_over(self, call: Call) -> bool:
        remaining = self.engine.remaining(call)
        return remaining is not None and remaining <= _TIMER_SLACK

    def _gave_up(self, task_id: str, state: str) -> RequestTimeoutError:
        message = f"timed out: job {task_id!r} did not end in time (its last state: {state}); it may still be running"
        return RequestTimeoutError(self.engine.options.api_key.redact(message), TIMEOUT, request_sent=True)


def _shortest(*limits: Optional[float]) -> Optional[float]:
    return min((limit for limit in limits if limit is not None), default=None)
