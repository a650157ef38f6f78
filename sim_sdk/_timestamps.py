"""Points in time as servers write them, read as epoch seconds."""

import math
import re
from datetime import datetime, timezone
from typing import Optional, Union

# Numbers above these can only be epoch seconds (2001 and later) and epoch milliseconds (1973 and later).
_EPOCH_SECONDS = 1e9
_EPOCH_MILLISECONDS = 1e11

# Compiled with the first date, not with the SDK.
_ISO = r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?\s*(Z|z|[+-]\d\d:?\d\d)?"


def parse_iso(text: str) -> Optional[float]:
    """Epoch seconds of an ISO 8601 date-time (UTC where it names no zone), or None where it is none."""
    match = re.fullmatch(_ISO, text.strip())
    return _epoch(match) if match else None


def find_iso(text: str) -> Optional[float]:
    """Epoch seconds of the first ISO 8601 date-time that a sentence mentions, or None."""
    match = re.search(_ISO, text)
    return _epoch(match) if match else None


def parse_http_date(text: str) -> Optional[float]:
    """Epoch seconds of an HTTP date (RFC 9110, section 5.6.7), or None where it is none."""
    try:
        from email.utils import parsedate_to_datetime  # loaded with the first date, not with the SDK

        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def parse_number(value: Union[str, int, float, None]) -> Optional[float]:
    """A finite number that is not negative, or None."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def parse_moment(value: object, now: float) -> Optional[float]:
    """Epoch seconds of a moment in whatever form: ISO text, epoch seconds, epoch milliseconds, or seconds from now."""
    if not isinstance(value, (str, int, float)):
        return None
    number = parse_number(value)
    if number is None:
        return parse_iso(value) if isinstance(value, str) else None
    if number >= _EPOCH_MILLISECONDS:
        return number / 1000
    return number if number >= _EPOCH_SECONDS else now + number


def _epoch(match: "re.Match[str]") -> Optional[float]:
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in (None, "Z", "z") else zone if ":" in zone else zone[:3] + ":" + zone[3:]
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}{offset}").timestamp()
    except (ValueError, OverflowError):
        return None
    return whole + (float("0." + fraction) if fraction else 0.0)
