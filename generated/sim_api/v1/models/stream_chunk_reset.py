# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Literal, Mapping, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class StreamChunkReset:
    """What was streamed of a block so far is void; its output starts anew. Only under agent-events-v1."""

    __wire__: ClassVar[Mapping[str, str]] = {"block_id": "blockId"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    event: Literal["chunk_reset"] = "chunk_reset"
    """Names the kind of the frame."""
    block_id: str
    """The block whose text is void."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
