# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class RateLimitBucket:
    """One rate limit. It names limit, or requestsPerMinute and maxBurst in its place."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "reset_at": "resetAt",
        "is_limited": "isLimited",
        "requests_per_minute": "requestsPerMinute",
        "max_burst": "maxBurst",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    remaining: int
    """Runs that are left."""
    reset_at: datetime.datetime
    """When the allowance grows again."""
    is_limited: Optional[bool] = None
    """Whether a run would be refused now."""
    limit: Optional[int] = None
    """Runs that a window allows; the window is a minute."""
    requests_per_minute: Optional[int] = None
    """Runs that are added to the allowance each minute, on servers of August 2026."""
    max_burst: Optional[int] = None
    """The largest allowance, in runs, on servers of August 2026."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
