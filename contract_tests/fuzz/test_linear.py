"""The decoder's time is linear: shown by counting the bytes that it handles and the lines that it executes."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from sim_sdk import sse

_SHAPES = {
    "one long line": b"data: xxxxxxxxxxxxxxxx",
    "one event of many lines": b"data: x\ndata\n",
    "many events": b"data: x\n\n",
    "an event without data": b"event: x\nid: y\n",
    "line ends of every kind": b"\r\r\n\n",
    "comments": b": x\r\n",
}


class Tally:
    """How many bytes went through the hands of what is being counted."""

    handled = 0


def _counting(name: str) -> Callable[..., Any]:
    """The method of bytes, counting what it reads and what it makes."""
    method = getattr(bytes, name)

    def counted(self: bytes, *arguments: Any) -> Any:
        result = method(self, *arguments)
        pieces = result if isinstance(result, (list, tuple)) else [result]
        Tally.handled += len(self) + sum(len(piece) for piece in pieces if isinstance(piece, (bytes, str)))
        if isinstance(result, (list, tuple)):
            return type(result)(map(_handed_on, result))
        return _handed_on(result)

    return counted


def _handed_on(result: Any) -> Any:
    return bytes.__new__(CountedBytes, result) if isinstance(result, bytes) else result


class CountedBytes(bytes):
    """Bytes that count what is done with them, and with what comes of them."""

    def __new__(cls, source: bytes | bytearray = b"") -> "CountedBytes":
        Tally.handled += len(source)
        return super().__new__(cls, source)

    def __radd__(self, other: bytes) -> "CountedBytes":
        return CountedBytes(bytes.__add__(other, self))


_COUNTED = (
    "__add__",
    "__contains__",
    "__getitem__",
    "decode",
    "lstrip",
    "partition",
    "rpartition",
    "split",
    "splitlines",
)
for _name in _COUNTED:
    setattr(CountedBytes, _name, _counting(_name))


class CountedArray(bytearray):
    """A byte array that counts what is put into it and taken out of it."""

    def __iadd__(self, other: Any) -> "CountedArray":  # type: ignore[misc]  # __add__ makes a plain one
        Tally.handled += len(other)
        return super().__iadd__(other)

    def decode(self, *arguments: Any) -> str:
        Tally.handled += len(self)
        return super().decode(*arguments)


class Impatient:
    """A decoder that looks through all that it has with each chunk, to show what the counting shows."""

    def __init__(self) -> None:
        self._rest = CountedBytes()

    def feed(self, chunk: bytes) -> None:
        *_, self._rest = (self._rest + chunk).split(b"\n")  # type: ignore[assignment]  # CountedBytes all the way


def bytes_handled(decoder: Any, stream: bytes, size: int) -> int:
    """How many bytes a decoder handles to read a stream in chunks of a size."""
    chunks = [CountedBytes(stream[place : place + size]) for place in range(0, len(stream), size)]
    Tally.handled = 0
    for chunk in chunks:
        decoder.feed(chunk)
    return Tally.handled


def lines_executed(stream: bytes, size: int) -> int:
    """How many lines of Python the decoder executes to read a stream in chunks of a size."""
    executed = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal executed
        executed += event == "line"
        return trace

    decoder = sse.EventStreamDecoder()
    chunks = [stream[place : place + size] for place in range(0, len(stream), size)]
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for chunk in chunks:
            decoder.feed(chunk)
    finally:
        sys.settrace(before)
    return executed


@pytest.mark.parametrize("size", [1, 2, 100, 1_000_000])
@pytest.mark.parametrize("shape", _SHAPES)
def test_twice_the_bytes_are_twice_the_work(shape: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = _SHAPES[shape]
    short, long = unit * 200, unit * 400
    assert lines_executed(long, size) <= 2 * lines_executed(short, size) + 100
    monkeypatch.setattr(sse, "bytes", CountedBytes, raising=False)
    monkeypatch.setattr(sse, "bytearray", CountedArray, raising=False)
    work = bytes_handled(sse.EventStreamDecoder(), short, size)
    assert work >= len(short)
    assert bytes_handled(sse.EventStreamDecoder(), long, size) <= 2 * work + 100


def test_the_counting_tells_a_decoder_that_is_not_linear() -> None:
    short, long = b"x" * 1000, b"x" * 2000
    assert bytes_handled(Impatient(), long, 1) > 3.5 * bytes_handled(Impatient(), short, 1)
