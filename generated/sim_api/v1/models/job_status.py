# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple, Union

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .job_error import JobError
    from .job_metadata import JobMetadata


@define(kw_only=True)
class JobStatus:
    """State of a background run."""

    __wire__: ClassVar[Mapping[str, str]] = {"task_id": "taskId", "estimated_duration": "estimatedDuration"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("JobError", "JobMetadata")

    success: bool
    """Whether the question could be answered; it says nothing about the workflow."""
    task_id: str
    """The id of the job."""
    status: str
    """State of the job. completed, failed and cancelled are final; pending is what servers of August 2026 say for
    queued; unknown, on those of October 2025, is a job that has not finished. Others may come.
    """
    metadata: Optional[JobMetadata] = None
    """Circumstances of the job."""
    output: Any = None
    """What the job gave, any JSON value; null or absent until it has completed."""
    error: Optional[Union[str, JobError]] = None
    """Why the job failed."""
    estimated_duration: Optional[int] = None
    """How long the job is expected to take, in milliseconds, while it is queued or processing."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
