"""Reads parts of answers; what cannot be read is a failure of the server, not of the suite."""

import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

from sim_conformance.mock.clock import epoch
from sim_conformance.mock.jsons import Json, as_array, as_object
from sim_conformance.outcome import Failure
from sim_conformance.wire import Exchange
from sim_sdk.ratelimit import read_hint

DEFAULT_WAIT = 15.0
"""Seconds to wait after a 429 that says nothing."""


def object_in(fields: Mapping[str, Json], name: str) -> dict[str, Any]:
    """A field that is a JSON object.

    Raises:
        Failure: when it is not.
    """
    found = as_object(fields.get(name))
    if found is None:
        raise Failure(f"{name} is no JSON object: {fields.get(name)!r}")
    return found


def objects_in(fields: Mapping[str, Json], name: str) -> list[dict[str, Any]]:
    """A field that is a list of JSON objects.

    Raises:
        Failure: when it is not.
    """
    items = as_array(fields.get(name))
    found = [] if items is None else [item for item in map(as_object, items) if item is not None]
    if items is None or len(found) < len(items):
        raise Failure(f"{name} is no list of JSON objects: {fields.get(name)!r}")
    return found


def text_in(fields: Mapping[str, Json], name: str) -> str:
    """A field that is a text with something in it.

    Raises:
        Failure: when it is not.
    """
    value = fields.get(name)
    # Half a surrogate pair, which JSON can write, is in no text that could be sent back.
    if not isinstance(value, str) or not value.strip() or value.encode(errors="ignore").decode() != value:
        raise Failure(f"{name} is no text: {value!r}")
    return value


def number_in(fields: Mapping[str, Json], name: str) -> float:
    """A field that is a number.

    Raises:
        Failure: when it is not.
    """
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > sys.float_info.max:
        raise Failure(f"{name} is no number: {value!r}")
    return value


def ids_in(entries: Iterable[Mapping[str, Json]]) -> list[str]:
    """The ids of entries, in their order.

    Raises:
        Failure: when one has none.
    """
    return [text_in(entry, "id") for entry in entries]


def moment_in(fields: Mapping[str, Json], name: str) -> float:
    """A field that is an ISO 8601 time with a zone, in epoch seconds.

    Raises:
        Failure: when it is not.
    """
    value = text_in(fields, name)
    try:
        return epoch(value)
    except ValueError as error:
        raise Failure(f"{name} is no time: {value!r}") from error


def pause_after(refusal: Exchange) -> float:
    """Seconds that a 429 asks to wait, in whatever form it does."""
    try:
        body = refusal.json()
    except Failure:
        body = None
    hint = read_hint(refusal.status, refusal.answer_headers, body, time.time())
    return DEFAULT_WAIT if hint is None else hint
