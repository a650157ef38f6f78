"""Checks of what a mock is told to do: much of it comes from JSON, where anything may stand."""

import math
from collections.abc import Mapping
from typing import Any

from sim_conformance.mock.jsons import encode


def expect_number(
    name: str,
    value: Any,
    least: float,
    most: float = math.inf,
    *,
    kind: type | tuple[type, ...] = int,
) -> None:
    """Let nothing pass but a number within bounds.

    Raises:
        ValueError: for anything else.
    """
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    if not is_number or not least <= value <= most or value == math.inf:
        allowed = f"between {least:g} and {most:g}" if most < math.inf else f"at least {least:g}"
        raise ValueError(f"{name} must be {allowed}, got {value!r}")


def expect_a(kind: type, **values: Any) -> None:
    """Let nothing pass but values of that type.

    Raises:
        ValueError: for anything else.
    """
    for name, value in values.items():
        if not isinstance(value, kind):
            raise ValueError(f"{name} must be a {kind.__name__}, got {value!r}")


def expect_json(name: str, value: Any) -> None:
    """Let nothing pass but what can be sent as JSON.

    Raises:
        ValueError: for anything else.
    """
    try:
        encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{name} can be no JSON: {error}") from error


def expect_headers(headers: Any) -> None:
    """Let nothing pass but headers that can be sent.

    Raises:
        ValueError: for anything else.
    """
    if not isinstance(headers, Mapping) or not all(isinstance(text, str) for item in headers.items() for text in item):
        raise ValueError(f"headers must be texts, got {headers!r}")
    for text in (text for item in headers.items() for text in item):
        if not all(" " <= character <= "\xff" or character == "\t" for character in text):
            raise ValueError(f"headers must be texts of one line in Latin-1, got {text!r}")
