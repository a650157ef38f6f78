"""The input of a batch: JSON Lines."""

from codecs import BOM_UTF8
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Iterator

__all__ = ["Line", "read_lines"]

_DIGEST_SIZE = 8  # bytes; it has to tell a line from its own earlier texts, no more


@dataclass(frozen=True)
class Line:
    """One item.

    Attributes:
        number: Where it is in the file, from 1.
        text: Its JSON.
        digest: A digest of its text, by which it is known whether it was edited.
    """

    number: int
    text: bytes
    digest: str


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file, one at a time; blank ones only count."""
    with path.open("rb") as file:
        if file.read(len(BOM_UTF8)) != BOM_UTF8:  # some editors put it there; it is no text of the first line
            file.seek(0)
        for number, raw in enumerate(file, 1):
            text = raw.strip()
            if text:
                yield Line(number, text, blake2b(text, digest_size=_DIGEST_SIZE).hexdigest())
