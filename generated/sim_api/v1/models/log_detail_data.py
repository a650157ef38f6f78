# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .api_limits import ApiLimits
    from .cost import Cost
    from .log_execution_data import LogExecutionData
    from .log_file import LogFile
    from .log_workflow import LogWorkflow


@define(kw_only=True)
class LogDetailData:
    """One execution in full."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "execution_id": "executionId",
        "started_at": "startedAt",
        "workflow_id": "workflowId",
        "deployment_version_id": "deploymentVersionId",
        "ended_at": "endedAt",
        "total_duration_ms": "totalDurationMs",
        "execution_data": "executionData",
        "created_at": "createdAt",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("ApiLimits", "Cost", "LogExecutionData", "LogFile", "LogWorkflow")

    id: str
    """The id of the entry."""
    execution_id: str
    """The id of the execution."""
    level: str
    """info, or error for an execution that failed."""
    trigger: str
    """What started the execution."""
    started_at: datetime.datetime
    """When the execution started."""
    workflow_id: Optional[str] = None
    """The id of the workflow; null when it was deleted since."""
    deployment_version_id: Optional[str] = None
    """The deployed version that ran, on servers of August 2026."""
    ended_at: Optional[datetime.datetime] = None
    """When it ended; null while it runs."""
    total_duration_ms: Optional[float] = None
    """How long it took, in milliseconds."""
    workflow: Optional[LogWorkflow] = None
    """The workflow."""
    execution_data: Optional[LogExecutionData] = None
    """What the execution did and gave."""
    cost: Optional[Cost] = None
    """What it cost."""
    files: Optional[List[LogFile]] = None
    """Files that the execution received or made; null when there are none."""
    created_at: Optional[datetime.datetime] = None
    """When the entry was made."""
    limits: Optional[ApiLimits] = None
    """Limits, where the documentation's sample has them. Known servers send them beside data."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
