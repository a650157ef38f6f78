# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""JSON texts to Python values: by orjson where it is installed, by the standard library else, with the same results."""

import json
from functools import lru_cache
from typing import Any, Callable, Optional, Union

__all__ = ("loads",)


@lru_cache(maxsize=None)
def by_orjson() -> Optional[Callable[[bytes], Any]]:
    """What orjson reads with, None where it is not installed. It is loaded with the first text, not at import."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson.loads


_decode_first = json.JSONDecoder().raw_decode

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
        return _by_standard_library(text)
    quick = by_orjson()
    if quick is not None and _MANY_DIGITS not in text.translate(_DIGITS):
        try:
            return quick(text)
        except ValueError:
            pass  # it may be one of the forms that only the standard library reads
    if text[:1] in _OPENING and text[1:2] != b"\0":
        return _by_standard_library(text.decode("utf-8", "surrogatepass"))
    return json.loads(text)  # finds out in which encoding it is


def _by_standard_library(text: str) -> Any:
    try:
        value, end = _decode_first(text)
    except ValueError:
        pass  # there may be space before it
    else:
        if end == len(text):
            return value
    return json.loads(text)
