"""OpenAPI documents: read from files or the network, and looked into."""

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast
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
    return Document(_package_name(source), cast(Json, content))


def path_items(content: Json) -> list[tuple[str, Json]]:
    """Return the paths of a document and what is said of each."""
    return [(path, item) for path, item in content.get("paths", {}).items() if path.startswith("/")]


def operations(content: Json) -> list[tuple[str, str, Json, Json]]:
    """Return (path, method, path item, operation) of each operation, in the document's order."""
    return [
        (path, method, item, item[method]) for path, item in path_items(content) for method in METHODS if method in item
    ]


def dereference(content: Json, value: Json) -> Json:
    """Follow the local references of ``value`` to what they name; raise LookupError if there is nothing."""
    seen = set[str]()
    while isinstance(value.get("$ref"), str):
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
    """Return the steps of a local reference; raise LookupError for one that leads out of the document."""
    if not reference.startswith("#/"):
        raise LookupError(f"{reference} leads out of the document; bundle it first")
    return [unquote(step).replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/")]


def references(value: Any) -> Iterator[Json]:
    """Yield each object with a reference, at any depth."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


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
