"""Values that JSON has no word for."""

import enum
from typing import IO, Literal, Optional, Union

from attrs import define, field


class Unset(enum.Enum):
    """The type of ``UNSET``: the key is left out, whereas ``None`` is sent as null."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset.UNSET


@define(frozen=True)
class FilePart:
    """A file in a multipart body.

    ``content`` is read when the request is built. Without ``filename`` the field's name is sent.
    """

    content: Union[bytes, IO[bytes]] = field(repr=False)
    filename: Optional[str] = None
    content_type: str = "application/octet-stream"

    def read(self) -> bytes:
        """Return the whole content."""
        return self.content if isinstance(self.content, bytes) else self.content.read()
