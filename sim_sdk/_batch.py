"""Which item of a batch is sent when: pure decisions, shared by both clients.

One rate limit holds for all items: when one of them meets it, all wait, and then begin again one by one.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Callable, Deque, Dict, Iterable, Iterator, List, Optional, Sized, Tuple, Union

from ._calls import Execution
from ._logging import logger
from .batch import BatchProgress, BatchResult
from .errors import SimStudioError
from .results import WorkflowExecutionResult
from .retry import RetryPolicy, execution_retryable

# Results that wait for an earlier one are kept; this bounds how many, as a multiple of the concurrency.
_ORDERED_LEAD = 16

_NAMED = 20  # items, in a log line


@dataclass(frozen=True)
class Job:
    """One item, on its way; `problem` is what is wrong with one that is no pair."""

    index: int
    workflow_id: str
    input_data: Any
    tries: int = 0
    problem: Optional[Exception] = None


@dataclass(frozen=True)
class Wait:
    """Nothing may be started now: wait for what runs, or for so many seconds (None: for what runs alone)."""

    seconds: Optional[float]


Outcome = Union[WorkflowExecutionResult, Exception]
Prepare = Callable[[Job], Execution]


class Schedule:
    """The state of a batch.

    Args:
        items: Pairs of workflow id and input; read as they are needed.
        max_concurrency: How many items run at once at most.
        ordered: Whether results come in the order of the items.
        policy: How often and how long an item that met a limit is tried again.

    Attributes:
        ready: Results to be handed out. They are here until they are, so that no interruption loses them.
    """

    def __init__(
        self, items: Iterable[Tuple[str, Any]], max_concurrency: int, ordered: bool, policy: RetryPolicy
    ) -> None:
        self.ready: Deque[BatchResult] = deque()
        try:
            self._items: Iterator[Tuple[int, Tuple[str, Any]]] = enumerate(items)
        except TypeError as error:
            raise TypeError(f"items: {error}") from None
        self._total = len(items) if isinstance(items, Sized) else None
        self._policy = policy
        self._max_concurrency = max_concurrency
        self._allowed = max_concurrency
        self._ordered = ordered
        self._again: Deque[Job] = deque()
        self._running: Dict[int, Job] = {}
        self._exhausted = False
        self._broken: Optional[Exception] = None
        self._paused_until = 0.0
        self._pauses = 0
        self._early: Dict[int, BatchResult] = {}
        self._yielded = 0
        self._succeeded = 0
        self._failed = 0

    def next(self, now: float) -> Union[Job, Wait, None]:
        """What to do: start a job, wait, or (None) nothing any more. `now` is on the monotonic clock.

        Raises:
            Exception: What `stop` was told, or what the items raised, when all that had been read of them has ended.
        """
        if len(self._running) < self._allowed and now >= self._paused_until:
            job = self._next_job()
            if job is not None:
                self._running[job.index] = job
                return job
        if self._running:
            paused = self._paused_until - now
            return Wait(paused if paused > 0 and len(self._running) < self._allowed else None)
        if self._exhausted and not self._again:
            if self._broken is not None:
                raise self._broken
            return None
        return Wait(max(0.0, self._paused_until - now))

    def stop(self, error: Exception) -> None:
        """Read no more items; `error` is raised when those that were read have ended."""
        self._exhausted = True
        self._broken = self._broken or error

    @property
    def stopped(self) -> bool:
        """Whether it was."""
        return self._broken is not None

    def finish(self, job: Job, outcome: Outcome, now: float) -> None:
        """Take what became of a job, its result becomes ready, unless it is to be tried again."""
        del self._running[job.index]
        if isinstance(outcome, SimStudioError):
            wait = self._wait(outcome, job)
            if wait is not None:
                self._pause(now, now + wait)
                self._again.append(replace(job, tries=job.tries + 1))
                return
        else:
            self._resume()
        self._make_ready(self._result(job, outcome))

    def progress(self) -> BatchProgress:
        """Where the batch stands."""
        return BatchProgress(self._succeeded, self._failed, len(self._running), self._total)

    def held_back(self) -> List[BatchResult]:
        """Results that have not been handed out, also those that wait for an earlier one."""
        return [*self.ready, *(self._early[index] for index in sorted(self._early))]

    def started(self) -> List[int]:
        """The indexes of the items that were started and have not ended."""
        return sorted(self._running)

    def _next_job(self) -> Optional[Job]:
        if self._again:
            return self._again.popleft()
        if self._exhausted or (self._ordered and self._is_too_far_ahead()):
            return None
        try:
            index, item = next(self._items)
        except StopIteration:
            self._exhausted = True
            return None
        except Exception as error:
            self.stop(error)
            return None
        return _job(index, item)

    def _is_too_far_ahead(self) -> bool:
        return len(self._early) >= _ORDERED_LEAD * self._max_concurrency

    def _wait(self, error: SimStudioError, job: Job) -> Optional[float]:
        if job.tries >= self._policy.max_retries:
            return None
        # How long to wait without a hint depends on how often all of them had to, not on this item alone.
        steps = min(self._pauses, self._policy.max_retries - 1)
        return self._policy.wait(error, steps, execution_retryable)

    def _pause(self, now: float, until: float) -> None:
        if now >= self._paused_until:
            self._pauses += 1  # what was under way when the limit was met belongs to the same pause
        self._paused_until = max(until, self._paused_until)
        self._allowed = 1

    def _resume(self) -> None:
        """After each answer one more at a time, so that the next window is not met by all at once."""
        self._pauses = 0
        self._allowed = min(self._max_concurrency, self._allowed + 1)

    def _result(self, job: Job, outcome: Outcome) -> BatchResult:
        result = as_result(job, outcome)
        if result.success:
            self._succeeded += 1
        else:
            self._failed += 1
        return result

    def _make_ready(self, result: BatchResult) -> None:
        if not self._ordered:
            self.ready.append(result)
            return
        self._early[result.index] = result
        while self._yielded in self._early:
            self.ready.append(self._early[self._yielded])
            del self._early[self._yielded]
            self._yielded += 1


def _job(index: int, item: Any) -> Job:
    # A str of two letters could be unpacked as well, and a dict of two keys.
    if isinstance(item, (tuple, list)) and len(item) == 2:
        return Job(index, *item)
    got = f"{len(item)} values" if isinstance(item, (tuple, list)) else type(item).__name__
    problem = TypeError(f"items[{index}]: expected a pair of a workflow's id and its input, got {got}")
    return Job(index, "", item, problem=problem)


def as_result(job: Job, outcome: Outcome) -> BatchResult:
    """What a job's outcome is to the user."""
    if isinstance(outcome, WorkflowExecutionResult):
        return BatchResult(job.index, job.workflow_id, job.input_data, outcome, None)
    return BatchResult(job.index, job.workflow_id, job.input_data, None, outcome)


def tell_abandoned(indexes: Iterable[int]) -> None:
    """Log which items had been started when a batch was left early; nobody else will tell."""
    numbers = sorted(set(indexes))
    if numbers:
        more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
        named = ", ".join(map(str, numbers[:_NAMED])) + more
        logger.warning("a batch was left early; nobody gets the results of these items, which may have run: %s", named)
