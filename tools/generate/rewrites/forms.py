"""Rewrites that look at one schema at a time."""

from typing import Any

from tools.generate.document import Json
from tools.generate.names import identifier, identifiers
from tools.generate.schemas import UNIONS

WIRE_NAME = "x-wire-name"
"""At a property: its key, where it stands under another one."""

_ANNOTATIONS = ("description", "deprecated", "title", "readOnly", "writeOnly")
"""What is said about a schema and not about its values."""

_STRUCTURE = ("properties", "additionalProperties", "patternProperties", "items", "prefixItems", *UNIONS, "allOf")
"""What makes the type of a value that is not a scalar."""

_OBJECT_KEYS = ("properties", "additionalProperties", "patternProperties", "unevaluatedProperties", "required")
_ARRAY_KEYS = ("items", "prefixItems")
_STRING_KEYS = ("format", "contentMediaType", "contentEncoding")
_KEYS_OF_TYPE = {"object": _OBJECT_KEYS, "array": _ARRAY_KEYS, "string": _STRING_KEYS}

_NULL: Json = {"type": "null"}


def replace_boolean_schema(schema: Any) -> Any:
    """Write ``true`` and ``false`` as an empty schema: the parser knows objects only.

    ``false`` too, because unknown keys are kept rather than lost: ``additionalProperties: false`` binds the sender.
    """
    return schema if isinstance(schema, dict) else {}


def forget_annotations(schema: Json) -> Json:
    """Drop what makes no type: a default that does not fit rejects a whole schema, two equal titles drop a class."""
    return _without(schema, "default", "example", "examples", "title")


def spell_out_null(schema: Json) -> Json:
    """Write ``nullable`` (OpenAPI 3.0) as a union: beside an enum or a reference the parser overlooks it."""
    if not schema.get("nullable"):
        return _without(schema, "nullable")
    outer, inner = _parted(_without(schema, "nullable"))
    return {**outer, "anyOf": [inner, _NULL]} if inner else outer


def infer_type(schema: Json) -> Json:
    """Say the type that the other keywords are about; without it the parser takes a map or a list for anything."""
    if schema.keys() & {"type", "$ref", "enum", "const", "allOf", *UNIONS}:
        return schema
    if schema.keys() & {*_OBJECT_KEYS} - {"required"}:
        return {**schema, "type": "object"}
    return {**schema, "type": "array"} if schema.keys() & {*_ARRAY_KEYS} else schema


def split_type_list(schema: Json) -> Json:
    """Write a list of types as a union; the parser copies all keywords to each and numbers the classes it makes."""
    types = schema.get("type")
    if not isinstance(types, list):
        return schema
    if len(types) == 1 or schema.keys() & {"enum", "const"}:
        # The values say their own types.
        return {**_without(schema, "type"), **({"type": types[0]} if len(types) == 1 else {})}
    outer, inner = _parted(schema)
    unions = {key: inner.pop(key) for key in (*UNIONS, "allOf") if key in inner}
    split = {**outer, "anyOf": [_of_type(inner, name) for name in types]}
    return split if not unions else {**outer, "allOf": [split, unions]}


def split_enum(schema: Json) -> Json:
    """Split an enum by the types of its values: the parser takes text or whole numbers, not both, nor anything else."""
    if "enum" not in schema:
        return schema
    rest = _without(schema, "enum", "type", "format")
    members: list[Json] = []
    for value in schema["enum"]:
        kind = _kind(value)
        literals = next((member for member in members if member.get("type") == kind and "enum" in member), None)
        if kind not in ("string", "integer"):
            members.append(_value_type(value))
        elif literals is None:
            members.append({"type": kind, "enum": [value]})
        elif value not in literals["enum"]:
            literals["enum"].append(value)
    distinct = _distinct(members)
    if len(distinct) < 2:
        return {**rest, **(distinct[0] if distinct else {})}
    return {**rest, "anyOf": distinct}


def replace_constant(schema: Json) -> Json:
    """Write a constant as its type if Python has no literal for it: a fraction, null, an object or an array."""
    if "const" not in schema or _kind(schema["const"]) in ("string", "integer", "boolean"):
        return schema
    return {**_without(schema, "const", "type"), **_value_type(schema["const"])}


def give_array_items(schema: Json) -> Json:
    """Say ``items: {}`` where an array says nothing; the parser wants it said."""
    if schema.get("type") == "array" and "items" not in schema and "prefixItems" not in schema:
        return {**schema, "items": {}}
    return schema


def unite_key_patterns(schema: Any) -> Any:
    """Write the schemas of keys that match patterns as those of all unnamed keys: the parser reads only the latter."""
    if isinstance(schema, bool) or not schema.keys() & {"patternProperties", "unevaluatedProperties"}:
        return schema
    patterns = [*schema.get("patternProperties", {}).values()]
    others = [schema[key] for key in ("additionalProperties", "unevaluatedProperties") if key in schema]
    rest = _without(schema, "patternProperties", "additionalProperties", "unevaluatedProperties")
    if not others or True in others or {} in others:
        return rest
    members = _distinct([*patterns, *(other for other in others if other is not False)])
    if len(members) < 2:
        return {**rest, "additionalProperties": members[0] if members else False}
    return {**rest, "additionalProperties": {"anyOf": members}}


def drop_required_alternatives(schema: Json) -> Json:
    """Drop alternatives that only name required keys; the parser would take them for a union and lose the object."""
    rules = [key for key in UNIONS if schema.get(key) and all(map(_is_rule, schema[key]))]
    return _without(schema, *rules)


def separate_clashing_keys(schema: Json) -> Json:
    """Put keys that are one name in Python under different ones; the parser drops a schema where they stay the same."""
    properties: Json = schema.get("properties", {})
    attributes = dict(zip(properties, identifiers(properties), strict=True))
    clashing = {key for key, attribute in attributes.items() if attribute != identifier(key)}
    if not clashing:
        return schema
    renamed = {
        attributes[key] if key in clashing else key: {**value, WIRE_NAME: key} if key in clashing else value
        for key, value in properties.items()
    }
    required = [attributes[key] if key in clashing else key for key in schema.get("required", ())]
    return {**schema, "properties": renamed, **({"required": required} if required else {})}


def split_reference(schema: Json) -> Json:
    """Write what stands beside a reference as a further part; the parser reads the reference only."""
    if "$ref" not in schema or not schema.keys() & {"required", *_STRUCTURE}:
        return schema
    outer, inner = _parted(schema)
    return {**outer, "allOf": [{"$ref": inner.pop("$ref")}, inner]}


def _parted(schema: Json) -> tuple[Json, Json]:
    """Part what is said about a schema from what is said about its values."""
    outer = {key: value for key, value in schema.items() if key in _ANNOTATIONS or key.startswith("x-")}
    return outer, _without(schema, *outer)


def _of_type(schema: Json, name: str) -> Json:
    """Return the part of a schema that is about values of one type."""
    foreign = {key for other, keys in _KEYS_OF_TYPE.items() if other != name for key in keys}
    return {**_without(schema, *foreign), "type": name}


def _value_type(value: object) -> Json:
    kind = _kind(value)
    return {} if kind in ("object", "array") else {"type": kind}


def _distinct(members: list[Any]) -> list[Any]:
    return [member for number, member in enumerate(members) if member not in members[:number]]


def _kind(value: object) -> str:
    """Return the JSON Schema type of a value."""
    if value is None:
        return "null"
    kinds: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")


def _is_rule(schema: Json) -> bool:
    return not schema.keys() - {"required", "not", "description"} and "$ref" not in schema


def _without(schema: Json, *keys: str) -> Json:
    return {key: value for key, value in schema.items() if key not in keys}
