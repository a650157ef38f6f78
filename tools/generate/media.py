"""What a media type means for the Python type of a body."""

import enum

EVENT_STREAM = "text/event-stream"

_TEXT = ("xml", "yaml", "javascript", "graphql", "ndjson", "jsonl", "json-seq", "sql")
"""Words in the names of media types that are text without saying so."""


class Kind(enum.Enum):
    """How a body is written and read."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    TEXT = "text"
    BINARY = "binary"


def kind_of(media_type: str) -> Kind:
    """Return the kind of a media type or range; what is not known is left as bytes."""
    name = essence(media_type)
    subtype = name.partition("/")[2]
    if name.startswith("multipart/"):
        return Kind.MULTIPART
    if subtype == "x-www-form-urlencoded":
        return Kind.FORM
    if name.startswith("text/") or any(word in subtype for word in _TEXT):
        return Kind.TEXT if subtype != "json" else Kind.JSON
    return Kind.JSON if subtype == "json" or subtype.endswith("+json") else Kind.BINARY


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()
