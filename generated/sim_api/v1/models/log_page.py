# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .api_limits import ApiLimits
    from .log_entry import LogEntry


@define(kw_only=True)
class LogPage:
    """One page of log entries."""

    __wire__: ClassVar[Mapping[str, str]] = {"next_cursor": "nextCursor"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("ApiLimits", "LogEntry")

    data: List[LogEntry]
    """The entries, in the order that was asked for."""
    next_cursor: Optional[str] = None
    """Where the next page starts; absent on the last page."""
    limits: Optional[ApiLimits] = None
    """Limits of workflow executions and spending."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
