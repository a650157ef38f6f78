# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""JSON texts to Python values: by orjson where it is installed, by the standard library else, with the same results."""

import json
from functools import lru_cache
from typing import Any, Callable, Optional, Tuple, Union, cast

__all__ = ("loads", "loads_text")


@lru_cache(maxsize=None)
def by_orjson() -> Optional[Callable[[bytes], Any]]:
    """What orjson reads with, None where it is not installed. It is loaded with the first text, not at import."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson.loads


# What raw_decode() calls, once for each text.
_scan_first: Callable[[str, int], Tuple[Any, int]] = cast(Any, json.JSONDecoder()).scan_once

# What orjson makes of an integer beyond 64 bits is a float. One that may be beyond has this many digits at least.
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_MANY_DIGITS = b"0" * 19

_OPENING = (b"{", b"[")


def loads(text: Union[bytes, str]) -> Any:
    """The value of a JSON text.

    Raises ValueError for what is no JSON, RecursionError for what is nested too deeply.
    """
    if isinstance(text, str):
        # Texts are short, events of a stream: orjson, and what makes its results the same, would take as long.
        return loads_text(text)
    quick = by_orjson()
    if quick is not None and _MANY_DIGITS not in text.translate(_DIGITS):
        try:
            return quick(text)
        except ValueError:
            pass  # it may be one of the forms that only the standard library reads
    if text[:1] in _OPENING and text[1:2] != b"\0":
        return loads_text(text.decode("utf-8", "surrogatepass"))
    return json.loads(text)  # finds out in which encoding it is


def loads_text(text: str) -> Any:
    """As `loads`, for a text that is no bytes."""
    try:
        value, end = _scan_first(text, 0)
    except (ValueError, StopIteration):
        pass  # there may be space before it
    else:
        if end == len(text):
            return value
    return json.loads(text)
