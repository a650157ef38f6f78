"""Content codings undone piece by piece, so that a small answer cannot unfold to a huge one at once."""

import zlib
from typing import Any, Iterable, Optional

__all__ = ("ContentError", "Decompressor", "decompressor")

_PIECE_BYTES = 65536
_SLICE_BYTES = 8192  # unfolded at a time: zlib copies what is left of it with every end of gzip data

# How much larger than its content a body may be: what is flushed often is larger, but what is all padding has no end.
_MAX_OVERHEAD = 1024 * 1024
_MAX_OVERHEAD_FACTOR = 32
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS  # what some servers take "deflate" to mean
_GZIP_MAGIC = b"\x1f"
_GZIP_NAMES = ("gzip", "x-gzip")
_CODINGS = frozenset({"br", "compress", "dcb", "dcz", "deflate", "gzip", "x-compress", "x-gzip", "zstd"})


class ContentError(ValueError):
    """A body that is not what its Content-Encoding says, or is in a coding that was not asked for."""


class Decompressor:
    """Undoes one coding.

    Args:
        coding: "gzip" or "deflate"; any other is an error once there is something to undo.
    """

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._zlib: Any = None
        self._waiting = memoryview(b"")
        self._input = b""
        self._ended = False
        self._padding = False
        self._fed = 0
        self._unfolded = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body, once all of the last ones are unfolded.

        Raises:
            ContentError: The body is nothing but padding.
        """
        if self._fed > _MAX_OVERHEAD + _MAX_OVERHEAD_FACTOR * self._unfolded:
            raise ContentError(f"the {self._coding} data of the answer unfold to next to nothing")
        self._fed += len(data)
        self._waiting = memoryview(data)

    def unfold(self) -> bytes:
        """The next 64 KiB at most of what the body unfolds to; b"" where more of the body has to be fed.

        Raises:
            ContentError: The body is damaged.
        """
        piece = self._unfold_input()
        while not piece and self._waiting:
            self._take(bytes(self._waiting[:_SLICE_BYTES]))
            self._waiting = self._waiting[_SLICE_BYTES:]
            piece = self._unfold_input()
        self._unfolded += len(piece)
        return piece

    def finish(self) -> None:
        """Check that the body may end here.

        Raises:
            ContentError: It broke off.
        """
        if self._zlib is not None:
            raise ContentError(f"the {self._coding} data of the answer break off")

    def _unfold_input(self) -> bytes:
        while self._zlib is not None or self._input:
            piece = self._unfold()
            if piece or not self._input:
                return piece
        return b""

    def _unfold(self) -> bytes:
        try:
            if self._zlib is None:
                self._zlib = zlib.decompressobj(self._window_bits())
                self._ended = False
            piece: bytes = self._zlib.decompress(self._input, _PIECE_BYTES)
        except zlib.error as error:
            raise ContentError(f"the answer is no {self._coding} data ({error})") from None
        self._input = self._zlib.unconsumed_tail
        if self._zlib.eof:
            rest = self._zlib.unused_data
            self._zlib = None
            self._ended = True
            self._take(rest)
        return piece

    def _take(self, data: bytes) -> None:
        """Gzip data may follow each other; anything else behind an end is padding."""
        if self._ended and data:
            self._padding = self._padding or self._coding not in _GZIP_NAMES or data[:1] != _GZIP_MAGIC
        self._input = b"" if self._padding else data

    def _window_bits(self) -> int:
        if self._coding in _GZIP_NAMES:
            return _GZIP
        if self._coding == "deflate":
            return _ZLIB if self._input[0] & 0x0F == zlib.DEFLATED else _RAW
        raise ContentError(f"the answer is compressed as {self._coding!r}, which was not asked for")


def decompressor(fields: Iterable[str]) -> Optional[Decompressor]:
    """What undoes the coding of an answer whose Content-Encoding fields these are; None where its body is as it came.

    Names that are no coding are passed over: some servers put a charset there.
    """
    line = ",".join(fields)
    if not line:
        return None
    codings = [part.strip().lower() for part in line.split(",")]
    known = [coding for coding in codings if coding in _CODINGS]
    return Decompressor(", ".join(known)) if known else None
