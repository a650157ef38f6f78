"""A stream's pieces, put together into what the run put out.

Servers of 2026 leave out of the last event what they have streamed; earlier ones repeat it there. Both give the same
output here. Nor is the blank line, with which the first piece of each output after the first begins on every server, a
part of it.
"""

import json
from itertools import groupby
from operator import attrgetter
from typing import Any, Dict, List, Optional, Union

from .events import BlockChunk, ChunkReset, Completed, StreamEvent, StreamFailure, UnknownEvent

_APART = "\n\n"

# What a block costs that streams nothing, in bytes: about what it takes in memory.
BLOCK_BYTES = 256


class Assembly:
    """What has been streamed so far, by block, in the order in which the blocks began.

    Attributes:
        events: How many events there were.
        began: Whether any of them was a block's.
        failure: What befell a block, or None.
        size: How much of memory is taken by what was streamed, in bytes; what is void by now counts too.
    """

    def __init__(self) -> None:
        self.events = 0
        self.began = False
        self.failure: Optional[str] = None
        self.size = 0
        # UTF-8 in byte arrays, not lists of pieces: however small the pieces, memory is that of the text.
        self._texts: Dict[str, bytearray] = {}
        self._first: Optional[str] = None  # the block whose output nothing came before

    def add(self, event: StreamEvent) -> None:
        """Take the next event, which is no chunk."""
        self.events += 1
        self.began = self.began or not isinstance(event, (Completed, UnknownEvent))
        if isinstance(event, ChunkReset):
            self._texts.pop(event.block_id, None)
        elif isinstance(event, StreamFailure):
            self.failure = event.error

    def add_chunks(self, chunks: List[BlockChunk]) -> None:
        """Take the next events, which are chunks."""
        self.events += len(chunks)
        self.began = self.began or bool(chunks)
        for block_id, run in groupby(chunks, attrgetter("block_id")):
            text = "".join([event.chunk for event in run]).encode("utf-8", "surrogatepass")
            if self._first is None:
                self._first = block_id
            streamed = self._texts.get(block_id)
            if streamed is None:
                streamed = self._texts[block_id] = bytearray()
                self.size += BLOCK_BYTES + len(block_id)
            streamed += text
            self.size += len(text)

    def text(self) -> Optional[str]:
        """All that was streamed, None where nothing was."""
        return _text(b"".join(self._texts.values())) if self._texts else None

    def output(self, final: Any) -> Any:
        """The output that the last event gives, with the streamed text that it lacks as the blocks' `content`."""
        if not self._texts or not (final is None or isinstance(final, dict)):
            return final
        output: Dict[str, Any] = dict(final or {})
        for block_id, streamed in self._texts.items():
            block = output.get(block_id, {})
            if isinstance(block, dict) and "content" not in block:
                text = _text(streamed)
                if block_id != self._first and text.startswith(_APART):
                    text = text[len(_APART) :]
                missing = _unaccounted(text, list(block.values()))
                if missing:
                    output[block_id] = {**block, "content": missing}
        return output


def _text(streamed: Union[bytes, bytearray]) -> str:
    try:
        return streamed.decode("utf-8")
    except UnicodeDecodeError:
        # A surrogate may be all that a JSON text holds. Two halves that came in two pieces are one character.
        text = streamed.decode("utf-8", "surrogatepass")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _unaccounted(text: str, values: List[Any]) -> str:
    """The part of a block's streamed text that none of its output values stands for: what the values come behind.

    Each value was streamed once, as it is where it is a text, as JSON otherwise, set apart from what it follows.
    """
    untold = list(values)
    found = True
    while found:
        found = False
        for index, value in enumerate(untold):
            before = _before(text, value)
            if before is not None:
                text, found = before, True
                del untold[index]
                break
    return text


def _before(text: str, value: Any) -> Optional[str]:
    """What comes before a value that a text ends with, None where it doesn't end with it."""
    before, _, last = text.rpartition(_APART)
    if not isinstance(value, str):
        return before if _is_json_of(last, value) else None
    if text == value:
        return "" if value else None
    return text[: -len(_APART + value)] if text.endswith(_APART + value) else None


def _is_json_of(text: str, value: Any) -> bool:
    try:
        return bool(json.loads(text) == value)
    except (ValueError, RecursionError):
        return False
