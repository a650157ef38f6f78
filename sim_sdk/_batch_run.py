"""Runs a batch on an executor of the user's or on threads of its own."""

import pickle
import threading
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Tuple, Type, Union

from ._batch import Job, Outcome, Prepare, Schedule, as_result, tell_abandoned
from ._calls import Execution
from ._clock import Clock
from ._validate import require_callable
from .batch import BatchInterrupted, BatchResult, OnProgress
from .results import WorkflowExecutionResult

if TYPE_CHECKING:
    from .client import SimStudioClient


class Told(Future):  # type: ignore[type-arg]  # Python 3.8 has no Future[...] at runtime
    """What becomes of a job: its outcome.

    It is there before the job is handed over, so that no interruption loses sight of a job.

    Attributes:
        unknown: Whether it may have been handed over and may not: an interruption came just then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unknown: bool = False
        self._theirs: Optional[Future[Outcome]] = None

    def hand_over(self, submit: "Callable[[], Future[Outcome]]") -> None:
        """Have an executor do it."""
        self.unknown = True
        try:
            self._theirs = theirs = submit()
        except Exception as error:  # of an executor that takes no more
            self.set_result(error)
        else:
            theirs.add_done_callback(self._take)
        self.unknown = False

    def _take(self, theirs: "Future[Outcome]") -> None:
        outcome = outcome_of(theirs)
        if isinstance(outcome, (WorkflowExecutionResult, Exception)):
            self.set_result(outcome)
        else:
            self.set_exception(outcome)  # Ctrl-C, which reaches processes of a pool as well

    def cancel(self) -> bool:
        """Take it back where it has not begun."""
        if self.unknown:
            return False
        return super().cancel() if self._theirs is None else self._theirs.cancel()


Start = Callable[[Execution, Told], None]


def run_batch(
    schedule: Schedule, prepare: Prepare, start: Start, clock: Clock, on_progress: Optional[OnProgress]
) -> Iterator[BatchResult]:
    """Start jobs as the schedule says and hand out results as it says.

    Whoever leaves early loses the results of what runs; what has not begun is taken back.
    """
    running: Dict[Told, Job] = {}
    finished: SimpleQueue[Any] = SimpleQueue()
    try:
        while True:
            step = schedule.next(clock.monotonic())
            if step is None:
                return
            if isinstance(step, Job):
                told = Told()
                told.add_done_callback(finished.put)
                running[told] = step
                _start(step, prepare, start, told)
                continue
            if not running:
                clock.sleep(step.seconds or 0.0)
                continue
            try:
                told = finished.get(timeout=None if step.seconds is None else min(step.seconds, threading.TIMEOUT_MAX))
            except Empty:
                continue
            schedule.finish(running[told], told.result(), clock.monotonic())
            del running[told]  # only now: an interruption finds it there, or its result with the schedule
            if on_progress is not None and not schedule.stopped:
                try:
                    on_progress(schedule.progress())
                except Exception as error:
                    schedule.stop(error)
            while schedule.ready:
                result = schedule.ready[0]
                del schedule.ready[0]
                yield result
    except KeyboardInterrupt:
        raise _wind_down(running, schedule) from None
    except BaseException:
        begun = [job.index for told, job in running.items() if not told.cancel()]
        tell_abandoned([*begun, *(result.index for result in schedule.held_back())])
        raise


def start_on(client: "SimStudioClient", executor: Executor) -> Start:
    """How to start an execution: in a thread with the client itself, elsewhere with one that is made there.

    A client goes to another process without its key, which has to be in that process's environment.
    """
    if isinstance(executor, ThreadPoolExecutor):
        return lambda execution, told: told.hand_over(lambda: executor.submit(_run, client, execution))
    recipe = pickle.dumps(client)
    return lambda execution, told: told.hand_over(lambda: executor.submit(_run_elsewhere, recipe, execution))


class OwnThreads:
    """Threads for a batch without an executor. A context manager.

    An executor would not do: it can be interrupted when it has taken a job and not yet said so. And its threads are
    waited for when the program ends, also by somebody who has pressed Ctrl-C twice.

    Args:
        client: Does the work.
        limit: How many threads there are at most.
    """

    def __init__(self, client: "SimStudioClient", limit: int) -> None:
        self._client = client
        self._limit = limit
        self._threads: List[threading.Thread] = []
        self._work: SimpleQueue[Optional[Tuple[Execution, Told]]] = SimpleQueue()

    def start(self, execution: Execution, told: Told) -> None:
        if len(self._threads) < self._limit:
            thread = threading.Thread(target=self._do, name=f"sim-batch-{len(self._threads)}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._work.put((execution, told))

    def _do(self) -> None:
        while True:
            work = self._work.get()
            if work is None:
                self._work.put(None)  # for the next thread
                return
            execution, told = work
            if told.set_running_or_notify_cancel():
                told.set_result(_run(self._client, execution))

    def __enter__(self) -> "OwnThreads":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._work.put(None)
        if isinstance(error, BatchInterrupted) and error.unanswered:
            return  # what runs has been waited for until Ctrl-C came again
        for thread in self._threads:
            thread.join()


def check_helpers(executor: Optional[Executor], on_progress: Optional[OnProgress]) -> None:
    """Refuse what would fail only when something has been sent.

    Raises:
        TypeError: They are not what they should be.
    """
    require_callable("on_progress", on_progress)
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise TypeError(f"executor: expected a concurrent.futures.Executor, got {type(executor).__name__}")


def prepared(job: Job, prepare: Prepare) -> Union[Execution, Exception]:
    """An item's request, or what is wrong with the item. One bad item is not the end of the batch."""
    if job.problem is not None:
        return job.problem
    try:
        return prepare(job)
    except Exception as error:  # a file of the user's may raise anything when it is read
        return error


def _start(job: Job, prepare: Prepare, start: Start, told: Told) -> None:
    execution = prepared(job, prepare)
    if isinstance(execution, Execution):
        start(execution, told)
    else:
        told.set_result(execution)


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


def outcome_of(future: "Future[Outcome]") -> Union[Outcome, BaseException]:
    """What became of a job; waits for it."""
    try:
        error = future.exception()
    except CancelledError as cancelled:  # by whoever shut the executor down
        return cancelled
    return future.result() if error is None else error  # the executor's own failure, such as a worker that died


def _wind_down(running: Dict[Told, Job], schedule: Schedule) -> BatchInterrupted:
    """After Ctrl-C: what has not begun is taken back, what has is waited for, until Ctrl-C comes again."""
    results = {result.index: result for result in schedule.held_back()}
    unanswered = {job.index for job in running.values()} - results.keys()
    try:
        begun = {told: job for told, job in running.items() if not told.cancel()}
        unanswered &= {job.index for job in begun.values()}
        for told, job in begun.items():
            outcome = None if told.unknown else outcome_of(told)
            if isinstance(outcome, (WorkflowExecutionResult, Exception)):
                results[job.index] = as_result(job, outcome)
                unanswered.discard(job.index)
    except KeyboardInterrupt:
        pass
    return BatchInterrupted(list(results.values()), sorted(unanswered))
