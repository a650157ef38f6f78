# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .trace_span import TraceSpan


@define(kw_only=True)
class LogExecutionData:
    """What an execution did and gave. Servers of August 2026 add much about its circumstances."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "trace_spans": "traceSpans",
        "final_output": "finalOutput",
        "workflow_input": "workflowInput",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("TraceSpan",)

    trace_spans: Optional[List[TraceSpan]] = None
    """Times of the execution, block by block."""
    final_output: Any = None
    """The workflow's output, any JSON value."""
    workflow_input: Any = None
    """The input of the run, any JSON value, on servers of August 2026."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
