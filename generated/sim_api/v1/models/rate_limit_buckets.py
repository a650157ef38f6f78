# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .rate_limit_bucket import RateLimitBucket


@define(kw_only=True)
class RateLimitBuckets:
    """Rate limits of workflow executions, apart for runs that are waited for and runs in the background."""

    __wire__: ClassVar[Mapping[str, str]] = {"async_": "async", "auth_type": "authType"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("RateLimitBucket",)

    sync: RateLimitBucket
    """Runs that are waited for, streams among them."""
    async_: RateLimitBucket
    """Runs in the background."""
    auth_type: Optional[str] = None
    """How the request was authenticated, api or manual."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
