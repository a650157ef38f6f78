"""Where the schemas of a document are."""

from collections.abc import Callable, Iterator
from typing import Any

from .document import Json, operations

Rewrite = Callable[[Any], Any]

_SINGLE = ("items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")


def rewrite_schema(schema: Any, rewrite: Rewrite) -> Any:
    """Return ``schema`` rewritten, its subschemas first."""
    if isinstance(schema, bool):
        return rewrite(schema)
    result: Json = dict(schema)
    for key in _SINGLE:
        if key in schema:
            result[key] = rewrite_schema(schema[key], rewrite)
    for key in _LISTS:
        if key in schema:
            result[key] = [rewrite_schema(item, rewrite) for item in schema[key]]
    for key in _MAPS:
        if key in schema:
            result[key] = {name: rewrite_schema(item, rewrite) for name, item in schema[key].items()}
    return rewrite(result)


def holders(content: Json) -> Iterator[tuple[Json, str]]:
    """Yield (object, key) of each schema of the document that is not within another one."""
    components = content.get("components", {})
    yield from ((components["schemas"], name) for name in components.get("schemas", {}))
    for kind in ("parameters", "headers", "requestBodies", "responses"):
        for value in components.get(kind, {}).values():
            yield from _holders_of(value)
    for _, _, item, operation in operations(content):
        for value in (*item.get("parameters", ()), *operation.get("parameters", ())):
            yield from _holders_of(value)
        yield from _holders_of(operation.get("requestBody", {}))
        for value in operation.get("responses", {}).values():
            yield from _holders_of(value)


def _holders_of(value: Json) -> Iterator[tuple[Json, str]]:
    """Yield the schemas of a parameter, header, request body or response."""
    if "schema" in value:
        yield value, "schema"
    for part in (*value.get("content", {}).values(), *value.get("headers", {}).values()):
        yield from _holders_of(part)
