# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .cost import Cost


@define(kw_only=True)
class ExecutionMetadataSummary:
    """Circumstances of an execution."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "started_at": "startedAt",
        "ended_at": "endedAt",
        "total_duration_ms": "totalDurationMs",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("Cost",)

    trigger: str
    """What started the execution."""
    started_at: datetime.datetime
    """When it started."""
    ended_at: Optional[datetime.datetime] = None
    """When it ended; null while it runs."""
    total_duration_ms: Optional[float] = None
    """How long it took, in milliseconds."""
    cost: Optional[Cost] = None
    """What it cost."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
