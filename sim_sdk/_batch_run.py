"""Runs a batch on an executor of the user's or on threads of its own."""

import pickle
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, Optional, Union

from ._batch import Job, Outcome, Prepare, Schedule, as_result
from ._calls import Execution
from ._clock import Clock
from .batch import BatchInterrupted, BatchResult, OnProgress

if TYPE_CHECKING:
    from .client import SimStudioClient

Start = Callable[[Execution], "Future[Outcome]"]


def run_batch(
    schedule: Schedule, prepare: Prepare, start: Start, clock: Clock, on_progress: Optional[OnProgress]
) -> Iterator[BatchResult]:
    """Start jobs as the schedule says and hand out results as it says."""
    running: Dict[Future[Outcome], Job] = {}
    finished: SimpleQueue[Future[Outcome]] = SimpleQueue()
    try:
        while True:
            step = schedule.next(clock.monotonic())
            if step is None:
                return
            if isinstance(step, Job):
                future = _started(step, prepare, start)
                running[future] = step
                future.add_done_callback(finished.put)
                continue
            if not running:
                clock.sleep(step.seconds or 0.0)
                continue
            try:
                future = finished.get(timeout=step.seconds)
            except Empty:
                continue
            results = schedule.finish(running.pop(future), _outcome(future), clock.monotonic())
            if on_progress is not None:
                on_progress(schedule.progress())
            yield from results
    except KeyboardInterrupt:
        raise _wind_down(running, schedule.held_back()) from None
    finally:
        for future in running:
            future.cancel()


def start_on(client: "SimStudioClient", executor: Executor) -> Start:
    """How to start an execution: in a thread with the client itself, elsewhere with one that is made there.

    A client goes to another process without its key, which has to be in that process's environment.
    """
    if isinstance(executor, ThreadPoolExecutor):
        return lambda execution: executor.submit(_run, client, execution)
    recipe = pickle.dumps(client)
    return lambda execution: executor.submit(_run_elsewhere, recipe, execution)


def own_executor(max_concurrency: int) -> ThreadPoolExecutor:
    """Threads for a batch without an executor."""
    return ThreadPoolExecutor(max_concurrency, thread_name_prefix="sim-batch")


def prepared(job: Job, prepare: Prepare) -> Union[Execution, Exception]:
    """An item's request, or what is wrong with the item. One bad item is not the end of the batch."""
    try:
        return prepare(job)
    except (TypeError, ValueError, OSError) as error:
        return error


def _started(job: Job, prepare: Prepare, start: Start) -> "Future[Outcome]":
    execution = prepared(job, prepare)
    if isinstance(execution, Execution):
        return start(execution)
    failed: Future[Outcome] = Future()
    failed.set_result(execution)
    return failed


def _run(client: "SimStudioClient", execution: Execution) -> Outcome:
    try:
        return client._driver.run(client._calls.run(execution))
    except Exception as error:
        return error


_clients: Dict[bytes, "SimStudioClient"] = {}
_clients_lock = threading.Lock()


def _run_elsewhere(recipe: bytes, execution: Execution) -> Outcome:
    """In a worker process: with one client for all items, so that its connections are used again."""
    try:
        with _clients_lock:
            client = _clients.get(recipe)
            if client is None:
                client = _clients[recipe] = pickle.loads(recipe)
    except Exception as error:
        return error
    return _run(client, execution)


def _outcome(future: "Future[Outcome]") -> Outcome:
    try:
        return future.result()
    except Exception as error:  # the executor's own failure, such as a worker that died
        return error


def _wind_down(running: "Dict[Future[Outcome], Job]", results: List[BatchResult]) -> BatchInterrupted:
    """After Ctrl-C: what has not begun is taken back, what has is waited for, until Ctrl-C comes again."""
    begun = {future: job for future, job in running.items() if not future.cancel()}
    unanswered = sorted(job.index for job in begun.values())
    try:
        for future, job in begun.items():
            results.append(as_result(job, _outcome(future)))
            unanswered.remove(job.index)
    except KeyboardInterrupt:
        pass
    return BatchInterrupted(results, unanswered)
