# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class JobMetadata:
    """Circumstances of a job."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "started_at": "startedAt",
        "completed_at": "completedAt",
        "workflow_id": "workflowId",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    started_at: Optional[datetime.datetime] = None
    """When the job started to run."""
    completed_at: Optional[datetime.datetime] = None
    """When the job ended."""
    duration: Optional[float] = None
    """How long the job ran, in milliseconds."""
    workflow_id: Optional[str] = None
    """The id of the workflow, on servers of August 2026."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
