"""Requests read back as a server would: values by parameter, bodies by media type. All leaves are text."""

import json
import re
from email import message_from_bytes
from typing import Any, Dict, List
from urllib.parse import parse_qsl, unquote

from tools.generate.document import Json

_SEPARATORS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


def texts(value: Any) -> Any:
    """Return a JSON value with its leaves as they are written in a URL, which has no form for an empty object."""
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items() if item not in (None, {})}
    if isinstance(value, list):
        return [texts(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


def parameter(published: Json, path: str, request: Any, example: Any) -> Any:
    """Return the value of a parameter in a request; ``example`` says whether that is a list or an object."""
    if "content" in published:
        return json.loads(dict(request.query)[published["name"]])
    if published["in"] == "path":
        segments = re.fullmatch(re.sub(r"{[^}]+}", "([^/]+)", path), request.path)
        assert segments is not None
        names = re.findall(r"{([^}]+)}", path)
        return _split(dict(zip(names, segments.groups()))[published["name"]], ",", example, unquote)
    if published["in"] == "header":
        return _split(request.headers[published["name"]], ",", example, str)
    if published["in"] == "cookie":
        cookies = dict(pair.split("=", 1) for pair in request.headers["Cookie"].split("; "))
        return _split(unquote(cookies[published["name"]]), ",", example, str)
    return _query(published, parse_qsl(request.target.partition("?")[2], keep_blank_values=True), example)


def _query(published: Json, pairs: List[Any], example: Any) -> Any:
    name, style = published["name"], published.get("style", "form")
    if style == "deepObject":
        return _nested(name, pairs)
    if style == "form" and published.get("explode", True):
        if isinstance(example, dict):
            return {key: value for key, value in pairs if key in example}
        found = [value for key, value in pairs if key == name]
        return found if isinstance(example, list) else found[0]
    return _split(dict(pairs).get(name, ""), _SEPARATORS[style], example, str)


def _split(text: str, separator: str, example: Any, decode: Any) -> Any:
    items = [decode(item) for item in text.split(separator)] if text else []
    if isinstance(example, dict):
        return dict(zip(items[::2], items[1::2]))
    return items if isinstance(example, list) else decode(text)


def _nested(name: str, pairs: List[Any]) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for key, value in pairs:
        if key.startswith(f"{name}["):
            *steps, last = re.findall(r"\[([^\]]*)\]", key)
            inner = found
            for step in steps:
                inner = inner.setdefault(step, {})
            inner[last] = value
    return found


def form(content: bytes) -> Dict[str, Any]:
    """Return the fields of a URL-encoded form, each a list of its texts."""
    fields: Dict[str, Any] = {}
    for name, value in parse_qsl(content.decode(), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def multipart(content: bytes, content_type: str) -> Dict[str, Any]:
    """Return the parts of a multipart form, each a list of its contents."""
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    parts: Any = message_from_bytes(head + content).get_payload()
    fields: Dict[str, Any] = {}
    for part in parts if isinstance(parts, list) else ():
        name = part.get_param("name", header="content-disposition")
        fields.setdefault(name, []).append(part.get_payload(decode=True))
    return fields
