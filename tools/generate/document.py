"""OpenAPI documents as read from disk."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from openapi_python_client.strings import PythonIdentifier
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from .errors import GenerationError

Json = dict[str, Any]
"""An object of the document."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Document:
    """A document and the name of the package that is made from it."""

    package: str
    content: Json


def read(path: Path) -> Document:
    """Read a YAML or JSON file; raise GenerationError if it is not an OpenAPI document."""
    try:
        yaml: Any = YAML(typ="safe")
        content: Any = yaml.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise GenerationError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict) or "openapi" not in content:
        raise GenerationError(f"{path} is not an OpenAPI document")
    return Document(_package_name(path), cast(Json, content))


def operations(content: Json) -> list[tuple[str, str, Json, Json]]:
    """Return (path, method, path item, operation) of each operation, in the document's order."""
    return [
        (path, method, item, item[method])
        for path, item in content.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]


def dereference(content: Json, value: Json) -> Json:
    """Follow the local references of ``value`` to what they name."""
    while "$ref" in value:
        found: Any = content
        for step in str(value["$ref"]).removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


def _package_name(path: Path) -> str:
    """Return "v1" for spec/v1/openapi.yaml, else a name made from the file's."""
    folder = path.resolve().parent.name
    return folder if re.fullmatch(r"v\d+", folder) else str(PythonIdentifier(path.stem, prefix="api_"))
