"""Batches: many runs with one client, `client.execute_batch`."""

from dataclasses import dataclass
from typing import Any, Callable, List, Optional, Tuple

from .results import WorkflowExecutionResult

__all__ = ["BatchInterrupted", "BatchProgress", "BatchResult"]


@dataclass(frozen=True)
class BatchResult:
    """What became of one item.

    Attributes:
        index: Its place among the items, from 0.
        workflow_id: Its workflow.
        input_data: Its input.
        result: What the run put out, also of a workflow that failed; None where there is an error.
        error: Why there is no result, or None. A `SimStudioError` tells in `request_sent` whether the server may have
            run it. Any other error is of the item, which was not sent, or of the executor: where a worker died, the
            server may have run it.
    """

    index: int
    workflow_id: str
    input_data: Any
    result: Optional[WorkflowExecutionResult]
    error: Optional[Exception]

    @property
    def success(self) -> bool:
        """Whether the workflow ran and succeeded."""
        return self.result is not None and self.result.success


@dataclass(frozen=True)
class BatchProgress:
    """Where a batch stands.

    Attributes:
        succeeded: Items whose workflow succeeded.
        failed: Items whose workflow failed, or that could not be run.
        running: Items that have been sent and not been answered.
        total: All items, None where that is not known beforehand.
    """

    succeeded: int
    failed: int
    running: int
    total: Optional[int]


OnProgress = Callable[[BatchProgress], Any]
"""Called after each item."""


class BatchInterrupted(KeyboardInterrupt):
    """Ctrl-C in the midst of a batch: nothing more was started, and what ran was waited for.

    Attributes:
        results: Of the items that were running and have ended meanwhile, or whose results waited for an earlier one;
            nobody else gets them.
        unanswered: The indexes of items that were sent and whose end is not known: the server may run them.
    """

    def __init__(self, results: List[BatchResult], unanswered: List[int]) -> None:
        super().__init__(f"{len(results)} more items ended; the end of {len(unanswered)} that were sent is not known")
        self.results = results
        self.unanswered = unanswered

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.results, self.unanswered)
