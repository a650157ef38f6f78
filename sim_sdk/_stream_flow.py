"""A live stream as flows: bytes in, typed events out, and what each way of ending means."""

import math
from dataclasses import replace
from itertools import islice
from typing import Iterator, List, Optional, Union

from sim_api.failures import without_frames
from sim_api.loads import loads_text

from ._assembly import BLOCK_BYTES, Assembly
from ._engine import Call, Engine, Reply
from ._flow import Flow
from .errors import RateLimitError, RequestTimeoutError, SimStudioError, StreamError, limit_error
from .events import BlockChunk, Completed, StreamEvent, StreamFailure, read_frame
from .results import WorkflowExecutionResult, read_completed
from .sse import MAX_EVENT_BYTES, MAX_LINE_BYTES, EventStreamDecoder, ServerSentEvent

# The bare word is in the documentation, the JSON string is what servers send.
_TERMINATORS = ("[DONE]", '"[DONE]"')

# How long to wait, once the run has ended, for the rest of the stream. It only decides whether the connection is kept.
_SETTLE_SECONDS = 1.0

# How many events are made at once. More are no quicker: their memory is got from the system again and again.
_AT_ONCE = 64


class StreamFlow:
    """One stream.

    Args:
        engine: Reads the body.
        reply: The head of the answer.
        call: The call that the stream belongs to.
        first_event: Ends when the first event has to be here, no later than the call.

    Attributes:
        at_hand: The next events where they have been received already. Most have been, and need no driver.
    """

    def __init__(self, engine: Engine, reply: Reply, call: Call, first_event: Call) -> None:
        self._engine = engine
        self._reply = reply
        self._call = call
        limit = engine.options.max_response_bytes
        self._limit = math.inf if limit is None else limit
        self._decoder = _decoder(limit)
        self._assembly = Assembly()
        self.at_hand: Iterator[StreamEvent] = iter(())
        self._frames: Iterator[ServerSentEvent] = iter(())
        self._piece_bytes = 0
        self._failure: Optional[Exception] = None
        self._completed: Optional[Completed] = None
        self._result: Optional[WorkflowExecutionResult] = None
        self._terminated = False
        self._closed = False
        self._settle_by: Optional[float] = None
        self._first_event = first_event

    @property
    def closed(self) -> bool:
        """Whether the stream holds its connection no longer."""
        return self._closed

    @property
    def result(self) -> Optional[WorkflowExecutionResult]:
        """The run's result, None as long as its last event has not come."""
        return self._result

    def preload(self, result: WorkflowExecutionResult) -> None:
        """Make a stream of an answer that was none: its only event is its end."""
        self._result = result
        self._closed = True
        self.at_hand = iter([Completed(result.success, result.output, result.error, result.metadata)])

    def take(self, piece: bytes) -> None:
        """Take the next bytes of the stream: all of them, where the answer has been read already."""
        try:
            self._frames = iter(self._decoder.feed(piece))
        except ValueError as error:  # beyond a limit, or closed by another thread meanwhile
            raise self._error(str(error)) from None
        self._piece_bytes = len(piece)

    def close(self) -> None:
        """Let go of the connection. What has not been read is lost; a read that another thread is in ends."""
        if not self._closed:
            self._closed = True
            if any(event is self._completed for event in self.at_hand):
                self._result = None  # the end has not been handed out; it is lost as all the others are
            self.at_hand = iter(())
            self._frames = iter(())
            self._failure = None
            self._reply.response.close()
            self._decoder.close()

    def next_event(self) -> Flow[Optional[StreamEvent]]:
        """The next event, None after the last.

        Raises:
            SimStudioError: The stream broke, ended too early, or reported a limit. It holds what had been streamed.
        """
        event = next(self.at_hand, None)
        while event is None and not self._closed:
            try:
                yield from self._advance()
            except BaseException as error:
                if self.closed and isinstance(error, SimStudioError):
                    return None  # another thread closed the stream meanwhile
                self.close()
                raise
            event = next(self.at_hand, None)
        return event

    def _advance(self) -> Flow[None]:
        if self._failure is not None:
            raise self._failure
        if self._completed is not None:
            yield from self._settle()
            return
        if self._terminated:
            raise self._error("the event stream was terminated without its final event")
        frames = list(islice(self._frames, _AT_ONCE))
        if not frames:
            yield from self._receive()
            frames = list(islice(self._frames, _AT_ONCE))
        self.at_hand = iter(self._take(frames))

    def _receive(self) -> Flow[None]:
        piece = yield from self._read()
        if not piece:
            raise self._error("the event stream ended without its final event")
        self.take(piece)

    def _read(self) -> Flow[bytes]:
        call = self._call if self._assembly.events else self._first_event
        try:
            return (yield from self._engine.read_piece(self._reply, call, idle=self._engine.options.idle_timeout))
        except SimStudioError as error:
            error.status = self._reply.response.status
            error.partial_text = self._text()
            if isinstance(error, RequestTimeoutError):
                raise
            raise self._error(f"the event stream broke off: {error}") from None

    def _take(self, frames: List[ServerSentEvent]) -> List[StreamEvent]:
        """The events of frames. An error in there is kept until the events before it have been handed out."""
        one_by_one = self._may_pass_limit(frames)
        events: List[StreamEvent] = []
        chunks: List[BlockChunk] = []
        try:
            for kind, data, _, _ in frames:
                event = _read_event(kind, data)
                if type(event) is BlockChunk:
                    chunks.append(event)
                    if not one_by_one:
                        continue  # their text is put together for all of them
                events += self._added(chunks)
                chunks = []
                if type(event) is not BlockChunk and data:
                    if data in _TERMINATORS:
                        self._terminated = True
                        break
                    event = self._examined(event, kind)
                    self._assembly.add(event)
                    events.append(event)
                    if self._completed is not None:
                        break
            events += self._added(chunks)
        except Exception as error:
            self._failure = without_frames(error)
        return events

    def _may_pass_limit(self, frames: List[ServerSentEvent]) -> bool:
        """Whether the text of frames, as long as it may be, takes too much of memory."""
        # Only the first can have begun before the last read. A character takes four bytes at most.
        characters = len(frames[0].data) + self._piece_bytes if frames else 0
        return self._assembly.size + 4 * characters + BLOCK_BYTES * len(frames) > self._limit

    def _added(self, chunks: List[BlockChunk]) -> List[BlockChunk]:
        self._assembly.add_chunks(chunks)
        if self._assembly.size > self._limit:
            # What was streamed is kept for the result, so that it is limited as any other answer is.
            raise self._error(f"the streamed output is larger than max_response_bytes ({self._limit})")
        return chunks

    def _examined(self, event: StreamEvent, kind: str) -> StreamEvent:
        if isinstance(event, (Completed, StreamFailure)):
            event = self._redacted(event)
        if isinstance(event, Completed):
            if event.details.get("event", kind) == "error":
                self._check_limit(event)
            self._complete(event)
        return event

    def _redacted(self, event: Union[Completed, StreamFailure]) -> Union[Completed, StreamFailure]:
        if event.error is None:
            return event
        return replace(event, error=self._engine.options.api_key.redact(event.error))

    def _check_limit(self, event: Completed) -> None:
        """Raise the limit that stopped the run before it began; once a block has run, what is said is the block's."""
        if self._assembly.began or event.error is None:
            return
        head = self._engine.answer(self._reply, self._call)
        limit = limit_error(
            event.error,
            status=head.status,
            headers=head.headers,
            now=head.received,
            event=event.details,
            redact=head.redact,
        )
        if isinstance(limit, RateLimitError):
            self._engine.note_limit(head, event.details)
        if limit is not None:
            raise limit

    def _complete(self, event: Completed) -> None:
        head = self._engine.answer(self._reply, self._call)
        self._completed = event
        output = self._assembly.output(event.output)
        self._result = read_completed(event, output, self._assembly.failure, head)

    def _settle(self) -> Flow[None]:
        """Read what little may follow the last event, so that the connection can be used again."""
        clock = self._engine.options.clock
        if self._settle_by is None:
            self._settle_by = clock.monotonic() + _SETTLE_SECONDS
        left = self._settle_by - clock.monotonic()
        try:
            piece = b"" if left <= 0 else (yield from self._engine.read_piece(self._reply, self._call, total=left))
        except SimStudioError:
            piece = b""  # the result is here; how the connection ends is of no interest any more
        if not piece:
            self.close()

    def _text(self) -> Optional[str]:
        text = self._assembly.text()
        return None if text is None else self._engine.options.api_key.redact(text)

    def _error(self, message: str) -> StreamError:
        text = self._text()
        arrived = f"{self._assembly.events} events and {len(text or '')} characters of text had arrived"
        head = self._engine.answer(self._reply, self._call)
        return StreamError(
            f"{message} ({arrived})",
            self._call.default_code,
            head.status,
            headers=head.headers,
            request_sent=True,
            partial_text=text,
        )


def _decoder(limit: Optional[int]) -> EventStreamDecoder:
    """A decoder that takes no event that is larger than any answer may be."""
    if limit is None:
        return EventStreamDecoder()
    return EventStreamDecoder(max_line_bytes=min(limit, MAX_LINE_BYTES), max_event_bytes=min(limit, MAX_EVENT_BYTES))


def _read_event(kind: str, data: str) -> StreamEvent:
    try:
        frame = loads_text(data)
    except (ValueError, RecursionError):
        frame = data
    if kind == "message" and type(frame) is dict and len(frame) == 2 and "chunk" in frame and "blockId" in frame:
        # The straight way for most of what a stream brings: these two fields, and none that says anything else.
        block_id, chunk = frame["blockId"], frame["chunk"]
        if type(block_id) is str and type(chunk) is str:
            return BlockChunk(block_id, chunk)
    return read_frame(kind, frame)
