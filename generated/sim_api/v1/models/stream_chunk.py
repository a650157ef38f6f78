# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class StreamChunk:
    """A piece of a block's output. Text comes piece by piece; any other output is one piece of indented JSON. The first
    piece of each output after the first starts with a blank line.
    """

    __wire__: ClassVar[Mapping[str, str]] = {"block_id": "blockId"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    block_id: str
    """The block that the piece comes from."""
    chunk: str
    """The piece, to be put behind the ones before it."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
