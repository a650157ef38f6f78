# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class TraceSpan:
    """Times, input and output of the run of one block, or of the whole workflow."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "block_id": "blockId",
        "start_time": "startTime",
        "end_time": "endTime",
        "relative_start_ms": "relativeStartMs",
        "execution_order": "executionOrder",
        "input_": "input",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    id: Optional[str] = None
    """The id of the span."""
    name: Optional[str] = None
    """The name of the block."""
    type_: Optional[str] = None
    """The kind of the block, or workflow."""
    status: Optional[str] = None
    """How it ended, success or error."""
    block_id: Optional[str] = None
    """The id of the block."""
    start_time: Optional[datetime.datetime] = None
    """When it started."""
    end_time: Optional[datetime.datetime] = None
    """When it ended."""
    duration: Optional[float] = None
    """How long it took, in milliseconds."""
    relative_start_ms: Optional[float] = None
    """When it started, in milliseconds after the workflow did."""
    execution_order: Optional[int] = None
    """Its place in the order of blocks, on servers of August 2026."""
    input_: Any = None
    """What the block received, any JSON value."""
    output: Any = None
    """What the block gave, any JSON value."""
    children: Optional[List[TraceSpan]] = None
    """Spans within this one."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
