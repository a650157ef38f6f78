# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Literal, Mapping, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .execution_result import ExecutionResult


@define(kw_only=True)
class StreamFinal:
    """The end of a run, as known servers send it."""

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ("ExecutionResult",)

    event: Literal["final"] = "final"
    """Names the kind of the frame."""
    data: ExecutionResult
    """The result. With selected outputs its output is keyed by block id, and servers of August 2026 leave out what was
    streamed.
    """
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
