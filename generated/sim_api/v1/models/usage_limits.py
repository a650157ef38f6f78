# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .rate_limit_buckets import RateLimitBuckets
    from .storage import Storage
    from .usage import Usage


@define(kw_only=True)
class UsageLimits:
    """Limits of an account and how far they are used."""

    __wire__: ClassVar[Mapping[str, str]] = {"rate_limit": "rateLimit"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("RateLimitBuckets", "Storage", "Usage")

    success: bool
    """Whether the question could be answered."""
    rate_limit: RateLimitBuckets
    """Rate limits of workflow executions."""
    usage: Usage
    """Spending in the billing period."""
    storage: Optional[Storage] = None
    """Storage of files. Known servers send it; it is not documented."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
