# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Python values as request bodies: each function returns (content, content type), both None if there is no body."""

import os
from types import MappingProxyType
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, cast
from urllib.parse import urlencode

from .convert import unstructure
from .encode import header, json_bytes, json_text, query_pairs, text
from .values import UNSET, FilePart

Body = Tuple[Optional[bytes], Optional[str]]

_NO_BODY: Body = (None, None)


def json_body(value: object, content_type: str = "application/json") -> Body:
    """Return a JSON body. Models are converted wherever they occur, all else goes out as it is.

    Raises TypeError and ValueError as ``json_text`` does.
    """
    if value is UNSET:
        return _NO_BODY
    return json_bytes(value), content_type


def binary_body(value: object, content_type: str = "application/octet-stream") -> Body:
    """Return the bytes of a body that is bytes or a binary file; raise TypeError for anything else."""
    if value is UNSET:
        return _NO_BODY
    content: object = value if isinstance(value, bytes) else getattr(value, "read", lambda: None)()
    if not isinstance(content, bytes):
        raise TypeError(f"body: bytes or a binary file expected, not {type(value).__name__}")
    return content, content_type


def text_body(value: object, content_type: str = "text/plain") -> Body:
    """Return a body that is text, as UTF-8, or already encoded."""
    return binary_body(value.encode() if isinstance(value, str) else value, content_type)


def form_body(
    value: object,
    content_type: str = "application/x-www-form-urlencoded",
    styles: Mapping[str, str] = MappingProxyType({}),
) -> Body:
    """Return a model as a URL-encoded form: text as text, objects as JSON, unless ``styles`` has the field's own.

    The styles are those of ``query_pairs``.
    """
    if value is UNSET:
        return _NO_BODY
    fields = _object(value)
    styled = query_pairs(*((name, item, styles[name]) for name, item in fields.items() if name in styles))
    plain = _items({name: item for name, item in fields.items() if name not in styles})
    pairs = [(name, json_text(item) if isinstance(item, dict) else text(name, item)) for name, item in plain]
    return urlencode([*pairs, *styled]).encode(), content_type


def multipart_body(value: object, content_type: str = "multipart/form-data") -> Body:
    """Return a model as a multipart form: files as files, text as text, objects as JSON."""
    if value is UNSET:
        return _NO_BODY
    boundary = os.urandom(16).hex()
    parts = [_part(name, item) for name, item in _items(_object(value))]
    delimiter = b"--" + boundary.encode()
    content = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + b"--\r\n"
    return content, f"{content_type}; boundary={boundary}"


def _object(form: object) -> Dict[str, Any]:
    fields = unstructure(form)
    if not isinstance(fields, dict):
        raise TypeError(f"body: a model or a dict expected, not {type(form).__name__}")
    return cast("Dict[str, Any]", fields)


def _items(fields: Mapping[str, Any]) -> Iterator[Tuple[str, Any]]:
    """Yield the fields of a form that are set, a list as one field an item."""
    for name, value in fields.items():
        items = cast("List[object]", value) if isinstance(value, list) else [value]
        for item in items:
            if item is not None:
                yield name, item


def _part(name: str, value: Any) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if isinstance(value, FilePart):
        media_type = header(name, value.content_type)
        head = f'{disposition}; filename="{_quoted(value.filename or name)}"\r\nContent-Type: {media_type}'
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
