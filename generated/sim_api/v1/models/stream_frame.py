# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Union

from .stream_block_error import StreamBlockError
from .stream_chunk import StreamChunk
from .stream_chunk_reset import StreamChunkReset
from .stream_done import StreamDone
from .stream_error_event import StreamErrorEvent
from .stream_final import StreamFinal
from .stream_thinking import StreamThinking
from .stream_tool import StreamTool

StreamFrame = Union[
    StreamChunk,
    StreamFinal,
    StreamDone,
    StreamErrorEvent,
    StreamBlockError,
    StreamChunkReset,
    StreamThinking,
    StreamTool,
]
"""One frame of an event stream, other than the terminator. Kinds that are not listed may come and are to be skipped."""
