# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .execution_metadata import ExecutionMetadata


@define(kw_only=True)
class ExecutionResult:
    """What came out of a run, whether it succeeded or not."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "execution_id": "executionId",
        "trace_spans": "traceSpans",
        "total_duration": "totalDuration",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("ExecutionMetadata",)

    success: bool
    """Whether the workflow ran to its end without an error."""
    execution_id: Optional[str] = None
    """The id of the execution in the logs. Servers of August 2026 send it."""
    output: Any = None
    """The workflow's output, any JSON value."""
    error: Optional[str] = None
    """Why the workflow failed."""
    logs: Optional[List[Any]] = None
    """What the blocks logged, in the order of their runs. Documented; known servers leave it out."""
    metadata: Optional[ExecutionMetadata] = None
    """When the run took place and how long."""
    trace_spans: Optional[List[Any]] = None
    """Times of the run, block by block. Documented; known servers leave it out."""
    total_duration: Optional[float] = None
    """Length of the run in milliseconds. Documented; known servers leave it out."""
    status: Optional[str] = None
    """How the run stands when it neither succeeded nor failed, such as paused."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
