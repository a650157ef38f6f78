# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Literal, Mapping, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class StreamErrorEvent:
    """The run could not start or, on servers of August 2026, it failed. No final frame follows; servers of October 2025
    then close the stream without its terminator.
    """

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    event: Literal["error"] = "error"
    """Names the kind of the frame."""
    error: str
    """Why."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
