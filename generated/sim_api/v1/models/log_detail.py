# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .api_limits import ApiLimits
    from .log_detail_data import LogDetailData


@define(kw_only=True)
class LogDetail:
    """One execution in full."""

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ("ApiLimits", "LogDetailData")

    data: LogDetailData
    """The execution."""
    limits: Optional[ApiLimits] = None
    """Limits of workflow executions and spending."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
