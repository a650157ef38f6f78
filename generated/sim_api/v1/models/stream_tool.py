# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Literal, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class StreamTool:
    """An agent's call of a tool starts or ends. Only under agent-events-v1, with includeToolCalls in the request."""

    __wire__: ClassVar[Mapping[str, str]] = {"block_id": "blockId"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    event: Literal["tool"] = "tool"
    """Names the kind of the frame."""
    block_id: str
    """The agent block."""
    phase: Optional[str] = None
    """Whether the call starts or ends."""
    id: Optional[str] = None
    """The id of the call, the same at its start and its end."""
    name: Optional[str] = None
    """The name of the tool."""
    status: Optional[str] = None
    """How the call ended."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
