# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class Storage:
    """Storage of files."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "used_bytes": "usedBytes",
        "limit_bytes": "limitBytes",
        "percent_used": "percentUsed",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    used_bytes: Optional[int] = None
    """Bytes in use."""
    limit_bytes: Optional[int] = None
    """Bytes that the plan allows."""
    percent_used: Optional[float] = None
    """Share in use, in percent."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
