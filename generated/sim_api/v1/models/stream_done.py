# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Literal, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .execution_metadata import ExecutionMetadata


@define(kw_only=True)
class StreamDone:
    """The end of a run, as the documentation shows it."""

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ("ExecutionMetadata",)

    event: Literal["done"] = "done"
    """Names the kind of the frame."""
    success: bool
    """Whether the workflow ran to its end without an error."""
    output: Any = None
    """The workflow's output, any JSON value."""
    error: Optional[str] = None
    """Why the workflow failed."""
    metadata: Optional[ExecutionMetadata] = None
    """When the run took place and how long."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
