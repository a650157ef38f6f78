# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .cost import Cost
    from .log_file import LogFile
    from .rate_limit_buckets import RateLimitBuckets
    from .trace_span import TraceSpan
    from .usage import Usage


@define(kw_only=True)
class WebhookData:
    """An execution that has ended. What the webhook was not configured to include is absent."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "execution_id": "executionId",
        "workflow_id": "workflowId",
        "started_at": "startedAt",
        "ended_at": "endedAt",
        "total_duration_ms": "totalDurationMs",
        "final_output": "finalOutput",
        "trace_spans": "traceSpans",
        "rate_limits": "rateLimits",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("Cost", "LogFile", "RateLimitBuckets", "TraceSpan", "Usage")

    execution_id: str
    """The id of the execution."""
    status: str
    """How the execution ended, success or error."""
    workflow_id: Optional[str] = None
    """The id of the workflow."""
    level: Optional[str] = None
    """info, or error for an execution that failed."""
    trigger: Optional[str] = None
    """What started the execution."""
    started_at: Optional[datetime.datetime] = None
    """When it started."""
    ended_at: Optional[datetime.datetime] = None
    """When it ended."""
    total_duration_ms: Optional[float] = None
    """How long it took, in milliseconds."""
    cost: Optional[Cost] = None
    """What it cost."""
    files: Optional[List[LogFile]] = None
    """Files that the execution received or made; null when there are none."""
    final_output: Any = None
    """The workflow's output, any JSON value."""
    trace_spans: Optional[List[TraceSpan]] = None
    """Times of the execution, block by block."""
    rate_limits: Optional[RateLimitBuckets] = None
    """Rate limits of workflow executions."""
    usage: Optional[Usage] = None
    """Spending in the billing period."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
