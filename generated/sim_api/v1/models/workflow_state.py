# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class WorkflowState:
    """Blocks of a workflow and how they are connected."""

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    blocks: Optional[Dict[str, Any]] = None
    """The blocks, by their ids."""
    edges: Optional[List[Any]] = None
    """Connections, each from a source block to a target block."""
    loops: Optional[Dict[str, Any]] = None
    """Loops over blocks, by their ids."""
    parallels: Optional[Dict[str, Any]] = None
    """Groups of blocks that run side by side, by their ids."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
