# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Python values as text of a URL or a header.

Every error names the parameter, as the API spells it, so that a request that cannot be right fails before it is sent.
"""

import datetime
import json
import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple, Union, cast
from urllib.parse import quote

from .convert import unstructure
from .typeforms import is_model
from .values import JSON_MARK, UNSET, JsonText, marked

_SEPARATORS = {"comma": ",", "space": " ", "pipe": "|"}

_UNRESERVED = re.compile(r"[A-Za-z0-9_~-]+")  # no dot: a segment of dots only means another path
# Compiled with their first use, not with the SDK.
_MARKED = f'"({JSON_MARK}[0-9a-f]+)"'
_CONTROL = r"[\x00-\x1f\x7f]"
_FORBIDDEN_IN_HEADER = r"[\r\n\x00]"


def path_segment(name: str, value: object, style: str = "") -> str:
    """Return ``value`` percent-encoded as one segment of a path.

    With a ``style`` a list or an object may be given, whose items (keys and values) have commas between; if the style
    is "=", that is what stands between a key and its value.

    Raises ValueError for what would change the path's shape (an empty or dot segment, control characters), TypeError
    for a value that has no text form.
    """
    plain = _UNRESERVED.fullmatch(value) if isinstance(value, str) else None
    if plain is not None:
        return plain.group()  # a member of an enumeration would be formatted as its name
    parts = _parts(name, value, style) if style else [[text(name, value)]]
    joined = "".join(item for part in parts for item in part)
    if joined in ("", ".", ".."):
        raise ValueError(f"{name}: {joined!r} cannot be a part of a path")
    if re.search(_CONTROL, joined):
        raise ValueError(f"{name}: control characters cannot be a part of a path")
    return ",".join("=".join([quote(item, safe="") for item in part]) for part in parts)


def query_pairs(*parameters: Tuple[str, object, str]) -> Tuple[Tuple[str, str], ...]:
    """Return the pairs of a query string from (name, value, style) triples; None is left out.

    The style says how lists and objects are written: "repeat" makes a pair of each item or key, "deep" of each key in
    brackets behind the name, and "comma", "space" and "pipe" make one pair with that between the items.
    """
    return tuple(
        pair
        for name, value, style in parameters
        if value is not None and value is not UNSET
        for pair in _pairs(name, _plain(value), style)
    )


def header_map(*parameters: Union[Tuple[str, object], Tuple[str, object, str]]) -> Dict[str, str]:
    """Return request headers from (name, value) pairs, which may have a style; None is left out."""
    headers = {}
    for parameter in parameters:
        name, value = parameter[:2]
        if value is not None and value is not UNSET:
            headers[name] = header(name, value, parameter[2] if len(parameter) == 3 else "")
    return headers


def cookie_line(*parameters: Tuple[str, object]) -> Optional[str]:
    """Return the Cookie header of (name, value) pairs, percent-encoded; None if all values are."""
    given = [(name, value) for name, value in parameters if value is not None and value is not UNSET]
    return "; ".join(f"{name}={quote(_joined(name, value, ','))}" for name, value in given) or None


def json_bytes(value: object) -> bytes:
    """Return ``value`` as JSON in UTF-8, what is written already as it is. Raises as ``json_text`` does."""
    if value is None or value is UNSET:
        return b"null"
    written = _written(value)
    if JSON_MARK not in written:
        return _utf8("JSON", written)
    pieces: List[bytes] = []
    for number, part in enumerate(re.split(_MARKED, written)):
        pieces.extend(marked(part).pieces if number % 2 else (_utf8("JSON", part),))
    return b"".join(pieces)


def json_text(value: object) -> Optional[str]:
    """Return ``value`` as JSON; None and UNSET stay None.

    Raises TypeError for a value that JSON cannot express, ValueError for NaN, infinity, lone surrogates, and what is
    nested too deeply or in itself.
    """
    if value is None or value is UNSET:
        return None
    return _encodable("JSON", _written(value))


def header(name: str, value: object, style: str = "") -> str:
    """Return ``value`` as a header's value, lists and objects with commas, in the styles of ``path_segment``.

    Raises ValueError if it could end the header or has no place in one.
    """
    line = _joined(name, value, ",", style)
    if re.search(_FORBIDDEN_IN_HEADER, line):
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
    _utf8(name, value)
    return value


def _utf8(name: str, value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: a lone surrogate cannot be sent") from None


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


def _pairs(name: str, value: object, style: str) -> Iterator[Tuple[str, str]]:
    if style == "deep":
        yield from _deep_pairs(name, value)
    elif style != "repeat":
        yield name, _joined(name, value, _SEPARATORS[style])
    elif isinstance(value, dict):
        keyed = cast("Dict[str, object]", value)
        yield from ((key, text(key, item)) for key, item in keyed.items() if item is not None)
    else:
        yield from ((name, text(name, item)) for item in _items(value))


def _deep_pairs(name: str, value: object) -> Iterator[Tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in cast("Dict[str, object]", value).items():
            yield from _deep_pairs(f"{name}[{key}]", item)
    elif value is not None:
        yield from ((name, text(name, item)) for item in _items(value))


def _joined(name: str, value: object, separator: str, style: str = "") -> str:
    """Return a value as text, the items of a list (of an object its keys and values) with ``separator`` between."""
    value = _plain(value)
    items = ["=".join(part) for part in _parts(name, value, style)]
    if isinstance(value, (list, tuple, dict)) and any(separator in item for item in items):
        raise ValueError(f"{name}: an item cannot hold {separator!r}, which stands between the items")
    return separator.join(items)


def _parts(name: str, value: object, style: str) -> List[List[str]]:
    """Return the texts of a value, of a list's items, or of an object's keys and values, in pairs if its style is =."""
    value = _plain(value)
    if not isinstance(value, dict):
        return [[text(name, item)] for item in _items(value)]
    keyed = cast("Dict[str, object]", value).items()
    pairs = [[text(name, key), text(name, item)] for key, item in keyed if item is not None]
    return pairs if style == "=" else [[part] for pair in pairs for part in pair]


def _items(value: object) -> Iterable[object]:
    return cast("Iterable[object]", value) if isinstance(value, (list, tuple)) else (value,)


def _plain(value: object) -> object:
    """Return a model as a dict."""
    return unstructure(value) if is_model(type(value)) else value


def _model(value: Any) -> Any:
    if isinstance(value, JsonText):
        return value.mark
    if not is_model(type(value)):
        raise TypeError(f"a value of type {type(value).__name__} cannot be sent as JSON")
    return unstructure(value)


def _writer() -> Callable[[object, int], Iterable[str]]:
    """What writes JSON texts in pieces, from a value and the level of its indentation.

    A ``JSONEncoder`` makes one for each text, which takes longer than to write a short one. One in C can be kept.
    """
    quick: Any = getattr(json.encoder, "c_make_encoder", None)
    try:
        write: Callable[[object, int], Iterable[str]] = quick(
            None, _model, json.encoder.encode_basestring, None, ":", ",", False, False, False
        )
    except TypeError:  # there is none, or the Python of some later day makes it from something else
        encoder = json.JSONEncoder(
            default=_model, allow_nan=False, ensure_ascii=False, check_circular=False, separators=(",", ":")
        )
        return lambda value, _: encoder.iterencode(value)
    return write


_write = _writer()


def _written(value: object) -> str:
    try:
        return "".join(_write(value, 0))
    except RecursionError:
        raise ValueError("JSON: a value that is nested too deeply, or in itself, cannot be sent") from None
