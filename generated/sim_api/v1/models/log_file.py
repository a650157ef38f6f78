# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class LogFile:
    """A file that an execution received or made."""

    __wire__: ClassVar[Mapping[str, str]] = {"type_": "type", "uploaded_at": "uploadedAt", "expires_at": "expiresAt"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    name: str
    """Its name."""
    id: Optional[str] = None
    """The id of the file."""
    key: Optional[str] = None
    """Its place in the storage."""
    url: Optional[str] = None
    """Where to download it, absolute or below the server's address."""
    size: Optional[int] = None
    """Its size in bytes."""
    type_: Optional[str] = None
    """Its media type."""
    uploaded_at: Optional[datetime.datetime] = None
    """When it was stored."""
    expires_at: Optional[datetime.datetime] = None
    """When the address stops working."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
