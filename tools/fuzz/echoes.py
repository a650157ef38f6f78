"""Answers that echo the API key, in each of their places in turn: it has to be shown nowhere."""

import json
from typing import Any, Iterator

from tools.fuzz.targets import KEY, read_message, write_message

_FRAME = b"data: {"
_TEXTS = (f"{KEY}", f"run_{KEY.upper()}")


def echoes(message: bytes) -> Iterator[bytes]:
    """The answer once for each place in its headers and its body that can hold the key."""
    status, headers, body = read_message(message)
    for name, value in headers.items():
        yield write_message(status, {**headers, name: _TEXTS[0]}, body)
        yield write_message(status, {**headers, f"x-{KEY}": value}, body)
    for changed in _bodies(body):
        yield write_message(status, headers, changed)


def _bodies(body: bytes) -> Iterator[bytes]:
    lines = body.split(b"\n")
    for number, line in enumerate(lines):
        start = b"data: " if line.startswith(_FRAME) else b""
        try:
            value = json.loads(line[len(start) :])
        except (ValueError, RecursionError):
            continue
        for variant in _values(value):
            yield b"\n".join([*lines[:number], start + json.dumps(variant).encode(), *lines[number + 1 :]])


def _values(value: Any) -> Iterator[Any]:
    yield from (*_TEXTS, {"message": _TEXTS[0]})
    if isinstance(value, dict):
        for name, item in value.items():
            yield {_TEXTS[0] if other == name else other: value[other] for other in value}
            yield from ({**value, name: variant} for variant in _values(item))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], variant, *value[index + 1 :]] for variant in _values(item))
