"""The events of a workflow's stream, as types.

Each dialect frames them differently (see `spec/v1/openapi.yaml`, schema `StreamFrame`); all are read into these.
"""

from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Union

from .errors import error_text

__all__ = [
    "BlockChunk",
    "ChunkReset",
    "Completed",
    "StreamEvent",
    "StreamFailure",
    "Thinking",
    "ToolCall",
    "UnknownEvent",
    "read_frame",
]


@dataclass(frozen=True, init=False)
class BlockChunk:
    """A piece of a block's output, as it is made."""

    block_id: str
    chunk: str

    def __init__(self, block_id: str, chunk: str) -> None:
        # As a frozen dataclass has it, at half the price: most of what a stream brings are these.
        fields = self.__dict__
        fields["block_id"] = block_id
        fields["chunk"] = chunk


@dataclass(frozen=True)
class ChunkReset:
    """What the block has streamed so far is void; it begins anew."""

    block_id: str


@dataclass(frozen=True)
class Thinking:
    """A piece of a model's reasoning, which is not part of the output."""

    block_id: str
    text: str


@dataclass(frozen=True)
class ToolCall:
    """A block uses a tool.

    Attributes:
        block_id: The block.
        details: The frame as the server sent it (its fields differ between servers).
    """

    block_id: str
    details: Dict[str, Any]


@dataclass(frozen=True)
class StreamFailure:
    """A block died half-way. The stream goes on, and `Completed` follows."""

    block_id: str
    error: str


@dataclass(frozen=True)
class Completed:
    """The run has ended: the last event of each stream.

    Attributes:
        success: Whether the workflow succeeded.
        output: What the server says that it put out. `WorkflowStream.result` has what was streamed put back in.
        error: Why it failed, or None.
        metadata: Duration (milliseconds) and the like, or None.
        details: What the server said of the end, as it sent it.
    """

    success: bool
    output: Any = None
    error: Optional[str] = None
    metadata: Optional[Dict[str, Any]] = None
    details: Dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class UnknownEvent:
    """An event that this version of the SDK doesn't know, passed on as it came.

    Attributes:
        event: Its kind, "" where it names none.
        data: The frame: a JSON value, or the text where it is no JSON.
    """

    event: str
    data: Any


StreamEvent = Union[BlockChunk, ChunkReset, Thinking, ToolCall, StreamFailure, Completed, UnknownEvent]
"""Any event of a workflow's stream."""


def read_frame(kind: str, frame: Any) -> StreamEvent:
    """The event that a frame stands for.

    Args:
        kind: The event field of the server-sent event ("message" where it has none).
        frame: Its parsed data, the text where it is no JSON.
    """
    if kind == "error" and isinstance(frame, str):
        frame = {"error": frame}
    if not isinstance(frame, dict):
        return UnknownEvent("" if kind == "message" else kind, frame)
    name = frame.get("event")
    if not isinstance(name, str):
        name = "" if kind == "message" else kind
    chunk = frame.get("chunk")
    if isinstance(chunk, str) and name in ("", "chunk"):
        block_id = frame.get("blockId")
        return BlockChunk(block_id if isinstance(block_id, str) else "", chunk)
    return _read_named(name, frame) or UnknownEvent(name, frame)


def _read_named(name: str, frame: Dict[str, Any]) -> Optional[StreamEvent]:
    block_id = _text(frame.get("blockId"))
    if name in ("final", "done"):
        data = frame.get("data")
        if isinstance(data, dict) and (name == "final" or "success" not in frame):
            frame = data
        return _completed(frame)
    if name == "error":
        # Without an output, as with a failure that is not streamed, that is the empty one.
        return Completed(False, frame.get("output", {}), _reason(frame) or "the run failed", details=frame)
    if name == "stream_error":
        return StreamFailure(block_id, _reason(frame) or "the block failed")
    if name == "chunk_reset":
        return ChunkReset(block_id)
    if name == "thinking":
        return Thinking(block_id, _first_text(frame))
    if name == "tool":
        return ToolCall(block_id, frame)
    return None


def _completed(data: Dict[str, Any]) -> Completed:
    metadata = data.get("metadata")
    error = error_text(data.get("error"))
    success = data.get("success")
    return Completed(
        # A frame without the flag is judged by whether it names an error.
        success=success if isinstance(success, bool) else error is None,
        output=data.get("output"),
        error=error,
        metadata=metadata if isinstance(metadata, dict) else None,
        details=data,
    )


def _reason(frame: Dict[str, Any]) -> Optional[str]:
    """What a frame says of a failure: in its `error`, as servers do, or its `message`, or those of its `data`."""
    data = frame.get("data")
    places = (frame, data if isinstance(data, dict) else {"error": data})
    told = (error_text(place.get(key)) for place in places for key in ("error", "message"))
    return next((text for text in told if text), None)


def _first_text(frame: Dict[str, Any]) -> str:
    return next((frame[key] for key in ("data", "text", "thinking", "chunk") if isinstance(frame.get(key), str)), "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
