# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Literal, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class StreamBlockError:
    """A block failed while its output was streamed. A final frame with the partial output follows or, on servers of
    August 2026, an error frame.
    """

    __wire__: ClassVar[Mapping[str, str]] = {"block_id": "blockId"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    event: Literal["stream_error"] = "stream_error"
    """Names the kind of the frame."""
    error: str
    """Why."""
    block_id: Optional[str] = None
    """The block that failed."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
