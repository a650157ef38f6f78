# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .webhook_data import WebhookData
    from .webhook_links import WebhookLinks


@define(kw_only=True)
class WebhookEvent:
    """What Sim tells when an execution has ended."""

    __wire__: ClassVar[Mapping[str, str]] = {"type_": "type"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("WebhookData", "WebhookLinks")

    id: str
    """The id of the event."""
    type_: str
    """The kind of the event."""
    timestamp: int
    """When the event was made, in milliseconds since the epoch."""
    data: WebhookData
    """The execution."""
    links: Optional[WebhookLinks] = None
    """Where to read more about it."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
