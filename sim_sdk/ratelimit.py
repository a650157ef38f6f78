"""Rate limits: what a response says of them, and how long its server asks to wait.

Pure functions of a response and the time. Servers tell the same thing in many forms (headers in epoch seconds or as
an ISO timestamp, body fields, a sentence); every form is read, none is expected.
"""

from dataclasses import dataclass
from typing import Any, Mapping, Optional

from ._timestamps import find_iso, parse_http_date, parse_iso, parse_moment, parse_number

__all__ = ["RateLimitInfo", "read_hint", "read_rate_limit"]

# A clock further from the server's than this is wrong; less is the rounding of the Date header and the way here.
_CLOCK_TOLERANCE = 2.0

# The last day that `datetime` has in every time zone, in epoch seconds. Later moments and longer waits mean "never".
_LATEST = 253_402_128_000.0  # 9999-12-30

TELLING_HEADERS = frozenset({"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"})
"""Without any of them, an answer that is no 429 tells of no rate limit."""


@dataclass
class RateLimitInfo:
    """The rate limit as the last response told it (Python SDK page, "RateLimitInfo").

    Attributes:
        limit: Requests allowed in the window; 0 where the server does not say.
        remaining: Requests left in the window; 0 where the server does not say.
        reset: When the window ends, in epoch seconds, whatever form the server sent.
        retry_after: How long the server asked to wait, in milliseconds, or None.
    """

    limit: int
    remaining: int
    reset: int
    retry_after: Optional[int] = None


def read_hint(status: int, headers: Mapping[str, str], body: Any, now: float) -> Optional[float]:
    """How long the server asks to wait before the next request, in seconds, or None where it does not say.

    The forms, in the order in which they count: `Retry-After` (seconds, also with a fraction, or an HTTP date); body
    `retryAfter`, `retryAfterSeconds` or `resetAt`, also in its `error` or `details`; `X-RateLimit-Reset` when nothing
    remains; a reset time in the message of a 429. A moment that has passed is a hint to wait 0 seconds.

    Args:
        status: The HTTP status.
        headers: The response headers, without regard to case.
        body: The parsed JSON body, of any type.
        now: The time, in epoch seconds. The server's own `Date` is used in its place where the two clocks differ.
    """
    now = _server_now(headers, now)
    after = _retry_after(headers, now)
    if after is not None:
        return after
    moment = _reset(status, headers, body, now)
    return None if moment is None else _bounded(moment - now)


def read_rate_limit(status: int, headers: Mapping[str, str], body: Any, now: float) -> Optional[RateLimitInfo]:
    """The rate limit that a response tells, or None where it tells none. Arguments as for `read_hint`."""
    now = _server_now(headers, now)
    limit = parse_number(headers.get("x-ratelimit-limit"))
    remaining = parse_number(headers.get("x-ratelimit-remaining"))
    reset = _header_reset(headers, now)
    told = _retry_after(headers, now)
    if status == 429:
        reset = _first(reset, None if told is None else now + told, _reset(status, headers, body, now))
        told = read_hint(status, headers, body, now)
        fields = body if isinstance(body, dict) else {}
        remaining = _first(remaining, parse_number(_scalar(fields.get("remaining"))))
        limit = _first(limit, parse_number(_scalar(fields.get("limit"))))
    if limit is None and remaining is None and reset is None:
        return None
    return RateLimitInfo(
        limit=int(limit or 0),
        remaining=int(remaining or 0),
        reset=int(_bounded(now if reset is None else reset)),
        retry_after=None if told is None else round(told * 1000),
    )


def _reset(status: int, headers: Mapping[str, str], body: Any, now: float) -> Optional[float]:
    """When the server says that the window ends, which may have passed."""
    moment = _body_reset(body, now)
    if moment is None and parse_number(headers.get("x-ratelimit-remaining")) == 0:
        moment = _header_reset(headers, now)
    if moment is None and status == 429:
        moment = _message_reset(body)
    return moment


def _retry_after(headers: Mapping[str, str], now: float) -> Optional[float]:
    text = headers.get("retry-after")
    if text is None:
        return None
    seconds = parse_number(text)
    if seconds is not None:
        return _bounded(seconds)
    moment = _first(parse_http_date(text), parse_iso(text))
    return None if moment is None else _bounded(moment - now)


def _body_reset(body: Any, now: float) -> Optional[float]:
    """When a body says to come back: itself, its `error`, or the details of one of them."""
    fields = body if isinstance(body, dict) else {}
    error = fields.get("error")
    inner = error if isinstance(error, dict) else {}
    places = (fields, inner, inner.get("details"), fields.get("details"))
    return _first(*(_fields_reset(place, now) for place in places if isinstance(place, dict)))


def _fields_reset(fields: Mapping[str, Any], now: float) -> Optional[float]:
    seconds = parse_number(_scalar(fields.get("retryAfterSeconds")))
    return _first(
        parse_moment(fields.get("retryAfter"), now),
        None if seconds is None else now + seconds,
        parse_moment(fields.get("resetAt"), now),
    )


def _header_reset(headers: Mapping[str, str], now: float) -> Optional[float]:
    text = headers.get("x-ratelimit-reset")
    if text is None:
        return None
    return _first(parse_moment(text, now), parse_http_date(text))


def _message_reset(body: Any) -> Optional[float]:
    if not isinstance(body, dict):
        return None
    for key in ("error", "message"):
        value = body.get(key)
        if isinstance(value, dict):
            value = value.get("message")
        moment = find_iso(value) if isinstance(value, str) else None
        if moment is not None:
            return moment
    return None


def _server_now(headers: Mapping[str, str], now: float) -> float:
    date = parse_http_date(headers.get("date", ""))
    return date if date is not None and abs(date - now) > _CLOCK_TOLERANCE else now


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), _LATEST)


def _first(*values: Optional[float]) -> Optional[float]:
    return next((value for value in values if value is not None), None)


def _scalar(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) else None
