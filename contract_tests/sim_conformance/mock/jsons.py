"""JSON as Sim writes it: compact, UTF-8, key order kept."""

import json
import math
from collections.abc import Mapping
from typing import Any, TypeGuard

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict."""


def encode(value: Json) -> bytes:
    """The value as compact UTF-8 JSON."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    # Half a surrogate pair has no UTF-8; as in JavaScript, only such characters are escaped.
    return text.encode(errors="backslashreplace")


def decode(text: bytes) -> Json:
    """The JSON value, read as strictly as JavaScript does.

    Raises:
        ValueError: when it is not JSON, or too deep.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("too deep") from error


def indented(value: Json) -> str:
    """The value as the text in which a stream shows an output that is not text."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def as_object(value: Json) -> dict[str, Json] | None:
    """The value where it is a JSON object, else None."""
    return value if is_object(value) else None


def as_array(value: Json) -> list[Json] | None:
    """The value where it is a JSON array, else None."""
    return value if is_array(value) else None


def is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Json) -> TypeGuard[list[Json]]:
    """Whether the value is a JSON array."""
    return isinstance(value, list)


def without_none(value: Mapping[str, Json]) -> dict[str, Json]:
    """The object without its keys whose value is None."""
    return {key: item for key, item in value.items() if item is not None}


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float | None:
    # What is too large for a number becomes null when JavaScript writes it.
    number = float(text)
    return number if math.isfinite(number) else None
