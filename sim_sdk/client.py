"""The synchronous client: the documented surface. What a method does is in `_calls`."""

from __future__ import annotations

from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterable,
    Iterator,
    Literal,
    Optional,
    Sequence,
    Tuple,
    Type,
    Union,
    overload,
)

from ._base import UNSET, ClientBase
from ._options import Options
from ._validate import require_no_coroutine

if TYPE_CHECKING:
    import sys
    from concurrent.futures import Executor

    from sim_api.transport import Transport

    from ._batch import Prepare, Schedule
    from ._calls import OnStatus
    from ._engine import OnRetry
    from .batch import BatchResult, OnProgress
    from .logs import Logs
    from .results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus
    from .streams import WorkflowStream

    if sys.version_info >= (3, 11):
        from typing import Self
    else:
        from typing_extensions import Self

__all__ = ["SimStudioClient"]


class _Connections:
    """The transport that a client and its copies share; made with the first request, for `import` to be quick."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._transport: Optional[Transport] = None

    def transport(self) -> Transport:
        if self._transport is None:
            from sim_api.transport import Transport

            options = self._options
            self._transport = Transport(
                pool_size=options.pool_size, proxy=options.proxy, ssl_context=options.ssl_context
            )
        return self._transport

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class SimStudioClient(ClientBase):
    __doc__ = ClientBase.__doc__

    def _connect(self, options: Options) -> None:
        self._connections = _Connections(options)

    def _drive(self, options: Options) -> None:
        from ._driver import Driver

        self._driver = Driver(self._connections.transport, options.clock)

    @overload
    def execute_workflow(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[Literal[False]] = None,
        *,
        input: Any = ...,
    ) -> WorkflowExecutionResult: ...

    @overload
    def execute_workflow(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        *,
        async_execution: Literal[True],
        input: Any = ...,
    ) -> AsyncExecutionResult: ...

    @overload
    def execute_workflow(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[bool] = None,
        *,
        input: Any = ...,
    ) -> Union[WorkflowExecutionResult, AsyncExecutionResult]: ...

    def execute_workflow(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[bool] = None,
        *,
        input: Any = UNSET,
    ) -> Union[WorkflowExecutionResult, AsyncExecutionResult]:
        """Run a workflow, wait for its result, or queue it (Python SDK page, "execute_workflow").

        Args:
            workflow_id: The workflow.
            input_data: Its input: JSON values, with file-like objects or `File` in any depth.
            timeout: Seconds for the whole call, None for no limit.
            stream: Have the output streamed and put together here; `stream_workflow` gives it live.
            selected_outputs: The outputs to stream, as `blockName.attribute`.
            async_execution: Queue the run and return at once; `stream` and `selected_outputs` do nothing then.
            input: The same as `input_data`.

        Returns:
            The result, also of a workflow that failed; with `async_execution` what `wait_for_job` needs.

        Raises:
            SimStudioError: The run could not be started, or its answer was lost; `request_sent` tells which.
            TypeError, ValueError: An argument is not what it should be. Nothing was sent.
        """
        execution = self._prepare(workflow_id, input_data, input, timeout, stream, selected_outputs, async_execution)
        return self._driver.run(self._calls.execute(execution))

    def execute_workflow_sync(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        *,
        input: Any = UNSET,
    ) -> WorkflowExecutionResult:
        """Run a workflow and wait for its result. Arguments and errors as for `execute_workflow`."""
        execution = self._prepare(workflow_id, input_data, input, timeout, stream, selected_outputs)
        return self._driver.run(self._calls.run(execution))

    def stream_workflow(
        self,
        workflow_id: str,
        input_data: Any = None,
        *,
        selected_outputs: Optional[Sequence[str]] = None,
        timeout: Optional[float] = None,
        first_event_timeout: Optional[float] = None,
        input: Any = UNSET,
    ) -> WorkflowStream:
        """Run a workflow and follow its output live (Python SDK page, "Streaming").

        Use the stream as a context manager, so that its connection is closed.

        Args:
            workflow_id: The workflow.
            input_data: Its input, as for `execute_workflow`.
            selected_outputs: The outputs to stream, as `blockName.attribute`; without any, only the end is streamed.
            timeout: Seconds for the whole stream, None for no limit. The client's `idle_timeout` holds besides.
            first_event_timeout: Seconds to the first event, None for no limit.
            input: The same as `input_data`.

        Raises:
            SimStudioError: The run could not be started.
            TypeError, ValueError: An argument is not what it should be. Nothing was sent.
        """
        execution = self._prepare(workflow_id, input_data, input, timeout, True, selected_outputs)
        stream = self._driver.run(self._calls.stream(execution, first_event_timeout))
        from .streams import WorkflowStream

        return WorkflowStream(stream, self._driver, self._calls)

    @overload
    def execute_with_retry(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[Literal[False]] = None,
        max_retries: int = 3,
        initial_delay: float = 1.0,
        max_delay: float = 30.0,
        backoff_multiplier: float = 2.0,
        *,
        max_retry_after: float = 120.0,
        on_retry: Optional[OnRetry] = None,
        input: Any = ...,
    ) -> WorkflowExecutionResult: ...

    @overload
    def execute_with_retry(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        *,
        async_execution: Literal[True],
        max_retries: int = 3,
        initial_delay: float = 1.0,
        max_delay: float = 30.0,
        backoff_multiplier: float = 2.0,
        max_retry_after: float = 120.0,
        on_retry: Optional[OnRetry] = None,
        input: Any = ...,
    ) -> AsyncExecutionResult: ...

    @overload
    def execute_with_retry(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[bool] = None,
        max_retries: int = 3,
        initial_delay: float = 1.0,
        max_delay: float = 30.0,
        backoff_multiplier: float = 2.0,
        *,
        max_retry_after: float = 120.0,
        on_retry: Optional[OnRetry] = None,
        input: Any = ...,
    ) -> Union[WorkflowExecutionResult, AsyncExecutionResult]: ...

    def execute_with_retry(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[bool] = None,
        max_retries: int = 3,
        initial_delay: float = 1.0,
        max_delay: float = 30.0,
        backoff_multiplier: float = 2.0,
        *,
        max_retry_after: float = 120.0,
        on_retry: Optional[OnRetry] = None,
        input: Any = UNSET,
    ) -> Union[WorkflowExecutionResult, AsyncExecutionResult]:
        """Run a workflow; wait and try again when a limit is met (Python SDK page, "execute_with_retry").

        A run that may have begun is never sent again: only a 429, a 503 with `Retry-After`, and a connection that was
        never made are tried again. Where the server says how long to wait, that is how long it takes, with a little
        jitter on top; else 1, 2, 4 … seconds, with 25 % of jitter to both sides.

        Args:
            workflow_id: The workflow.
            input_data: Its input, as for `execute_workflow`. Files are read once.
            timeout: Seconds for each try, None for no limit.
            stream: As for `execute_workflow`.
            selected_outputs: As for `execute_workflow`.
            async_execution: As for `execute_workflow`.
            max_retries: How often it is tried again at most.
            initial_delay: The first wait, in seconds.
            max_delay: The longest wait without a hint of the server's, in seconds.
            backoff_multiplier: What each wait is multiplied by for the next one.
            max_retry_after: The longest hint that is waited for, in seconds; with a longer one the error, which carries
                it in `retry_after`, is raised at once.
            on_retry: Called before each wait, with the error and the seconds to wait.
            input: The same as `input_data`.

        Raises:
            SimStudioError: The error of the last try.
            TypeError, ValueError: An argument is not what it should be. Nothing was sent.
        """
        from .retry import RetryPolicy

        require_no_coroutine("on_retry", on_retry)
        policy = RetryPolicy(max_retries, initial_delay, max_delay, backoff_multiplier, max_retry_after)
        execution = self._prepare(workflow_id, input_data, input, timeout, stream, selected_outputs, async_execution)
        return self._driver.run(self._calls.execute_with_retry(execution, policy, on_retry))

    def execute_and_wait(
        self,
        workflow_id: str,
        input_data: Any = None,
        *,
        timeout: Optional[float] = None,
        poll_interval: float = 2.0,
        on_status: Optional[OnStatus] = None,
        input: Any = UNSET,
    ) -> WorkflowExecutionResult:
        """Queue a run, follow its job to the end, and return the result.

        Args:
            workflow_id: The workflow.
            input_data: Its input, as for `execute_workflow`.
            timeout: Seconds for all of it, None for no limit. The job goes on when they are over.
            poll_interval: Seconds before the second look at the job; the next ones come more and more rarely.
            on_status: Called with each status, as `get_job_status` returns it.
            input: The same as `input_data`.

        Raises:
            SimStudioError: The run could not be started or not be followed; then `task_id` names its job.
            TypeError, ValueError: An argument is not what it should be. Nothing was sent.
        """
        require_no_coroutine("on_status", on_status)
        execution = self._prepare(workflow_id, input_data, input, self._engine.options.timeout, async_execution=True)
        return self._driver.run(self._calls.execute_and_wait(execution, timeout, poll_interval, on_status))

    def wait_for_job(
        self,
        task_id: str,
        *,
        timeout: Optional[float] = None,
        poll_interval: float = 2.0,
        on_status: Optional[OnStatus] = None,
    ) -> Dict[str, Any]:
        """Poll a job until it is completed, failed or cancelled, and return its last status.

        Rate limits are respected. The state "unknown" that some servers report is not an end.

        Args:
            task_id: The job.
            timeout: Seconds, None for no limit. The job goes on when they are over.
            poll_interval: Seconds before the second look at the job; the next ones come more and more rarely.
            on_status: Called with each status, as `get_job_status` returns it.

        Raises:
            SimStudioError: The job could not be followed, or did not end in time (`RequestTimeoutError`).
            TypeError, ValueError: An argument is not what it should be. Nothing was sent.
        """
        require_no_coroutine("on_status", on_status)
        return self._driver.run(self._calls.wait_for_job(task_id, timeout, poll_interval, on_status))

    def execute_batch(
        self,
        items: Iterable[Tuple[str, Any]],
        *,
        max_concurrency: int = 8,
        ordered: bool = False,
        executor: Optional[Executor] = None,
        on_progress: Optional[OnProgress] = None,
        timeout: Optional[float] = 30.0,
        max_retries: int = 10,
        max_retry_after: float = 120.0,
    ) -> Iterator[BatchResult]:
        """Run many workflows at once and hand out their results as they finish.

        A failed item is a result, not the end of the batch. When an item meets a rate limit, all wait as long as the
        server says, then begin again one by one. No run that the server may have begun is sent again. Items are read
        as they are needed, so that there may be any number of them.

        What the items or `on_progress` raise starts nothing more, and is raised when all that has been read of the
        items has ended. Who leaves early (`break`, `close()`, a cancellation) starts nothing more either; what runs is
        waited for, in an event loop cancelled, and named in a logged warning, because nobody gets its results.

        Args:
            items: Pairs of a workflow's id and its input.
            max_concurrency: How many run at once at most.
            ordered: Hand out results in the order of the items.
            executor: Where to run them: threads of its own by default; any `concurrent.futures.Executor` besides
                (processes, a cluster). Outside of this process the key comes from the environment variable SIM_API_KEY
                there, not with the items; the URL of a `proxy` goes with them, also a password in it. A client that
                has an `ssl_context` cannot leave the process.
            on_progress: Called with a `BatchProgress` after each item.
            timeout: Seconds for each run, None for no limit.
            max_retries: How often an item is tried again at most after a limit was met.
            max_retry_after: The longest hint of the server's that is waited for, in seconds; with a longer one the item
                fails at once.

        Raises:
            TypeError, ValueError: An argument is not what it should be. What is wrong with an item is in its result.
            BatchInterrupted: Ctrl-C while the batch waits: what runs has been waited for, until Ctrl-C came again. It
                holds the results and says what was started. In an event loop Ctrl-C is a cancellation.
        """
        from ._batch_run import check_helpers

        check_helpers(executor, on_progress)
        require_no_coroutine("on_progress", on_progress)
        schedule = self._schedule(items, max_concurrency, ordered, timeout, max_retries, max_retry_after)
        return self._run_batch(schedule, executor, max_concurrency, self._preparer(timeout), on_progress)

    def get_workflow_status(self, workflow_id: str) -> WorkflowStatus:
        """Whether a workflow is deployed (Python SDK page, "get_workflow_status").

        Raises:
            SimStudioError: The server refuses or cannot be reached.
            TypeError, ValueError: The id is none. Nothing was sent.
        """
        return self._driver.run(self._calls.get_workflow_status(workflow_id))

    def validate_workflow(self, workflow_id: str) -> bool:
        """Whether a workflow is ready to be run (Python SDK page, "validate_workflow").

        False also where that cannot be found out; the reason is logged as a warning.

        Raises:
            TypeError, ValueError: The id is none. Nothing was sent.
        """
        return self._driver.run(self._calls.validate_workflow(workflow_id))

    def get_job_status(self, task_id: str) -> Dict[str, Any]:
        """The state of a job (Python SDK page, "get_job_status").

        Keys: `success`, `taskId`, `status` (queued, processing, completed, failed, cancelled, or unknown), `metadata`
        (`startedAt`, `completedAt`, `duration` in milliseconds), `output`, `error`, and `estimatedDuration` in
        milliseconds where the server sends it. What it leaves out is None.

        Raises:
            SimStudioError: The server refuses or cannot be reached.
            TypeError, ValueError: The id is none. Nothing was sent.
        """
        return self._driver.run(self._calls.get_job_status(task_id))

    def get_usage_limits(self) -> UsageLimits:
        """Rate limits and quota of the account (Python SDK page, "get_usage_limits").

        Raises:
            SimStudioError: The server refuses or cannot be reached.
        """
        return self._driver.run(self._calls.get_usage_limits())

    @property
    def logs(self) -> Logs:
        """Execution logs."""
        from .logs import Logs

        return Logs(self._calls, self._driver)

    def close(self) -> None:
        """Close the connections (Python SDK page, "close"). A later call opens new ones.

        Calls under way in other threads go on to their ends; those of other tasks in an event loop are cut off.
        """
        self._connections.close()

    def _run_batch(
        self,
        schedule: Schedule,
        executor: Optional[Executor],
        max_concurrency: int,
        prepare: Prepare,
        on_progress: Optional[OnProgress],
    ) -> Iterator[BatchResult]:
        from ._batch_run import OwnThreads, run_batch, start_on

        if executor is not None:
            yield from run_batch(schedule, prepare, start_on(self, executor), self._driver.clock, on_progress)
            return
        with OwnThreads(self, max_concurrency) as own:
            yield from run_batch(schedule, prepare, own.start, self._driver.clock, on_progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()
