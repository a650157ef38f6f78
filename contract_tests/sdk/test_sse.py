"""The decoder of event streams, held to the standard by a second reading of it that shares no line with the first."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim_sdk.sse import EventStreamDecoder, EventStreamLimitError, ServerSentEvent


def interpret(stream: bytes) -> list[ServerSentEvent]:
    """WHATWG HTML, 9.2.6, word by word: the whole stream decoded, then one character after the other."""
    events = []
    data = event_type = last_id = ""
    retry: int | None = None
    for line in lines_of(stream.decode("utf-8", "replace").removeprefix("\ufeff")):
        if line == "":
            if data != "":
                events.append(ServerSentEvent(event_type or "message", data.removesuffix("\n"), last_id, retry))
            data = event_type = ""
            retry = None
            continue
        field, colon, value = line.partition(":")
        if field == "" and colon:
            continue
        value = value.removeprefix(" ")
        if field == "event":
            event_type = value
        elif field == "data":
            data += value + "\n"
        elif field == "id" and "\0" not in value:
            last_id = value
        elif field == "retry" and value != "" and all("0" <= character <= "9" for character in value):
            retry = min(int(value), 2**63 - 1)
    return events


def lines_of(text: str) -> Iterator[str]:
    """The finished lines: what an unfinished one says is discarded at the end of the stream."""
    line = ""
    after_carriage_return = False
    for character in text:
        if character == "\n" and after_carriage_return:
            after_carriage_return = False
            continue
        after_carriage_return = character == "\r"
        if character in "\r\n":
            yield line
            line = ""
        else:
            line += character


def decode(chunks: list[bytes]) -> list[ServerSentEvent]:
    decoder = EventStreamDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """The stream in pieces; a place that occurs twice makes an empty one."""
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(bounds)]


# What streams are made of, and what looks like it.
FIELDS = (
    b"data data: data:x data:\xff id id: id:7 id:a\0b id:\xff event event: event:ping retry retry: retry:10 retry:007 "
    b"retry:1x retry:-1 retry:99999999999999999999 Data:z unknown:x :"
).split(b" ")
SPACED = [b"data: ", b"data:  y", b" data: z", b"data:\ty", b"id:  7 ", b"retry: 10", b"retry: 10 ", "retry:٣".encode()]
NOISE = [character.encode() for character in "\n\r\t\0: \x0b\x0c\x1c\x85\u2028\ufeff٣🐎"]
BROKEN = [b"\xef", b"\xef\xbb", b"\x85", b"\xf0\x9f", b"\x90\x8e", b"\xff", b"\xc3", b"\xed\xa0\x80"]
ENDS = [b"\n", b"\r", b"\r\n"]

SCRAPS = st.lists(st.sampled_from([*NOISE, *BROKEN]) | st.binary(max_size=3), max_size=3).map(b"".join)
LINES = st.tuples(
    st.sampled_from([*FIELDS, *SPACED, b"data:y", b"data:z"]), st.just(b"") | SCRAPS, st.sampled_from(ENDS)
).map(b"".join)
BLOCKS = st.tuples(st.lists(LINES, max_size=5).map(b"".join), st.sampled_from([*ENDS, b""])).map(b"".join)
STREAMS = st.tuples(st.just(b"") | SCRAPS, st.lists(BLOCKS, max_size=6).map(b"".join), SCRAPS).map(b"".join)


@settings(max_examples=200, deadline=None)
@given(STREAMS, st.lists(st.integers(min_value=0), max_size=12))
@example(b"\xef\xbb\xbfdata: x\n\n", [1, 2])
@example(b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\ndata: y\n\n", [3])
@example(b"data: x\r\n\r\ndata: y\r\r", [8, 9, 10, 11])
def test_streams_are_read_as_the_standard_says_however_they_are_cut(stream: bytes, places: list[int]) -> None:
    assert decode(cut(stream, places)) == interpret(stream)


@settings(max_examples=60, deadline=None)
@given(STREAMS)
def test_streams_are_read_byte_by_byte(stream: bytes) -> None:
    assert decode([stream[place : place + 1] for place in range(len(stream))]) == interpret(stream)


@pytest.mark.parametrize(
    "stream",
    [
        b"\xef\xbb\xbfdata:a\n\n",
        b"data:a\r\n\r\n\r",
        b"data\r\rdata\n\n",
        b"data\r\n\n",
        b"data:\xe2\x82\xac\n\r\n",
        b"id:1\n\n:\ndata\n\n",
    ],
)
def test_short_streams_are_read_alike_under_every_chunking(stream: bytes) -> None:
    expected = interpret(stream)
    assert expected
    for length in range(len(stream)):
        for places in itertools.combinations(range(1, len(stream)), length):
            assert decode(cut(stream, list(places))) == expected


@pytest.mark.parametrize(
    "stream",
    [
        b"event: e\ndata: x\n\ndata: y\n\n",
        b"retry: 5\ndata: x\n\ndata: y\n\n",
        b"id: 7\ndata: x\n\ndata: y\n\n",
        b"data: x\ndata: y\n\n\ndata: z\n\n",
        b"data: x\n\nevent: e\n\ndata: y\r\n\r\ndata: z\n\n",
    ],
)
def test_events_of_one_data_line_are_read_alike_wherever_they_are_cut(stream: bytes) -> None:
    expected = interpret(stream)
    assert len(expected) >= 2
    for places in itertools.combinations_with_replacement(range(len(stream) + 1), 2):
        assert decode(cut(stream, list(places))) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        # The examples of the standard, 9.2.6.
        (
            b"data: YHOO\ndata: +2\ndata: 10\n\n",
            [ServerSentEvent("message", "YHOO\n+2\n10", "", None)],
        ),
        (
            b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [
                ServerSentEvent("message", "first event", "1", None),
                ServerSentEvent("message", "second event", "", None),
                ServerSentEvent("message", " third event", "", None),
            ],
        ),
        (
            b"data\n\ndata\ndata\n\ndata:",
            [ServerSentEvent("message", "", "", None), ServerSentEvent("message", "\n", "", None)],
        ),
        (
            b"data:test\n\ndata: test\n\n",
            [ServerSentEvent("message", "test", "", None), ServerSentEvent("message", "test", "", None)],
        ),
        # An id is kept for later events, also where its own block has no data.
        (b"id: 5\n\ndata: x\n\n", [ServerSentEvent("message", "x", "5", None)]),
        # A type is not.
        (b"event: a\n\ndata: x\n\n", [ServerSentEvent("message", "x", "", None)]),
        (b"event: a\ndata: x\nretry: 3000\n\n", [ServerSentEvent("a", "x", "", 3000)]),
        (b"retry: " + b"0" * 30 + b"5\ndata\n\n", [ServerSentEvent("message", "", "", 5)]),
        (b"later: 5\nzero: 5\ndata\n\n", [ServerSentEvent("message", "", "", None)]),
        (b"retry: 1000000000000000000\ndata\n\n", [ServerSentEvent("message", "", "", 10**18)]),
        (b"retry: " + b"9" * 4000 + b"\ndata\n\n", [ServerSentEvent("message", "", "", 2**63 - 1)]),
        (
            "data: a\u2028b\x85c\x0bd\x0ce\n\n".encode(),
            [ServerSentEvent("message", "a\u2028b\x85c\x0bd\x0ce", "", None)],
        ),
    ],
)
def test_examples(stream: bytes, expected: list[ServerSentEvent]) -> None:
    assert decode([stream]) == expected
    assert interpret(stream) == expected


def test_more_digits_than_python_reads_are_no_trouble() -> None:
    (event,) = decode([b"retry: " + b"9" * 100_000 + b"\ndata\n\n"])
    assert event.retry == 2**63 - 1


def test_an_event_is_there_with_the_byte_that_ends_it() -> None:
    decoder = EventStreamDecoder()
    assert decoder.feed(b"data: x\r\n") == []
    assert decoder.feed(b"\r") == [ServerSentEvent("message", "x", "", None)]
    assert decoder.feed(b"\n") == []


def test_a_line_may_be_as_long_as_allowed_and_no_longer() -> None:
    for chunks in ([b"data:1234\n\n"], [b"data:", b"1234", b"\n", b"\n"]):
        decoder = EventStreamDecoder(max_line_bytes=9)
        assert [event.data for chunk in chunks for event in decoder.feed(chunk)] == ["1234"]
    for chunks in ([b"data:12345\n"], [b"data:", b"1234", b"5"]):
        decoder = EventStreamDecoder(max_line_bytes=9)
        with pytest.raises(EventStreamLimitError, match="longer than 9 bytes"):
            _ = [decoder.feed(chunk) for chunk in chunks]


def test_an_event_of_one_data_line_may_be_as_long_as_allowed_and_no_longer() -> None:
    for limits in ({"max_line_bytes": 10}, {"max_event_bytes": 5}):
        decoder = EventStreamDecoder(**limits)
        assert [event.data for event in decoder.feed(b"data: 123\n\ndata: 1234\n\n")] == ["123", "1234"]
        for longer in (b"data: 12345\n\n", b"data: 123456\n\n", b"data: 1234567890\n\n"):
            with pytest.raises(EventStreamLimitError):
                EventStreamDecoder(**limits).feed(b"data: 1\n\n" + longer)


def test_an_event_may_be_as_large_as_allowed_and_no_larger() -> None:
    decoder = EventStreamDecoder(max_event_bytes=10)
    assert [event.data for event in decoder.feed(b"data: 1234\ndata: 5678\n\n" * 3)] == ["1234\n5678"] * 3
    decoder.feed(b"data: 1234\n")
    with pytest.raises(EventStreamLimitError, match="larger than 10 bytes"):
        decoder.feed(b"data: 56789\n")


def test_what_is_no_utf8_counts_as_the_bytes_that_were_sent() -> None:
    """Decoded, each of them is three."""
    for limits in ({"max_line_bytes": 300}, {"max_event_bytes": 300}):
        (event,) = EventStreamDecoder(**limits).feed(b"data:" + b"\xff" * 120 + b"\n\n")
        assert event.data == "\ufffd" * 120


def test_many_empty_data_lines_are_not_for_free() -> None:
    decoder = EventStreamDecoder(max_event_bytes=100)
    with pytest.raises(EventStreamLimitError):
        decoder.feed(b"data\n" * 1000)


def test_without_other_limits_a_line_has_16_mib_and_an_event_32() -> None:
    mib = 1024 * 1024
    longest = b"data:".ljust(16 * mib, b"x")
    assert EventStreamDecoder().feed(longest + b"\n") == []
    with pytest.raises(EventStreamLimitError):
        EventStreamDecoder().feed(longest + b"x")
    decoder = EventStreamDecoder()
    for _ in range(4):
        assert decoder.feed(b"data:" + b"x" * (8 * mib - 1) + b"\n") == []
    with pytest.raises(EventStreamLimitError):
        decoder.feed(b"data\n")


def test_limits_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        EventStreamDecoder(9)  # type: ignore[misc]


def test_an_event_does_not_change() -> None:
    (event,) = decode([b"data: x\n\n"])
    with pytest.raises(AttributeError):
        event.data = "y"  # type: ignore[misc]


def test_a_closed_decoder_takes_nothing_more() -> None:
    decoder = EventStreamDecoder()
    decoder.feed(b"data: unfinished")
    decoder.close()
    decoder.close()
    with pytest.raises(ValueError, match="closed"):
        decoder.feed(b"\n\n")
