# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class WebhookLinks:
    """Paths below `/api` of the logs of an execution."""

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    log: Optional[str] = None
    """The log entry."""
    execution: Optional[str] = None
    """The snapshot of the execution."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
