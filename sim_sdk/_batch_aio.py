"""Runs a batch in the event loop, or on an executor of the user's."""

import asyncio
import inspect
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Optional, TypeVar

from ._batch import Job, Outcome, Prepare, Schedule, tell_abandoned
from ._batch_run import Start, Told, prepared
from ._calls import Execution
from ._clock import Clock
from .batch import BatchResult, OnProgress

_T = TypeVar("_T")

AsyncStart = Callable[[Execution], Awaitable[Outcome]]


async def run_batch(
    schedule: Schedule, prepare: Prepare, start: AsyncStart, clock: Clock, on_progress: Optional[OnProgress]
) -> AsyncIterator[BatchResult]:
    """Start jobs as the schedule says and hand out results as it says. A cancellation cancels what runs."""
    running: Dict[asyncio.Task[Outcome], Job] = {}
    finished: asyncio.Queue[Optional[asyncio.Task[Outcome]]] = asyncio.Queue()
    try:
        while True:
            step = schedule.next(clock.monotonic())
            if step is None:
                return
            if isinstance(step, Job):
                task = asyncio.ensure_future(_outcome(step, prepare, start))
                running[task] = step
                task.add_done_callback(finished.put_nowait)
                continue
            if not running:
                await _maybe(clock.sleep(step.seconds or 0.0))
                continue
            ended = await _first(finished, step.seconds)
            if ended is None:
                continue
            schedule.finish(running.pop(ended), ended.result(), clock.monotonic())
            if on_progress is not None and not schedule.stopped:
                try:
                    await _maybe(on_progress(schedule.progress()))
                except Exception as error:
                    schedule.stop(error)
            while schedule.ready:
                yield schedule.ready.popleft()
    except BaseException:
        tell_abandoned([*schedule.started(), *(result.index for result in schedule.held_back())])
        raise
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def outcome_of_executor(start: Start, execution: Execution) -> Outcome:
    """What becomes of a job on an executor. A cancellation takes it back where it has not begun."""
    told = Told()
    start(execution, told)
    outcome: Outcome = await asyncio.wrap_future(told)
    return outcome


async def _first(queue: "asyncio.Queue[Optional[_T]]", seconds: Optional[float]) -> Optional[_T]:
    """What comes first, or None when so many seconds have passed.

    `asyncio.wait_for` forgets, before Python 3.12, a cancellation that comes together with what it waits for.
    """
    if seconds is None:
        return await queue.get()
    timer = asyncio.get_running_loop().call_later(seconds, queue.put_nowait, None)
    try:
        return await queue.get()
    finally:
        timer.cancel()


async def _outcome(job: Job, prepare: Prepare, start: AsyncStart) -> Outcome:
    execution = prepared(job, prepare)
    if not isinstance(execution, Execution):
        return execution
    try:
        return await start(execution)
    except Exception as error:
        return error


async def _maybe(value: Any) -> None:
    if inspect.isawaitable(value):
        await value
