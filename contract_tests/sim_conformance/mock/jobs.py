"""Background runs and how far they have come."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim_conformance.mock.behaviours import Run


class JobState(str, enum.Enum):
    """Where a job is. `UNKNOWN` is never reached by itself: real servers say it of delayed and of timed-out jobs."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


TERMINAL = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})


@dataclass
class Job:
    """A background run.

    Attributes:
        run: how the workflow runs, or ran.
        processing_seconds: from its start to its end.
        script: states to tell poll by poll instead of what the clock says; the last one stays.
        held: the furthest state it may reach by itself.
    """

    id: str
    execution_id: str
    workflow_id: str
    user_id: str
    workspace_id: str
    request_id: str
    run: Run
    created_at: float
    queued_seconds: float
    processing_seconds: float
    script: list[JobState] = field(default_factory=list[JobState])
    held: JobState | None = None
    cancelled_at: float | None = None

    @property
    def started_at(self) -> float:
        """When it leaves the queue, in epoch seconds."""
        return self.created_at + self.queued_seconds

    @property
    def began(self) -> bool:
        """Whether it ever leaves the queue."""
        return self.cancelled_at is None or self.cancelled_at >= self.started_at

    @property
    def completed_at(self) -> float:
        """When it ends, in epoch seconds."""
        return self.started_at + self.processing_seconds

    def state(self, now: float) -> JobState:
        """Where it is."""
        if self.cancelled_at is not None:
            return JobState.CANCELLED
        if self.script:
            return self.script[0]
        return self._by_clock(now)

    def poll(self, now: float) -> JobState:
        """Where it is, told to a client: a script moves on by this."""
        state = self.state(now)
        if len(self.script) > 1:
            del self.script[0]
        return state

    def cancel(self, now: float) -> None:
        """Stop it.

        Raises:
            ValueError: when it has already ended.
        """
        state = self.state(now)
        if state in TERMINAL:
            raise ValueError(f"job {self.id} is already {state.value}")
        self.cancelled_at = now

    def hold(self, furthest: JobState, now: float) -> None:
        """Let it get no further than a state, or than where it is."""
        current = self.state(now)
        if current in TERMINAL:
            return
        if furthest is JobState.PROCESSING and self.held is JobState.QUEUED:
            self.release(now)
        self.held = furthest if current is JobState.QUEUED else JobState.PROCESSING

    def release(self, now: float) -> None:
        """Let it go on: what was held back starts now."""
        if self.held is JobState.QUEUED and now > self.started_at:
            self.queued_seconds = now - self.created_at
        elif self.held is JobState.PROCESSING and now > self.completed_at:
            self.processing_seconds = now - self.started_at
        self.held = None

    def _by_clock(self, now: float) -> JobState:
        if now < self.started_at or self.held is JobState.QUEUED:
            return JobState.QUEUED
        if now < self.completed_at or self.held is JobState.PROCESSING:
            return JobState.PROCESSING
        return JobState.COMPLETED


def job_states(names: Sequence[str]) -> list[JobState]:
    """The states of those names.

    Raises:
        ValueError: for a name that is no state.
    """
    return [JobState(name) for name in names]
