"""What the commands show, in whatever form."""

from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Optional, Protocol

from sim_sdk._calls import OnStatus
from sim_sdk._clock import Clock
from sim_sdk.errors import SimStudioError
from sim_sdk.results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus
from sim_sdk.streams import WorkflowStream

from .batch.standing import Found, Standing
from .failures import Failure
from .settings import Settings
from .webhook.delivery import Delivery, Sent

if TYPE_CHECKING:
    from sim_api.v1.models import LogDetail, LogEntry, LogPage


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

    def waiting(self, what: str, limit: Optional[float] = None) -> ContextManager[None]:
        """Show that something is waited for, for `limit` seconds at most."""
        ...

    def pause(self, seconds: float, what: str) -> None:
        """Wait until it is time to look at something again."""

    def stopped(self) -> None:
        """Go on after Ctrl-C has ended what would have gone on for ever."""

    def following(self, limit: Optional[float]) -> ContextManager[OnStatus]:
        """Show how far a job is; what it gives takes each status. It is given up after `limit` seconds."""
        ...

    def job(self, job: Dict[str, Any]) -> None:
        """Show a job's status."""

    def status(self, status: WorkflowStatus) -> None:
        """Show whether a workflow is deployed."""

    def limits(self, limits: UsageLimits) -> None:
        """Show rate limits and usage."""

    def logs(self, page: "LogPage") -> None:
        """Show a page of logs."""

    def log_entries(self) -> "Callable[[LogEntry], None]":
        """Begin to show logs one by one, by what it gives."""
        ...

    def log(self, log: "LogDetail", *, data: bool) -> None:
        """Show one execution, with what its blocks received and gave where `data` is asked for."""

    def listening(self, url: str) -> None:
        """Show where webhook deliveries are received."""

    def delivery(self, delivery: Delivery) -> None:
        """Show a webhook delivery that was received."""

    def sent(self, sent: Sent) -> None:
        """Show what a receiver answered to a webhook delivery."""

    def configuration(self, settings: Settings) -> None:
        """Show what is configured."""

    def warning(self, message: str) -> None:
        """Show what keeps nothing from going on, and ought to be known."""

    def retry(self, error: SimStudioError, seconds: float) -> None:
        """Show what the server said to a try, before the next one."""

    def batch_found(self, standing: Standing, found: Found) -> None:
        """Show what earlier runs of a batch left."""

    def batch(self, standing: Standing) -> ContextManager[Callable[[], None]]:
        """Show how far a batch is; what it gives is called when that has changed."""
        ...

    def batch_ended(self, standing: Standing, failed: str) -> None:
        """Show how a batch ended; the items that failed are in the file `failed`."""

    def failure(self, failure: Failure, hint: Optional[str] = None) -> None:
        """Show why there is no result, and what to try."""
