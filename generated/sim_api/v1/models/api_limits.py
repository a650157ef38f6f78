# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .rate_limit_buckets import RateLimitBuckets
    from .usage import Usage


@define(kw_only=True)
class ApiLimits:
    """Limits of the account, sent along with logs. They are those of workflow executions; those of reading logs are in
    the response headers.
    """

    __wire__: ClassVar[Mapping[str, str]] = {"workflow_execution_rate_limit": "workflowExecutionRateLimit"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("RateLimitBuckets", "Usage")

    workflow_execution_rate_limit: Optional[RateLimitBuckets] = None
    """Rate limits of workflow executions."""
    usage: Optional[Usage] = None
    """Spending in the billing period."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
