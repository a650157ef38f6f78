"""Where the schemas of a document are."""

from collections.abc import Callable, Iterator
from typing import Any

from .document import Json, operations

Rewrite = Callable[[Any], Any]

SINGLE = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "propertyNames",
)
LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")

INDEX = "SchemaIndex"
"""Name of the helper schema from whose properties all other types are read."""

UNIONS = ("oneOf", "anyOf")


def rewrite_schema(schema: Any, rewrite: Rewrite) -> Any:
    """Return ``schema`` rewritten, its subschemas first."""
    if not isinstance(schema, dict):
        return rewrite(schema)
    result: Json = dict(schema)
    for key in SINGLE:
        if key in schema:
            result[key] = rewrite_schema(schema[key], rewrite)
    for key in LISTS:
        if key in schema:
            result[key] = [rewrite_schema(item, rewrite) for item in schema[key]]
    for key in MAPS:
        if key in schema:
            result[key] = {name: rewrite_schema(item, rewrite) for name, item in schema[key].items()}
    return rewrite(result)


def rewrite_schemas(content: Json, rewrite: Rewrite) -> None:
    """Rewrite every schema of the document."""
    for holder, key in list(holders(content)):
        holder[key] = rewrite_schema(holder[key], rewrite)


def holders(content: Json) -> Iterator[tuple[Json, str]]:
    """Yield (object, key) of each schema of the document that is not within another one."""
    components = schemas_of(content)
    yield from ((components, name) for name in components)
    for *_, operation in operations(content):
        yield from operation_holders(operation)


def operation_holders(operation: Json) -> Iterator[tuple[Json, str]]:
    """Yield (object, key) of the schemas of an operation: its parameters', its body's, its answers'."""
    parts = [*operation.get("parameters", ()), *contents(operation)]
    yield from ((part, "schema") for part in parts if "schema" in part)


def contents(operation: Json) -> Iterator[Json]:
    """Yield the media type objects of an operation's body and answers."""
    for part in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
        yield from part.get("content", {}).values()


def schemas_of(content: Json) -> Json:
    """Return the named schemas of a document."""
    schemas: Json = content.setdefault("components", {}).setdefault("schemas", {})
    return schemas


def component(name: str) -> Json:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}
