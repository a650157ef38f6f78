# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class Usage:
    """Spending in the billing period."""

    __wire__: ClassVar[Mapping[str, str]] = {"current_period_cost": "currentPeriodCost", "is_exceeded": "isExceeded"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    current_period_cost: float
    """Spent so far, in US dollars."""
    limit: float
    """The most that may be spent, in US dollars."""
    plan: str
    """The plan of the account, such as free or pro."""
    is_exceeded: Optional[bool] = None
    """Whether the limit is spent. It is there in the logs' limits."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
