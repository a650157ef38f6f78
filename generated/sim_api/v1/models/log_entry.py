# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .cost import Cost
    from .log_file import LogFile
    from .log_workflow import LogWorkflow
    from .trace_span import TraceSpan


@define(kw_only=True)
class LogEntry:
    """One execution."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "execution_id": "executionId",
        "started_at": "startedAt",
        "workflow_id": "workflowId",
        "deployment_version_id": "deploymentVersionId",
        "ended_at": "endedAt",
        "total_duration_ms": "totalDurationMs",
        "final_output": "finalOutput",
        "trace_spans": "traceSpans",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("Cost", "LogFile", "LogWorkflow", "TraceSpan")

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
    cost: Optional[Cost] = None
    """What it cost."""
    files: Optional[List[LogFile]] = None
    """Files that the execution received or made; null when there are none."""
    workflow: Optional[LogWorkflow] = None
    """The workflow, with `details=full`."""
    final_output: Any = None
    """The workflow's output, any JSON value, with `includeFinalOutput`."""
    trace_spans: Optional[List[TraceSpan]] = None
    """Times of the execution, block by block, with `includeTraceSpans`."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
