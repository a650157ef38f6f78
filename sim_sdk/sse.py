"""Server-sent events: bytes in, events out, no I/O.

Implements "event stream interpretation" of the WHATWG HTML standard (section 9.2.6,
https://html.spec.whatwg.org/multipage/server-sent-events.html). The time taken is linear in the bytes fed,
however they are cut into chunks.
"""

from typing import List, NamedTuple, Optional, Union

__all__ = ["EventStreamDecoder", "EventStreamLimitError", "ServerSentEvent"]

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_EVENT_BYTES = 32 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_DATA = "data: "
_new = tuple.__new__
_BLOCK_END = b"\n\n"
_MAX_RETRY = 2**63 - 1
_MAX_RETRY_DIGITS = len(str(_MAX_RETRY))


class EventStreamLimitError(ValueError):
    """A line or an event of the stream is larger than the decoder was told to accept."""


class ServerSentEvent(NamedTuple):
    """One dispatched event.

    Attributes:
        event: The event type; "message" where the block names none.
        data: The data lines, joined by a line feed.
        id: The last event id that the stream has set, "" if it has set none yet.
        retry: The reconnection time that this block asked for, in milliseconds, or None.
    """

    event: str
    data: str
    id: str
    retry: Optional[int]


class EventStreamDecoder:
    """Incremental decoder of one event stream.

    Args:
        max_line_bytes: The longest line accepted, in bytes, without its line end.
        max_event_bytes: The most data that one event may carry, in bytes.
    """

    def __init__(self, *, max_line_bytes: int = MAX_LINE_BYTES, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_line = max_line_bytes
        self._max_event = max_event_bytes
        # Whatever is in a smaller chunk is within the limits, also when what is no UTF-8 has become three bytes each.
        self._harmless = min(max_line_bytes, max_event_bytes) // 3
        # The start of the stream, kept for as long as it may still turn out to be a byte order mark.
        self._start: Optional[bytes] = b""
        self._after_cr = False
        # Byte arrays, not lists of pieces: however small the pieces, memory stays near the limits.
        self._unfinished_line = bytearray()
        self._data = bytearray()  # each data line with a line feed behind it
        self._closed = False
        self._last_id = ""  # decoded once, however many events have it
        self._event = b""
        self._retry: Optional[int] = None

    def feed(self, chunk: bytes) -> List[ServerSentEvent]:
        """Take the next bytes of the stream and return the events that they complete.

        Raises:
            EventStreamLimitError: A line or an event is larger than allowed.
            ValueError: The decoder is closed.
        """
        if self._closed:
            raise ValueError("the decoder is closed")
        if self._start is not None:
            chunk = self._strip_bom(self._start, chunk)
        if self._after_cr and chunk:
            # A line feed that follows a carriage return belongs to the line end that was already seen.
            self._after_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if not chunk:
            return []
        return self._feed_pieces(chunk)

    def close(self) -> None:
        """End the stream. What has not been dispatched is dropped, as the standard says."""
        self._closed = True
        self._unfinished_line.clear()
        self._begin_event()

    def _strip_bom(self, start: bytes, chunk: bytes) -> bytes:
        chunk = start + chunk
        if _BOM.startswith(chunk):
            self._start = chunk
            return b""
        self._start = None
        return chunk[len(_BOM) :] if chunk.startswith(_BOM) else chunk

    def _feed_pieces(self, chunk: bytes) -> List[ServerSentEvent]:
        events: List[ServerSentEvent] = []
        if b"\r" not in chunk and len(chunk) < self._harmless:
            if self._within_event():
                rest_of_event, end, chunk = chunk.partition(_BLOCK_END)
                self._feed_lines(rest_of_event + end, events)
            chunk = self._feed_blocks(chunk, events)
        if chunk:
            self._feed_lines(chunk, events)
        return events

    def _feed_lines(self, chunk: bytes, events: List[ServerSentEvent]) -> None:
        # bytes.splitlines breaks at CR, LF and CRLF only, which is what the standard wants.
        lines = chunk.splitlines()
        self._after_cr = chunk.endswith(b"\r")
        unfinished = b"" if chunk.endswith((b"\n", b"\r")) else lines.pop()
        if lines and self._unfinished_line:
            self._keep(lines[0])
            lines[0] = bytes(self._unfinished_line)
            self._unfinished_line.clear()
        self._take_lines(lines, events)
        if unfinished:
            self._keep(unfinished)

    def _within_event(self) -> bool:
        return bool(self._unfinished_line or self._data or self._event or self._retry is not None)

    def _feed_blocks(self, chunk: bytes, events: List[ServerSentEvent]) -> bytes:
        """Take the whole blocks of a chunk that begins with one, and return the rest. Most are one data line each."""
        blocks, end, rest = chunk.rpartition(_BLOCK_END)
        start = len(_DATA)
        # Decoded all at once: a line feed ends whatever a line leaves unfinished.
        for block in _text(blocks).split("\n\n") if end else ():
            if block.startswith(_DATA) and "\n" not in block:
                # What ServerSentEvent(...) does, without a call in between.
                events.append(_new(ServerSentEvent, ("message", block[start:], self._last_id, None)))
            else:
                self._take_lines([*block.encode().split(b"\n"), b""], events)
        return rest

    def _take_lines(self, lines: List[bytes], events: List[ServerSentEvent]) -> None:
        for line in lines:
            if line:
                self._take_line(line)
            else:
                self._dispatch(events)

    def _keep(self, fragment: bytes) -> None:
        self._unfinished_line += fragment
        self._check_line(len(self._unfinished_line))

    def _check_line(self, size: int) -> None:
        if size > self._max_line:
            raise EventStreamLimitError(f"a line of the event stream is longer than {self._max_line} bytes")

    def _take_line(self, line: bytes) -> None:
        self._check_line(len(line))
        name, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if name == b"data":
            self._data += value
            self._data += b"\n"
            if len(self._data) > self._max_event:
                raise EventStreamLimitError(f"an event of the stream is larger than {self._max_event} bytes")
        elif name == b"event":
            self._event = value
        elif name == b"id":
            if b"\0" not in value:
                self._last_id = _text(value)
        elif name == b"retry" and value.isdigit():
            self._retry = _bounded_int(value)

    def _dispatch(self, events: List[ServerSentEvent]) -> None:
        if self._data:
            self._data.pop()  # the line feed behind the last line
            events.append(
                ServerSentEvent(
                    event=_text(self._event) or "message",
                    data=_text(self._data),
                    id=self._last_id,
                    retry=self._retry,
                )
            )
        self._begin_event()

    def _begin_event(self) -> None:
        self._event = b""
        self._data.clear()
        self._retry = None


def _text(value: Union[bytes, bytearray]) -> str:
    return value.decode("utf-8", "replace")


def _bounded_int(digits: bytes) -> int:
    # int() of a very long digit string is slow, and refused by recent Pythons.
    significant = digits.lstrip(b"0")
    if len(significant) > _MAX_RETRY_DIGITS:
        return _MAX_RETRY
    return min(int(significant or b"0"), _MAX_RETRY)
