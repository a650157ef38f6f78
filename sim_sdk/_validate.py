"""Checks of arguments, made before anything is sent. Each error names the argument and what was expected."""

import math
import re
from typing import List, Optional, Sequence

_CONTROL_CHARACTER = r"[\x00-\x1f\x7f]"  # compiled with its first use, not with the SDK


def require_number(name: str, value: object) -> float:
    """A finite number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{name}: expected a number that a float can hold") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{name}: expected a finite number that is not negative, got {value!r}")
    return number


def require_timeout(name: str, value: object) -> Optional[float]:
    """A number of seconds greater than zero, or None for no limit."""
    if value is None or (type(value) is float and 0 < value < math.inf):
        return value  # as nearly every timeout: nothing more to look for
    seconds = require_number(name, value)
    if seconds == 0:
        raise ValueError(f"{name}: expected a number of seconds greater than 0, or None for no limit")
    return seconds


def require_count(name: str, value: object, minimum: int = 0) -> int:
    """A whole number, at least `minimum`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected a whole number, got {type(value).__name__}")
    if value < minimum:
        raise ValueError(f"{name}: expected a whole number of at least {minimum}, got {value}")
    return value


def require_identifier(name: str, value: object) -> str:
    """An id that can stand as one segment of a URL path."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    if not value or value in (".", ".."):
        raise ValueError(f"{name}: expected the id of a resource, got {value!r}")
    if value.isascii() and value.isprintable():
        return value  # as nearly every id: nothing more to look for
    if re.search(_CONTROL_CHARACTER, value):
        raise ValueError(f"{name}: expected an id without control characters, got {value!r}")
    if not _is_encodable(value):
        raise ValueError(f"{name}: expected an id that is valid Unicode text, got {value!r}")
    return value


def is_identifier(value: object) -> bool:
    """Whether a value that a server sent can be sent back to it as an id."""
    try:
        require_identifier("id", value)
    except (TypeError, ValueError):
        return False
    return True


def require_names(name: str, value: Optional[Sequence[str]]) -> Optional[List[str]]:
    """A list of texts, or None. One bare text is refused: it is a sequence of letters."""
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not isinstance(value, (list, tuple)):
        raise TypeError(f"{name}: expected a list of str, got {type(value).__name__}")
    for index, item in enumerate(value):
        if not isinstance(item, str):
            raise TypeError(f"{name}[{index}]: expected a str, got {type(item).__name__}")
        if not item:
            raise ValueError(f"{name}[{index}]: expected a name, got an empty str")
        if not _is_encodable(item):
            raise ValueError(f"{name}[{index}]: expected valid Unicode text, got {item!r}")
    return list(value)


def require_callable(name: str, value: object) -> None:
    """Something that can be called, or None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name}: expected a function, got {type(value).__name__}")


def require_no_coroutine(name: str, value: object) -> None:
    """No coroutine function, where nobody would await what it returns."""
    import inspect

    if inspect.iscoroutinefunction(value):
        raise TypeError(f"{name}: expected a plain function, got a coroutine function; AsyncSimStudioClient takes both")


def require_bool(name: str, value: object) -> bool:
    """True or False (None counts as False: it is the documented default)."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected a bool, got {type(value).__name__}")
    return value


def _is_encodable(text: str) -> bool:
    """Whether a text holds no lone surrogate, which UTF-8 does not have."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
