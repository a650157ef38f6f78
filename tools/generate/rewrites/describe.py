"""What a schema says of its values, in words: docstrings are made from descriptions, and the parser reads no more."""

import json
from collections.abc import Iterator

from tools.generate.document import Json
from tools.generate.schemas import UNIONS

_STRUCTURAL_FORMATS = ("binary", "date", "date-time")
"""Formats that the type in Python tells."""

_LIMITS = (
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
)


def limits(schema: Json) -> Json:
    """Return what bounds the values of a schema beyond their type; of a union only if null is the only other member."""
    members = [member for key in UNIONS for member in schema.get(key, ()) if member.get("type") != "null"]
    bounded = {**schema, **(members[0] if len(members) == 1 else {})}
    return {
        key: bounded[key]
        for key in _LIMITS
        if key in bounded and not (key == "format" and bounded[key] in _STRUCTURAL_FORMATS)
    }


def describe_constraints(schema: Json) -> Json:
    """Add limits, formats, defaults and deprecation to the description; the parser drops them."""
    said = " ".join(_sentences(schema))
    if not said:
        return schema
    own = str(schema.get("description", "")).strip()
    paragraph = "\n\n" if "\n\n" in own else " "
    return {**schema, "description": f"{own}{paragraph if own else ''}{said}"}


def _sentences(schema: Json) -> Iterator[str]:
    if schema.get("deprecated"):
        yield "Deprecated."
    if schema.get("readOnly"):
        yield "Only in answers."
    if schema.get("writeOnly"):
        yield "Only in requests."
    if isinstance(schema.get("format"), str) and schema["format"] not in _STRUCTURAL_FORMATS:
        yield f"Format: {schema['format']}."
    if "pattern" in schema:
        yield f"Matches `{schema['pattern']}`."
    yield from _limits(schema, "minimum", "maximum", "")
    yield from _limits(schema, "minLength", "maxLength", "character")
    yield from _limits(schema, "minItems", "maxItems", "item")
    if "multipleOf" in schema:
        yield f"A multiple of {schema['multipleOf']}."
    if any(not isinstance(value, str | int | None) for value in schema.get("enum", ())):
        yield f"One of {', '.join(map(json.dumps, schema['enum']))}."
    if schema.get("default") is not None:
        yield f"Default: {json.dumps(schema['default'], ensure_ascii=False)}."


def _limits(schema: Json, low: str, high: str, unit: str) -> Iterator[str]:
    """Say the least and the greatest; the exclusive forms are numbers of their own since OpenAPI 3.1, flags before."""
    least, most = _bound(schema, low, "at least", "more than"), _bound(schema, high, "at most", "less than")
    if unit and least == "at least 1" and not most:
        yield "Not empty."
    elif least or most:
        counted = f" {unit}" if (most or least).endswith(" 1") else f" {unit}s"
        yield f"{', '.join(filter(None, (least, most))).capitalize()}{counted if unit else ''}."


def _bound(schema: Json, key: str, inclusive: str, exclusive: str) -> str:
    strict = schema.get(f"exclusive{key.capitalize()}", False)
    if not isinstance(strict, bool):
        return f"{exclusive} {strict}"
    return f"{exclusive if strict else inclusive} {schema[key]}" if key in schema else ""
