# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Python values as request bodies: each function returns (content, content type), both None if there is no body."""

import os
from typing import IO, Any, Iterator, List, Mapping, Optional, Tuple, cast
from urllib.parse import urlencode

from .convert import unstructure
from .encode import json_bytes, json_text, text
from .values import UNSET, FilePart

Body = Tuple[Optional[bytes], Optional[str]]

_NO_BODY: Body = (None, None)


def json_body(value: object, content_type: str = "application/json") -> Body:
    """Return a JSON body. Models are converted wherever they occur, all else goes out as it is.

    Raises TypeError for a value that JSON cannot express, ValueError for NaN, infinity and lone surrogates.
    """
    if value is UNSET:
        return _NO_BODY
    return json_bytes(value), content_type


def binary_body(value: object, content_type: str = "application/octet-stream") -> Body:
    """Return the bytes of a body that is bytes or a binary file."""
    if value is UNSET:
        return _NO_BODY
    if isinstance(value, bytes):
        return value, content_type
    return cast("IO[bytes]", value).read(), content_type


def text_body(value: object, content_type: str = "text/plain") -> Body:
    """Return a body that is text, as UTF-8, or already encoded."""
    return binary_body(value.encode() if isinstance(value, str) else value, content_type)


def form_body(value: object, content_type: str = "application/x-www-form-urlencoded") -> Body:
    """Return a model as a URL-encoded form: text as text, objects as JSON."""
    if value is UNSET:
        return _NO_BODY
    pairs = [(name, json_text(item) if isinstance(item, dict) else text(name, item)) for name, item in _fields(value)]
    return urlencode(pairs).encode(), content_type


def multipart_body(value: object, content_type: str = "multipart/form-data") -> Body:
    """Return a model as a multipart form: files as files, text as text, objects as JSON."""
    if value is UNSET:
        return _NO_BODY
    boundary = os.urandom(16).hex()
    parts = [_part(name, item) for name, item in _fields(value)]
    delimiter = b"--" + boundary.encode()
    content = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + b"--\r\n"
    return content, f"{content_type}; boundary={boundary}"


def _fields(model: object) -> Iterator[Tuple[str, Any]]:
    """Yield the fields of a form that are set, a list as one field an item."""
    values = cast("Mapping[str, Any]", unstructure(model))
    for name, value in values.items():
        items = cast("List[object]", value) if isinstance(value, list) else [value]
        for item in items:
            if item is not None:
                yield name, item


def _part(name: str, value: Any) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if isinstance(value, FilePart):
        head = f'{disposition}; filename="{_quoted(value.filename or name)}"\r\nContent-Type: {value.content_type}'
        content = value.read()
    elif isinstance(value, (str, int, float)):
        head = disposition
        content = text(name, value).encode()
    else:
        head = f"{disposition}\r\nContent-Type: application/json"
        content = json_bytes(value)
    return head.encode() + b"\r\n\r\n" + content


def _quoted(value: str) -> str:
    """Escape a name as browsers do, so that it cannot end its line or its quotes."""
    return value.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
