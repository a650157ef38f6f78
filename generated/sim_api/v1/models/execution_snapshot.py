# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .api_limits import ApiLimits
    from .execution_metadata_summary import ExecutionMetadataSummary
    from .workflow_state import WorkflowState


@define(kw_only=True)
class ExecutionSnapshot:
    """A workflow as it was when an execution ran."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "execution_id": "executionId",
        "workflow_state": "workflowState",
        "execution_metadata": "executionMetadata",
        "workflow_id": "workflowId",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("ApiLimits", "ExecutionMetadataSummary", "WorkflowState")

    execution_id: str
    """The id of the execution."""
    workflow_state: WorkflowState
    """The workflow."""
    execution_metadata: ExecutionMetadataSummary
    """The execution."""
    workflow_id: Optional[str] = None
    """The id of the workflow; null when it was deleted since."""
    limits: Optional[ApiLimits] = None
    """Limits of workflow executions and spending."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
