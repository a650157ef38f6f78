# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple, Union

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .error_object import ErrorObject


@define(kw_only=True)
class ErrorBody:
    """Why a request was refused or failed."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "request_id": "requestId",
        "retry_after": "retryAfter",
        "retry_after_seconds": "retryAfterSeconds",
        "reset_at": "resetAt",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ("ErrorObject",)

    error: Union[str, ErrorObject]
    """A sentence, or, on newer routes, an object that holds it."""
    code: Optional[str] = None
    """The kind of the error. Many servers leave it out or make it from the message."""
    message: Optional[str] = None
    """A longer sentence."""
    details: Any = None
    """What exactly is wrong, any JSON value; often a list of objects with path and message."""
    success: Optional[bool] = None
    """Always false, where it is there."""
    request_id: Optional[str] = None
    """The server's name for the request."""
    retry_after: Optional[float] = None
    """When to come back, in milliseconds since the epoch."""
    retry_after_seconds: Optional[float] = None
    """How long to wait, in seconds."""
    reset_at: Optional[datetime.datetime] = None
    """When requests are allowed again."""
    remaining: Optional[int] = None
    """Requests that are left."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
