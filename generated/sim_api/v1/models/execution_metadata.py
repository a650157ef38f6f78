# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class ExecutionMetadata:
    """Circumstances of a run."""

    __wire__: ClassVar[Mapping[str, str]] = {"start_time": "startTime", "end_time": "endTime"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    duration: Optional[float] = None
    """Length of the run in milliseconds."""
    start_time: Optional[datetime.datetime] = None
    """When the run started."""
    end_time: Optional[datetime.datetime] = None
    """When the run ended. Servers of October 2025 leave it out of a run that failed."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
