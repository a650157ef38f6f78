"""Rewrites that turn a published document into one that openapi-python-client reads without loss.

The published document stays as it is; each rewrite works on a copy and knows one thing that the parser cannot take.
"""

import copy
from typing import Any

from .document import Json, dereference, operations
from .inline import name_inline_objects
from .schemas import holders, rewrite_schema

ALIASES = "SchemaAliases"
"""Name of the helper schema with a property for each component that is not a class of its own."""


def normalise(content: Json) -> Json:
    """Return the document with every rewrite applied."""
    content = copy.deepcopy(content)
    for rewrite in SCHEMA_REWRITES:
        for holder, key in list(holders(content)):
            holder[key] = rewrite_schema(holder[key], rewrite)
    for change in DOCUMENT_REWRITES:
        change(content)
    return content


def replace_boolean_schema(schema: Any) -> Any:
    """Write ``true`` and ``false`` as an empty schema: the parser knows objects only.

    ``false`` too, because unknown keys are kept rather than lost: ``additionalProperties: false`` binds the sender.
    """
    return {} if isinstance(schema, bool) else schema


def forget_annotations(schema: Json) -> Json:
    """Drop what makes no type: a default that does not fit rejects a whole schema, two equal titles drop a class."""
    return {key: value for key, value in schema.items() if key not in ("default", "example", "examples", "title")}


def give_array_items(schema: Json) -> Json:
    """Say ``items: {}`` where an array says nothing; the parser wants it said."""
    if schema.get("type") == "array" and "items" not in schema and "prefixItems" not in schema:
        return {**schema, "items": {}}
    return schema


def split_nullable_enum(schema: Json) -> Json:
    """Take null out of an enum; with null and a type list the parser makes the enum three times over."""
    values: list[Any] = schema.get("enum", [])
    if None not in values or not isinstance(schema.get("type"), list):
        return schema
    types: list[str] = schema["type"]
    described = {key: schema[key] for key in schema if key == "description"}
    others = [name for name in types if name != "null"]
    rest = {key: value for key, value in schema.items() if key not in described}
    rest.update(type=others[0] if len(others) == 1 else others, enum=[value for value in values if value is not None])
    return {**described, "anyOf": [rest, {"type": "null"}]}


def drop_required_alternatives(schema: Json) -> Json:
    """Drop alternatives that only name required keys; the parser would take them for a union and lose the object."""
    if not schema.get("properties"):
        return schema
    return {
        key: value for key, value in schema.items() if key not in ("oneOf", "anyOf") or not all(map(_is_rule, value))
    }


def _is_rule(schema: Json) -> bool:
    return not schema.keys() - {"required", "not", "description"}


def inherit_security(content: Json) -> None:
    """Write the document's security at each operation that has none; the parser looks there only."""
    for _, _, _, operation in operations(content):
        operation.setdefault("security", content.get("security", []))


def describe_parameters(content: Json) -> None:
    """Copy a parameter's description into its schema; the parser drops the parameter's own."""
    for _, _, item, operation in operations(content):
        for reference in (*item.get("parameters", ()), *operation.get("parameters", ())):
            parameter = dereference(content, reference)
            schema = parameter.get("schema", {})
            if "description" in parameter and "$ref" not in schema:
                schema["description"] = parameter["description"]


def put_json_first(content: Json) -> None:
    """Order media types so that JSON comes first: the first known type of a body or of an answer is the one taken."""
    shared = content.get("components", {})
    holders = [*shared.get("responses", {}).values(), *shared.get("requestBodies", {}).values()]
    for *_, operation in operations(content):
        holders += [operation.get("requestBody", {}), *operation.get("responses", {}).values()]
    for holder in holders:
        if "content" in holder:
            holder["content"] = dict(sorted(holder["content"].items(), key=lambda item: "json" not in item[0]))


def index_aliases(content: Json) -> None:
    """Add a schema with one property a component, from which the types of unions and the like can be read.

    The parser keeps classes and enums only and forgets by what name another type went.
    """
    schemas: Json = content.setdefault("components", {}).setdefault("schemas", {})
    if schemas:
        references = {name: {"$ref": f"#/components/schemas/{name}"} for name in schemas}
        schemas[ALIASES] = {"type": "object", "required": list(references), "properties": references}


SCHEMA_REWRITES = (
    replace_boolean_schema,
    forget_annotations,
    give_array_items,
    split_nullable_enum,
    drop_required_alternatives,
)

DOCUMENT_REWRITES = (
    inherit_security,
    describe_parameters,
    put_json_first,
    name_inline_objects,
    index_aliases,
)
