# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .async_execution_links import AsyncExecutionLinks


@define(kw_only=True)
class AsyncExecution:
    """Where to follow a run that was queued, in the documented form or in that of August 2026."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "task_id": "taskId",
        "created_at": "createdAt",
        "async_": "async",
        "job_id": "jobId",
        "execution_id": "executionId",
        "status_url": "statusUrl",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("AsyncExecutionLinks",)

    success: bool
    """Whether the run was queued."""
    task_id: Optional[str] = None
    """The id of the job."""
    status: Optional[str] = None
    """State of the job, queued at this time."""
    created_at: Optional[datetime.datetime] = None
    """When the job was made."""
    links: Optional[AsyncExecutionLinks] = None
    """Addresses of the job."""
    async_: Optional[bool] = None
    """Always true. Servers of August 2026 send it."""
    job_id: Optional[str] = None
    """The id of the job on servers of August 2026. It holds a colon."""
    execution_id: Optional[str] = None
    """The id of the execution in the logs, on servers of August 2026."""
    message: Optional[str] = None
    """A sentence for people."""
    status_url: Optional[str] = None
    """The absolute address of the job's state, on servers of August 2026."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
