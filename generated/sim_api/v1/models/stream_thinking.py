# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Literal, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class StreamThinking:
    """A piece of what an agent's model thinks. Only under agent-events-v1, with includeThinking in the request."""

    __wire__: ClassVar[Mapping[str, str]] = {"block_id": "blockId"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    event: Literal["thinking"] = "thinking"
    """Names the kind of the frame."""
    block_id: str
    """The agent block."""
    data: Optional[str] = None
    """The piece, to be put behind the ones before it."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
