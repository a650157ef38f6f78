"""Whether what a document says has the form that OpenAPI gives it. What has not would be misread."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .document import Json, dereference
from .schemas import LISTS, MAPS, SINGLE

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")

_KINDS: dict[str, tuple[type, str]] = {
    "required": (list, "a list of names"),
    "enum": (list, "a list"),
    "discriminator": (dict, "an object"),
    "deprecated": (bool, "true or false"),
    "nullable": (bool, "true or false"),
    "readOnly": (bool, "true or false"),
    "writeOnly": (bool, "true or false"),
    "$ref": (str, "text"),
    "format": (str, "text"),
    "description": (str, "text"),
    "contentMediaType": (str, "text"),
}
"""What keywords of schemas hold that hold no schemas."""


_PARTS: dict[str, type] = {
    "operationId": str,
    "summary": str,
    "description": str,
    "parameters": list,
    "requestBody": dict,
    "responses": dict,
    "security": list,
    "servers": list,
    "deprecated": bool,
    "x-sim-documentation": list,
}
"""What an operation holds."""

_MEDIA_TYPE = r"[^\s/;]+/[^\s/;]+\s*(;.*)?"

_FLAGS = ("required", "deprecated", "explode")
"""What is true or false of a parameter, a body or an encoding; YAML takes "no" for text."""


def operation_flaws(content: Json, operation: Json) -> Iterator[str]:
    """Yield what has another form in an operation and its schemas; raise LookupError for a dead reference."""
    for key, kind in _PARTS.items():
        if not isinstance(operation.get(key, kind()), kind):
            yield f"{key} is {_said(operation[key])}"
            return
    for key in ("security", "servers", "x-sim-documentation"):
        yield from (f"{key} holds {_said(each)}" for each in operation.get(key, ()) if not isinstance(each, dict))
    yield from _security_flaws(operation.get("security", ()))
    for source in operation.get("x-sim-documentation", ()):
        for key in ("page", "clause"):
            if not isinstance(source.get(key), str):
                yield f"{key} of x-sim-documentation is {_said(source.get(key))}, not text"
    parts = [*operation.get("parameters", ()), operation.get("requestBody", {})]
    parts += [answer for status, answer in operation.get("responses", {}).items() if not status.startswith("x-")]
    for part in parts:
        if not isinstance(part, dict):
            yield f"{_said(part)} stands where an object is expected"
            continue
        whole = dereference(content, part)
        contents = whole.get("content", {})
        if not isinstance(contents, dict) or not all(isinstance(media, dict) for media in contents.values()):
            yield "content is no object of media types"
            continue
        yield from (f"{name!r} in content is no media type" for name in contents if not re.fullmatch(_MEDIA_TYPE, name))
        yield from _flag_flaws(whole, str(whole.get("name", "the body")))
        for holder in (whole, *contents.values()):
            yield from schema_flaws(holder.get("schema", {}))
            encoding = holder.get("encoding", {})
            if not isinstance(encoding, dict) or not all(isinstance(each, dict) for each in encoding.values()):
                yield "encoding is no object of encodings"
                return
            for name, each in encoding.items():
                yield from _flag_flaws(each, name)


def _security_flaws(security: Iterable[Json]) -> Iterator[str]:
    for name, scopes in (each for alternative in security for each in alternative.items()):
        if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
            yield f"{name} in security is {_said(scopes)}, not a list of scopes"


def _flag_flaws(part: Json, name: str) -> Iterator[str]:
    for key in _FLAGS:
        if not isinstance(part.get(key, False), bool):
            yield f"{key} of {name} is {_said(part[key])}, not true or false"


def schema_flaws(schema: Any, place: str = "the schema") -> Iterator[str]:
    """Yield what has another form in a schema, at any depth; ``place`` says where it stands."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield f"{place} is {_said(schema)}, no schema"
        return
    yield from _keyword_flaws(schema, place)
    for key, value in schema.items():
        if key in SINGLE:
            yield from schema_flaws(value, f"{key} of {place}")
        elif key in LISTS or key in MAPS:
            if not isinstance(value, list if key in LISTS else dict):
                yield f"{key} of {place} is {_said(value)}"
                continue
            named = enumerate(value) if isinstance(value, list) else value.items()
            for name, inner in named:
                yield from schema_flaws(inner, f"{name} in {key} of {place}" if key != "properties" else str(name))


def _keyword_flaws(schema: Json, place: str) -> Iterator[str]:
    for key, (kind, expected) in _KINDS.items():
        if key in schema and not isinstance(schema[key], kind):
            yield f"{key} of {place} is {_said(schema[key])}, not {expected}"
    required = schema.get("required", [])
    for name in required if isinstance(required, list) else ():
        if not isinstance(name, str):
            yield f"required of {place} holds {_said(name)}, not a name"
    if isinstance(schema.get("discriminator"), dict) and not _tells_apart(schema["discriminator"]):
        yield f"discriminator of {place} has no propertyName that is text, or a mapping to what is no text"
    types = schema.get("type", [])
    for each in types if isinstance(types, list) else [types]:
        if each not in _TYPES:
            yield f"type of {place} is {_said(each)}"


def _tells_apart(discriminator: Json) -> bool:
    mapping = discriminator.get("mapping", {})
    names = [discriminator.get("propertyName"), *(mapping.values() if isinstance(mapping, dict) else [None])]
    return all(isinstance(name, str) for name in names)


def _said(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else repr(value)
