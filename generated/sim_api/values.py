# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Values that JSON has no word for."""

import enum
import os
import weakref
from typing import IO, Literal, Optional, Tuple, Union


class Unset(enum.Enum):
    """The type of ``UNSET``: the key is left out, whereas ``None`` is sent as null."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset.UNSET


class JsonText:
    """A JSON value that is written already: large ones go into a body as they are, without copies on the way.

    Args:
        pieces: UTF-8, together one JSON value.
    """

    def __init__(self, *pieces: bytes) -> None:
        self.pieces: Tuple[bytes, ...] = pieces
        # Stands for it in the text around it. Nobody else can write it there: it is drawn anew in each process.
        self.mark: str = f"{JSON_MARK}{id(self):x}"
        _marked[self.mark] = self

    def __repr__(self) -> str:
        return f"JsonText({sum(map(len, self.pieces))} bytes)"


JSON_MARK = f"json-text-{os.urandom(16).hex()}-"
_marked: "weakref.WeakValueDictionary[str, JsonText]" = weakref.WeakValueDictionary()


def marked(mark: str) -> JsonText:
    """The value that a mark stands for."""
    return _marked[mark]


class FilePart:
    """A file in a multipart body.

    ``content`` is read when the request is built. Without ``filename`` the field's name is sent.
    """

    def __init__(
        self,
        content: Union[bytes, IO[bytes]],
        filename: Optional[str] = None,
        content_type: str = "application/octet-stream",
    ) -> None:
        self.content: Union[bytes, IO[bytes]] = content
        self.filename: Optional[str] = filename
        self.content_type: str = content_type

    def __repr__(self) -> str:
        return f"FilePart(filename={self.filename!r}, content_type={self.content_type!r})"

    def read(self) -> bytes:
        """Return the whole content."""
        return self.content if isinstance(self.content, bytes) else self.content.read()
