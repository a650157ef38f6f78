"""The asynchronous client: the synchronous one's surface as coroutines, asynchronous context managers and iterators.

Needs aiohttp: `pip install "sim-sdk[async]"`. What a method does is in `_calls`, for both clients.
"""

import asyncio
import dataclasses
import inspect
import warnings
from concurrent.futures import Executor
from importlib.util import find_spec
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Dict,
    Generator,
    Iterable,
    Literal,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from ._aio_driver import AsyncDriver, AsyncSystemClock
from ._base import UNSET, ClientBase
from ._batch import Outcome
from ._batch_aio import AsyncStart, outcome_of_executor, run_batch
from ._batch_run import check_helpers, start_on
from ._calls import Calls, Execution, OnStatus
from ._clock import Clock, SystemClock
from ._engine import OnRetry
from ._flow import Flow
from ._log_calls import LogCalls, PageFlow
from ._options import Options
from ._stream_flow import StreamFlow
from .batch import BatchResult, OnProgress
from .client import SimStudioClient
from .events import BlockChunk, StreamEvent
from .logs import LogFilters, Logs
from .results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus
from .retry import RetryPolicy
from .streams import WorkflowStream

if TYPE_CHECKING:
    import sys

    from sim_api.aio_transport import AsyncTransport
    from sim_api.v1.models import ExecutionSnapshot, LogDetail, LogEntry, LogPage

    if sys.version_info >= (3, 11):
        from typing import Self, Unpack
    else:
        from typing_extensions import Self, Unpack

__all__ = ["AsyncLogs", "AsyncSimStudioClient", "AsyncWorkflowStream"]

_C = TypeVar("_C", bound=type)
_T = TypeVar("_T")


def _documented_as(synchronous: type) -> Callable[[_C], _C]:
    """Take the docstrings of the synchronous class: what is true of one is true of the other."""

    def take(cls: _C) -> _C:
        cls.__doc__ = synchronous.__doc__
        for name, member in vars(cls).items():
            twin = inspect.getattr_static(synchronous, name, None)
            if twin is not None and getattr(member, "__doc__", None) is None:
                member.__doc__ = twin.__doc__
        return cls

    return take


class _Connections:
    """The transport that a client and its copies share; made with the first request."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._transport: Optional[AsyncTransport] = None

    def transport(self) -> "AsyncTransport":
        if self._transport is None:
            from sim_api.aio_transport import AsyncTransport

            made = AsyncTransport(proxy=self._options.proxy, ssl_context=self._options.ssl_context)
            self._transport = self._transport or made  # another thread may have been quicker to load the module
        return self._transport

    async def close(self) -> None:
        if self._transport is not None:
            await self._transport.close()


@_documented_as(WorkflowStream)
class AsyncWorkflowStream:
    def __init__(self, opening: "Callable[[], Flow[StreamFlow]]", driver: AsyncDriver, calls: Calls) -> None:
        self._opening: Optional[Callable[[], Flow[StreamFlow]]] = opening
        self._driver = driver
        self._calls = calls
        self._flow: Optional[StreamFlow] = None
        self._closed = False
        self._lock: Optional[asyncio.Lock] = None

    def __aiter__(self) -> "AsyncWorkflowStream":
        return self

    async def __anext__(self) -> StreamEvent:
        flow = self._flow or await self._opened()
        event = next(flow.at_hand, None) or await self._run_alone(flow.next_event())
        if event is None:
            raise StopAsyncIteration
        return event

    @property
    def text(self) -> AsyncIterator[str]:
        return (event.chunk async for event in self if isinstance(event, BlockChunk))

    @property
    def result(self) -> Awaitable[WorkflowExecutionResult]:
        return self._drain()

    async def close(self) -> None:
        self._opening = None
        self._closed = True
        if self._flow is not None:
            self._flow.close()

    async def __aenter__(self) -> "AsyncWorkflowStream":
        await self._opened()
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()

    def __await__(self) -> "Generator[Any, Any, AsyncWorkflowStream]":
        """Open the stream without a context manager; close it yourself."""
        return self.__aenter__().__await__()

    def __del__(self) -> None:
        flow: Optional[StreamFlow] = getattr(self, "_flow", None)
        if flow is not None and not flow.closed:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, stacklevel=2, source=self)
            flow.close()

    async def _opened(self) -> StreamFlow:
        return await self._run_alone(self._open())

    def _open(self) -> Flow[StreamFlow]:
        """The stream, opened once: each opening is a run, whichever task asks for it, and however it ended."""
        if self._flow is None:
            opening, self._opening = self._opening, None
            if opening is None:
                raise ValueError("the stream was closed before it was opened, or could not be opened")
            self._flow = yield from opening()
            if self._closed:  # by another task meanwhile
                self._flow.close()
        return self._flow

    async def _drain(self) -> WorkflowExecutionResult:
        return await self._run_alone(self._calls.drain(await self._opened()))

    async def _run_alone(self, flow: Flow[_T]) -> _T:
        """Run a flow while no other task runs one: each would get a part of what the other needs."""
        self._lock = self._lock or asyncio.Lock()  # made here, because Python 3.8 binds it to an event loop
        async with self._lock:
            return await self._driver.run(flow)


@_documented_as(Logs)
class AsyncLogs:
    def __init__(self, calls: Calls, driver: AsyncDriver) -> None:
        self._calls = LogCalls(calls)
        self._driver = driver

    async def list(self, *, workspace_id: str, **filters: "Unpack[LogFilters]") -> "LogPage":
        return await self._driver.run(self._calls.list(workspace_id, filters))

    def iter(self, *, workspace_id: str, **filters: "Unpack[LogFilters]") -> "AsyncIterator[LogEntry]":
        return self._entries(PageFlow(self._calls, workspace_id, filters))

    async def get(self, log_id: str) -> "LogDetail":
        return await self._driver.run(self._calls.get(log_id))

    async def get_execution(self, execution_id: str) -> "ExecutionSnapshot":
        return await self._driver.run(self._calls.get_execution(execution_id))

    async def _entries(self, pages: PageFlow) -> "AsyncIterator[LogEntry]":
        while True:
            page = await self._driver.run(pages.next_page())
            if page is None:
                return
            for entry in page.data:
                yield entry


@_documented_as(SimStudioClient)
class AsyncSimStudioClient(ClientBase):
    def _connect(self, options: Options) -> None:
        if find_spec("aiohttp") is None:
            raise ImportError('AsyncSimStudioClient needs aiohttp: pip install "sim-sdk[async]"')
        self._connections = _Connections(options)

    def _drive(self, options: Options) -> None:
        self._driver = AsyncDriver(self._connections.transport, options.clock)

    @staticmethod
    def _system_clock() -> Clock:
        return AsyncSystemClock()

    @overload
    async def execute_workflow(
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
    async def execute_workflow(
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
    async def execute_workflow(
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

    async def execute_workflow(
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
        execution = self._prepare(workflow_id, input_data, input, timeout, stream, selected_outputs, async_execution)
        return await self._driver.run(self._calls.execute(execution))

    async def execute_workflow_sync(
        self,
        workflow_id: str,
        input_data: Any = None,
        timeout: Optional[float] = 30.0,
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        *,
        input: Any = UNSET,
    ) -> WorkflowExecutionResult:
        execution = self._prepare(workflow_id, input_data, input, timeout, stream, selected_outputs)
        return await self._driver.run(self._calls.run(execution))

    def stream_workflow(
        self,
        workflow_id: str,
        input_data: Any = None,
        *,
        selected_outputs: Optional[Sequence[str]] = None,
        timeout: Optional[float] = None,
        first_event_timeout: Optional[float] = None,
        input: Any = UNSET,
    ) -> AsyncWorkflowStream:
        execution = self._prepare(workflow_id, input_data, input, timeout, True, selected_outputs)
        calls = self._calls
        return AsyncWorkflowStream(lambda: calls.stream(execution, first_event_timeout), self._driver, calls)

    @overload
    async def execute_with_retry(
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
    async def execute_with_retry(
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
    async def execute_with_retry(
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

    async def execute_with_retry(
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
        policy = RetryPolicy(max_retries, initial_delay, max_delay, backoff_multiplier, max_retry_after)
        execution = self._prepare(workflow_id, input_data, input, timeout, stream, selected_outputs, async_execution)
        return await self._driver.run(self._calls.execute_with_retry(execution, policy, on_retry))

    async def execute_and_wait(
        self,
        workflow_id: str,
        input_data: Any = None,
        *,
        timeout: Optional[float] = None,
        poll_interval: float = 2.0,
        on_status: Optional[OnStatus] = None,
        input: Any = UNSET,
    ) -> WorkflowExecutionResult:
        execution = self._prepare(workflow_id, input_data, input, self._engine.options.timeout, async_execution=True)
        return await self._driver.run(self._calls.execute_and_wait(execution, timeout, poll_interval, on_status))

    async def wait_for_job(
        self,
        task_id: str,
        *,
        timeout: Optional[float] = None,
        poll_interval: float = 2.0,
        on_status: Optional[OnStatus] = None,
    ) -> Dict[str, Any]:
        return await self._driver.run(self._calls.wait_for_job(task_id, timeout, poll_interval, on_status))

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
    ) -> AsyncIterator[BatchResult]:
        check_helpers(executor, on_progress)
        schedule = self._schedule(items, max_concurrency, ordered, timeout, max_retries, max_retry_after)
        start = self._start_here if executor is None else self._start_on(executor)
        return run_batch(schedule, self._preparer(timeout), start, self._driver.clock, on_progress)

    async def get_workflow_status(self, workflow_id: str) -> WorkflowStatus:
        return await self._driver.run(self._calls.get_workflow_status(workflow_id))

    async def validate_workflow(self, workflow_id: str) -> bool:
        return await self._driver.run(self._calls.validate_workflow(workflow_id))

    async def get_job_status(self, task_id: str) -> Dict[str, Any]:
        return await self._driver.run(self._calls.get_job_status(task_id))

    async def get_usage_limits(self) -> UsageLimits:
        return await self._driver.run(self._calls.get_usage_limits())

    @property
    def logs(self) -> AsyncLogs:
        return AsyncLogs(self._calls, self._driver)

    async def close(self) -> None:
        await self._connections.close()

    async def _start_here(self, execution: Execution) -> Outcome:
        return await self._driver.run(self._calls.run(execution))

    def _start_on(self, executor: Executor) -> AsyncStart:
        """On an executor a synchronous client of the same options does the work."""
        start = start_on(self._synchronous(), executor)
        return lambda execution: outcome_of_executor(start, execution)

    def _synchronous(self) -> SimStudioClient:
        twin = SimStudioClient.__new__(SimStudioClient)
        options = dataclasses.replace(self._engine.options, clock=SystemClock())
        twin._connect(options)
        twin._use(options)
        return twin

    async def __aenter__(self) -> "Self":
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()
