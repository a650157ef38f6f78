# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .file_input_type import FileInputType


@define(kw_only=True)
class FileInput:
    """A file within an input. Servers take files of up to 20 MB."""

    __wire__: ClassVar[Mapping[str, str]] = {"type_": "type"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("FileInputType",)

    type_: FileInputType
    """Whether `data` holds the content (file) or an address to fetch it from (url)."""
    data: str
    """A data URL with the content in base64, or the address."""
    name: str
    """The file's name."""
    mime: Optional[str] = None
    """The media type of the content."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
