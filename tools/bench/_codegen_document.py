"""A document of any size, made of the odd constructs of the generator's tests, many times over."""

import copy
import itertools
from pathlib import Path
from typing import Any, Dict, List

from tools.generate.document import METHODS, Json, read

_ODD = Path(__file__).parent.parent.parent / "contract_tests" / "generator" / "documents" / "odd.yaml"


def make_document(operations: int, schemas: int) -> Json:
    """Return a document with that many operations and named schemas; the same one every time."""
    odd = read(str(_ODD)).content
    paths: Json = {}
    named: Json = {}
    for number in itertools.count():
        if len(_operations(paths)) >= operations:
            break
        copied = _numbered(copy.deepcopy(odd), number)
        paths.update(copied["paths"])
        named.update(copied["components"]["schemas"])
    for path, method in _operations(paths)[operations:]:
        del paths[path][method]
    _fill(named, schemas)
    return {**odd, "paths": paths, "components": {**odd["components"], "schemas": named}}


def _operations(paths: Json) -> "List[tuple[str, str]]":
    return [(path, method) for path, item in paths.items() for method in METHODS if method in item]


def _numbered(content: Json, number: int) -> Json:
    """Return a copy of a document all of whose names have a number."""
    shared = content["components"].pop("pathItems")
    paths: Json = {}
    for path, item in content["paths"].items():
        written = shared[item["$ref"].rsplit("/", 1)[-1]] if "$ref" in item else item
        paths[f"/n{number}{path}"] = written
        for method in METHODS:
            if "operationId" in written.get(method, {}):
                written[method]["operationId"] += str(number)
    schemas = {f"{name}{number}": schema for name, schema in content["components"]["schemas"].items()}
    numbered: Json = _referring({"paths": paths, "components": {"schemas": schemas}}, number)
    return numbered


def _referring(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: _referring(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_referring(item, number) for item in value]
    prefix = "#/components/schemas/"
    if isinstance(value, str) and value.startswith(prefix):
        name, *rest = value[len(prefix) :].split("/")
        return "/".join([f"{prefix}{name}{number}", *rest])
    return value


def _fill(named: Json, wanted: int) -> None:
    """Add plain objects, each of which holds lists and maps of the one before."""
    before = next(iter(named), None)
    for number in range(wanted - len(named)):
        of_before: Dict[str, Any] = {"$ref": f"#/components/schemas/{before}"} if before else {}
        properties: Json = {
            "id": {"type": "string", "description": f"The id of thing {number}."},
            "createdAt": {"type": "string", "format": "date-time"},
            "state": {"type": ["string", "null"], "enum": ["on", "off", None]},
            "items": {"type": "array", "items": of_before},
            "byName": {"type": "object", "additionalProperties": of_before},
        }
        before = f"Plain{number}"
        named[before] = {"type": "object", "required": ["id"], "properties": properties}
