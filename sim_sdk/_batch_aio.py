"""Runs a batch in the event loop, or on an executor of the user's."""

import asyncio
import inspect
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Optional

from ._batch import Job, Outcome, Prepare, Schedule
from ._batch_run import prepared
from ._calls import Execution
from ._clock import Clock
from .batch import BatchResult, OnProgress

AsyncStart = Callable[[Execution], Awaitable[Outcome]]


async def run_batch(
    schedule: Schedule, prepare: Prepare, start: AsyncStart, clock: Clock, on_progress: Optional[OnProgress]
) -> AsyncIterator[BatchResult]:
    """Start jobs as the schedule says and hand out results as it says. A cancellation cancels what runs."""
    running: Dict[asyncio.Task[Outcome], Job] = {}
    finished: asyncio.Queue[asyncio.Task[Outcome]] = asyncio.Queue()
    try:
        while True:
            step = schedule.next(clock.monotonic())
            if step is None:
                return
            if isinstance(step, Job):
                future = asyncio.ensure_future(_outcome(step, prepare, start))
                running[future] = step
                future.add_done_callback(finished.put_nowait)
                continue
            if not running:
                await _maybe(clock.sleep(step.seconds or 0.0))
                continue
            try:
                future = await asyncio.wait_for(finished.get(), step.seconds)
            except asyncio.TimeoutError:
                continue
            results = schedule.finish(running.pop(future), future.result(), clock.monotonic())
            if on_progress is not None:
                await _maybe(on_progress(schedule.progress()))
            for result in results:
                yield result
    finally:
        for future in running:
            future.cancel()
        await asyncio.gather(*running, return_exceptions=True)


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
