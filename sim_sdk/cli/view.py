"""What the commands show, in whatever form."""

from typing import TYPE_CHECKING, Any, ContextManager, Dict, Optional, Protocol

from sim_sdk._calls import OnStatus
from sim_sdk._clock import Clock
from sim_sdk.results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus
from sim_sdk.streams import WorkflowStream

from .failures import Failure

if TYPE_CHECKING:
    from sim_api.v1.models import LogPage


class View(Protocol):
    """Where the commands put what they got. Results go to standard output, all else to standard error."""

    @property
    def clock(self) -> Clock:
        """The clock for clients, which may show the waiting."""
        ...

    def result(self, result: WorkflowExecutionResult, task_id: Optional[str] = None) -> None:
        """Show how a run ended, of a job where `task_id` names one."""

    def stream(self, stream: WorkflowStream) -> WorkflowExecutionResult:
        """Show a run while it is streamed, and return its result."""
        ...

    def queued(self, queued: AsyncExecutionResult) -> None:
        """Show a run that was queued and is not followed."""

    def following(self) -> ContextManager[OnStatus]:
        """Show how far a job is; what it gives takes each status."""
        ...

    def job(self, job: Dict[str, Any]) -> None:
        """Show a job's status."""

    def status(self, status: WorkflowStatus) -> None:
        """Show whether a workflow is deployed."""

    def limits(self, limits: UsageLimits) -> None:
        """Show rate limits and usage."""

    def logs(self, page: "LogPage") -> None:
        """Show a page of logs."""

    def failure(self, failure: Failure) -> None:
        """Show why there is no result."""
