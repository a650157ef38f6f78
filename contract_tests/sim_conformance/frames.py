"""Event streams read as strictly as the rules have them, byte by byte."""

import re
from dataclasses import dataclass
from typing import Any

from sim_conformance.mock.jsons import Json, as_object, decode
from sim_conformance.outcome import Failure

TERMINATORS = (b"[DONE]", b'"[DONE]"')

_FRAME = re.compile(rb"data: ([^\r\n]*)\n\n")


@dataclass(frozen=True)
class StreamBody:
    """The frames of a whole stream.

    Attributes:
        payloads: the bytes behind `data: ` of each frame.
    """

    payloads: tuple[bytes, ...]

    @property
    def terminator(self) -> bytes | None:
        """The last frame's payload where it ends the stream, else None."""
        last = self.payloads[-1] if self.payloads else b""
        return last if last in TERMINATORS else None

    @property
    def events(self) -> list[dict[str, Json]]:
        """The JSON objects of all frames but the terminators.

        Raises:
            Failure: when a frame holds none.
        """
        return [_event(payload) for payload in self.payloads if payload not in TERMINATORS]

    @property
    def chunks(self) -> list[dict[str, Json]]:
        """The frames that carry output."""
        return [event for event in self.events if "chunk" in event]

    @property
    def closing(self) -> list[dict[str, Json]]:
        """The frames that end a run."""
        return [event for event in self.events if event.get("event") in ("done", "final", "error")]

    def text(self, block_id: str) -> str:
        """What was streamed of a block."""
        return "".join(str(event["chunk"]) for event in self.chunks if event.get("blockId") == block_id)

    def result(self) -> dict[str, Any]:
        """The fields of the run's end: `success`, `output`, `error`, wherever the frame has them.

        Raises:
            Failure: when the run does not end, or more than once.
        """
        if len(self.closing) != 1:
            raise Failure(f"the run ends {len(self.closing)} times in the stream")
        event = self.closing[0]
        return as_object(event.get("data")) or event


def read_stream(body: bytes) -> StreamBody:
    """The frames of a stream's bytes.

    Raises:
        Failure: when it is not framed as Sim frames streams: `data: `, one line, a blank line.
    """
    payloads: list[bytes] = []
    position = 0
    while position < len(body):
        match = _FRAME.match(body, position)
        if match is None:
            rest = body[position : position + 60].decode(errors="replace")
            raise Failure(f"byte {position} of the stream begins no frame `data: …` and a blank line: {rest!r}")
        payloads.append(match[1])
        position = match.end()
    return StreamBody(tuple(payloads))


def _event(payload: bytes) -> dict[str, Json]:
    try:
        event = as_object(decode(payload))
    except ValueError as error:
        raise Failure(f"a frame holds no JSON: {payload[:60].decode(errors='replace')!r}") from error
    if event is None:
        raise Failure(f"a frame holds no JSON object: {payload[:60].decode(errors='replace')!r}")
    return event
