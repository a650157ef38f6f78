"""OpenAPI documents: read from files or the network, and looked into."""

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from openapi_python_client.strings import PythonIdentifier
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from urllib3.exceptions import HTTPError

from .errors import GenerationError

Json = dict[str, Any]
"""An object of the document."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_NAMED = (
    "$defs",
    "content",
    "headers",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
)
"""Keys of objects whose own keys are names."""

_DATA = ("const", "default", "enum", "example", "examples", "links")
"""Keys of values, and of what is not generated."""

_TIMEOUT = 60.0
"""Seconds for fetching a document."""


@dataclass(frozen=True)
class Document:
    """A document and the name of the package that is made from it."""

    package: str
    content: Json


def read(source: str) -> Document:
    """Read a YAML or JSON file or http(s) URL; raise GenerationError if it is not an OpenAPI document."""
    content = _parsed(source, _fetched(source) if _is_url(source) else _file(source))
    if not isinstance(content, dict) or not str(content.get("openapi", "")).startswith("3."):
        raise GenerationError(f"{source} is not an OpenAPI 3 document")
    said: Json = _said(content)
    for place, value in _objects(said):
        if not isinstance(value, dict):
            raise GenerationError(f"{source} cannot be read: {place} is no object")
    for key in ("security", "servers"):
        said_of_all = said.get(key, [])
        if not isinstance(said_of_all, list) or not all(isinstance(each, dict) for each in said_of_all):
            raise GenerationError(f"{source} cannot be read: {key} is no list of objects")
    return Document(_package_name(source), said)


def _objects(content: Json) -> Iterator[tuple[str, Any]]:
    """Yield what has to be an object before anything can be said of it, and its place; the outer ones first."""
    for key in ("paths", "components"):
        yield key, content.get(key, {})
        for name, part in content.get(key, {}).items():
            if name.startswith("x-"):
                continue
            yield f"{key} {name}", part
            if key == "paths":
                yield from ((f"{method.upper()} {name}", part[method]) for method in METHODS if method in part)
            elif name in ("parameters", "requestBodies", "responses", "pathItems"):
                yield from ((f"{key} {name} {each}", value) for each, value in part.items())


def path_items(content: Json) -> list[tuple[str, Json]]:
    """Return the paths of a document and what is said of each."""
    return [(path, item) for path, item in content.get("paths", {}).items() if not path.startswith("x-")]


def whole_path_item(content: Json, item: Json) -> Json:
    """Return what is said of a path, here and where it refers to; raise LookupError if there is nothing."""
    if "$ref" not in item:
        return item
    dereference(content, item)  # which sees whether the references come back
    shared: Json = whole_path_item(content, referent(content, item["$ref"]))
    return {**shared, **{key: value for key, value in item.items() if key != "$ref"}}


def operations(content: Json) -> list[tuple[str, str, Json, Json]]:
    """Return (path, method, path item, operation) of each operation, in the document's order."""
    return [
        (path, method, item, item[method]) for path, item in path_items(content) for method in METHODS if method in item
    ]


def dereference(content: Json, value: Json) -> Json:
    """Follow the local references of ``value`` to what they name; raise LookupError if there is nothing.

    That is an object, or a schema that is true or false.
    """
    seen = set[str]()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        reference: str = value["$ref"]
        if reference in seen:
            raise LookupError(f"{reference} refers to itself")
        seen.add(reference)
        value = referent(content, reference)
    return value


def referent(content: Json, reference: str) -> Any:
    """Return what a reference names; raise LookupError if that is not in the document."""
    found: Any = content
    try:
        for step in pointer(reference):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (KeyError, IndexError, ValueError, TypeError):
        raise LookupError(f"{reference} is not in the document") from None
    return found


def pointer(reference: str) -> list[str]:
    """Return the steps of a local reference; raise LookupError for one of another kind."""
    if not reference.startswith("#"):
        raise LookupError(f"{reference} leads out of the document; bundle it first")
    if reference == "#":
        raise LookupError("# is the whole document, which is nothing that can stand here")
    if not reference.startswith("#/"):
        raise LookupError(f"{reference} is the name of an anchor; refer to its place, as in #/components/schemas/Name")
    return [unquote(step).replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/")]


def references(value: Any) -> Iterator[Json]:
    """Yield each object with a reference, at any depth; what looks like one in an example is none."""
    waiting = [(value, False)]
    while waiting:
        each, are_names = waiting.pop()
        if isinstance(each, dict):
            if not are_names and isinstance(each.get("$ref"), str):
                yield each
            said = each.items() if are_names else [(key, item) for key, item in each.items() if not _is_data(key)]
            waiting += [(item, key in _NAMED and not are_names) for key, item in said]
        elif isinstance(each, list):
            waiting += [(item, False) for item in each]


def _is_data(key: str) -> bool:
    """Whether what stands under a key is no part of the description."""
    return key in _DATA or key.startswith("x-")


def _said(value: Any, *, are_names: bool = False) -> Any:
    """Return a document without what is null, as YAML has it where nothing is written; names stay, with nothing said.

    A number as a name or a description is text.
    """
    if isinstance(value, list):
        return [_said(item) for item in value]
    if not isinstance(value, dict):
        return value
    result: Json = {}
    for key, item in value.items():
        if are_names or key in METHODS:
            result[key] = {} if item is None else _said(item)
        elif _is_data(key) and (item is not None or key == "const"):
            result[key] = item
        elif key == "security" and isinstance(item, list):
            result[key] = [_requirement(each) for each in item]
        elif item is not None:
            is_text = key in ("description", "summary", "operationId", "name") and isinstance(item, int | float)
            result[key] = str(item) if is_text else _said(item, are_names=key in _NAMED)
    return result


def _requirement(value: Any) -> Any:
    """Return what authentication asks for; a scheme behind which nothing is written has no scopes."""
    return {name: scopes or [] for name, scopes in value.items()} if isinstance(value, dict) else value


def _is_url(source: str) -> bool:
    return urlsplit(source).scheme in ("http", "https")


def _file(source: str) -> str:
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GenerationError(f"{source} cannot be read: {error}") from error


def _fetched(url: str) -> str:
    try:
        with urllib3.PoolManager() as pool:
            answer = pool.request("GET", url, timeout=_TIMEOUT)
        if answer.status != 200:
            raise GenerationError(f"{url} cannot be read: the server answered {answer.status}")
        return answer.data.decode()
    except (HTTPError, UnicodeDecodeError) as error:
        raise GenerationError(f"{url} cannot be read: {error}") from error


def _parsed(source: str, text: str) -> Any:
    """Parse JSON, or YAML, which takes a hundred times as long."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        yaml: Any = YAML(typ="safe")
        return _as_json(yaml.load(text))
    except YAMLError as error:
        raise GenerationError(f"{source} cannot be read: {error}") from error


def _as_json(value: Any) -> Any:
    """Return what YAML has read with keys that are text (statuses), and dates as they were written."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _package_name(source: str) -> str:
    """Return "v1" for spec/v1/openapi.yaml, else a name made from the file's."""
    path = PurePosixPath(urlsplit(source).path if _is_url(source) else Path(source).resolve().as_posix())
    folder = path.parent.name
    return folder if re.fullmatch(r"v\d+", folder) else str(PythonIdentifier(path.stem or "api", prefix="api_"))
