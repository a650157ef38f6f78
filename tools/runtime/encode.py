"""Python values as text of a URL or a header.

Every error names the parameter, as the API spells it, so that a request that cannot be right fails before it is sent.
"""

import datetime
import json
import re
from typing import Dict, Iterable, List, Tuple, Union, cast
from urllib.parse import quote

from .values import UNSET

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORBIDDEN_IN_HEADER = re.compile(r"[\r\n\x00]")


def path_segment(name: str, value: object) -> str:
    """Return ``value`` percent-encoded as one segment of a path.

    Raises ValueError for what would change the path's shape (an empty or dot segment, control characters), TypeError
    for a value that has no text form.
    """
    segment = text(name, value)
    if segment in ("", ".", ".."):
        raise ValueError(f"{name}: {segment!r} cannot be a part of a path")
    if _CONTROL.search(segment):
        raise ValueError(f"{name}: control characters cannot be a part of a path")
    return quote(segment, safe="")


def query_pairs(*parameters: Tuple[str, object, bool]) -> Tuple[Tuple[str, str], ...]:
    """Return the pairs of a query string from (name, value, explode) triples.

    None is left out. A list becomes one pair an item if ``explode``, else one pair with commas.
    """
    pairs: List[Tuple[str, str]] = []
    for name, value, explode in parameters:
        if value is None or value is UNSET:
            continue
        if not isinstance(value, (list, tuple)):
            pairs.append((name, text(name, value)))
            continue
        items = [text(name, item) for item in cast("Iterable[object]", value)]
        pairs.extend((name, item) for item in (items if explode else [_comma_list(name, items)]))
    return tuple(pairs)


def header_map(*parameters: Tuple[str, object]) -> Dict[str, str]:
    """Return request headers from (name, value) pairs; None is left out."""
    return {name: header(name, value) for name, value in parameters if value is not None and value is not UNSET}


def header(name: str, value: object) -> str:
    """Return ``value`` as a header's value; ValueError if it could end the header or has no place in one."""
    line = text(name, value)
    if _FORBIDDEN_IN_HEADER.search(line):
        raise ValueError(f"{name}: a header cannot hold a line break or a null character")
    try:
        line.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"{name}: a header can only hold Latin-1 characters") from None
    return line


def text(name: str, value: object) -> str:
    """Return a parameter's value as text: JSON's spelling for booleans and numbers, RFC 3339 for date-times."""
    if isinstance(value, str):
        return _encodable(name, value)
    if isinstance(value, (bool, int, float)):
        return _number(name, value)
    if isinstance(value, datetime.datetime):
        return _instant(name, value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{name}: text, a number, a boolean or a date expected, not {type(value).__name__}")


def rfc3339(value: Union[datetime.datetime, datetime.date]) -> str:
    """Spell a date or date-time as JavaScript does, in milliseconds and with ``Z``, unless it is finer than that."""
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    spelled = value.isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds")
    return spelled[:-6] + "Z" if spelled.endswith("+00:00") else spelled


def _encodable(name: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: a lone surrogate cannot be sent") from None
    return value


def _number(name: str, value: float) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        raise ValueError(f"{name}: {value} is not a number that can be sent") from None


def _instant(name: str, value: datetime.datetime) -> str:
    if value.tzinfo is None:
        # A server would read it in its own zone, which the caller does not know.
        raise ValueError(f"{name}: a date-time needs a time zone, such as datetime.timezone.utc")
    return rfc3339(value)


def _comma_list(name: str, items: List[str]) -> str:
    if any("," in item for item in items):
        raise ValueError(f"{name}: an item of a comma-separated list cannot hold a comma")
    return ",".join(items)
