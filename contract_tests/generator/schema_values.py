"""Hypothesis strategies for the values that a schema of a document allows, the schema read as it is published."""

import datetime
import string
from typing import Any, Dict, List, Tuple

import jsonschema_rs
from hypothesis import strategies as st

from tools.generate.document import Json, dereference

ANY_TEXT = st.text(string.ascii_letters + string.digits + "-._~ äß漢", max_size=8) | st.text(max_size=4)

_UNIONS = ("oneOf", "anyOf")
_MAX_DEPTH = 3

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


class SchemaValues:
    """The values of one document's schemas.

    They are drawn loosely, and then those are taken that a validator agrees to. Tags of unions are as ``discriminator``
    says, of which JSON Schema knows nothing. ``anything`` is what stands where a schema says nothing; with
    ``open_objects`` there are keys that it does not name, without ``known_values`` its enums are other values.
    """

    def __init__(
        self,
        content: Json,
        text: "st.SearchStrategy[str]" = ANY_TEXT,
        anything: "st.SearchStrategy[Any]" = JSON,
        *,
        open_objects: bool = True,
        known_values: bool = True,
    ) -> None:
        self._content = content
        self._text = text
        self._anything = anything
        self._open_objects = open_objects
        self._known_values = known_values
        shared = {key: content[key] for key in ("components", "$defs") if key in content}
        self._shared: Json = _validatable(shared)
        self._made: Dict[Tuple[str, int], st.SearchStrategy[Any]] = {}

    def valid(self, schema: Any) -> "st.SearchStrategy[Any]":
        """Return values of ``schema`` that a JSON Schema validator accepts."""
        root = {
            **self._shared,
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [_validatable(schema)],
        }
        validator = jsonschema_rs.validator_for(root)
        return self.loose(schema).filter(validator.is_valid)

    def loose(self, schema: Any, depth: int = 0) -> "st.SearchStrategy[Any]":
        """Return values that have the form of ``schema``, limits and contradictions left aside."""
        if not isinstance(schema, dict):
            return self._anything
        if "$ref" in schema:
            return self._named(schema, depth)
        values = self._plain(schema, depth)
        return st.none() | values if schema.get("nullable") else values

    def _named(self, schema: Json, depth: int) -> "st.SearchStrategy[Any]":
        beside = {key: value for key, value in schema.items() if key not in ("$ref", "description", "nullable")}
        if beside:
            return self.loose({"allOf": [{"$ref": schema["$ref"]}, beside], "nullable": schema.get("nullable")}, depth)
        if schema.get("nullable"):
            return st.none() | self._named({"$ref": schema["$ref"]}, depth)
        key = (schema["$ref"], depth)
        if key not in self._made:
            target = dereference(self._content, schema)
            self._made[key] = st.deferred(lambda: self.loose(target, depth + 1))
        return self._made[key]

    def _plain(self, schema: Json, depth: int) -> "st.SearchStrategy[Any]":
        if "const" in schema:
            return st.just(schema["const"]) if self._known_values else self._anything
        if schema.get("enum"):
            return st.sampled_from(schema["enum"]) if self._known_values else self._anything
        parts = [
            *schema.get("allOf", ()),
            *({key: schema[key]} for key in _UNIONS if key in schema and len(schema) > 1),
        ]
        rest = {key: value for key, value in schema.items() if key not in ("allOf", *_UNIONS, "discriminator")}
        if parts and "discriminator" not in schema:
            of_parts = [self.loose(part, depth) for part in ([rest] if rest.keys() & {"properties"} else []) + parts]
            return st.tuples(*of_parts).map(_together)
        for key in _UNIONS:
            if key in schema:
                return self._union(schema, schema[key], depth)
        return self._typed(schema, schema.get("type"), depth)

    def _union(self, schema: Json, members: List[Json], depth: int) -> "st.SearchStrategy[Any]":
        if depth > _MAX_DEPTH:
            members = [member for member in members if member.get("type") in ("string", "null")] or members
        return st.one_of([self._member(schema, member, depth) for member in members])

    def _member(self, schema: Json, member: Json, depth: int) -> "st.SearchStrategy[Any]":
        values = self.loose(member, depth + 1)
        discriminator = schema.get("discriminator")
        if not discriminator:
            return values
        own = member["$ref"].rsplit("/", 1)[-1]
        tags = [tag for tag, name in discriminator.get("mapping", {}).items() if name.rsplit("/", 1)[-1] == own] or [
            own
        ]
        return st.tuples(values, st.sampled_from(tags)).map(
            lambda drawn: {**drawn[0], discriminator["propertyName"]: drawn[1]}
        )

    def _typed(self, schema: Json, kind: Any, depth: int) -> "st.SearchStrategy[Any]":
        if isinstance(kind, list):
            return st.one_of([self._typed(schema, each, depth) for each in kind])
        if kind == "object" or (kind is None and schema.keys() & {"properties", "additionalProperties"}):
            return self._object(schema, depth)
        if kind == "array" or (kind is None and "items" in schema):
            return self._array(schema, depth)
        if kind == "string":
            return self._string(schema)
        scalars: Dict[Any, st.SearchStrategy[Any]] = {
            "null": st.none(),
            "boolean": st.booleans(),
            "integer": st.integers(schema.get("minimum", -(2**31)), schema.get("maximum", 2**31)),
            "number": st.floats(-1e6, 1e6) | st.integers(-1000, 1000),
        }
        return scalars.get(kind, self._anything)

    def _string(self, schema: Json) -> "st.SearchStrategy[str]":
        if schema.get("format") == "date-time":
            return st.datetimes(timezones=st.just(datetime.timezone.utc)).map(
                lambda value: value.isoformat().replace("+00:00", "Z")
            )
        if schema.get("format") == "date":
            return st.dates().map(lambda value: value.isoformat())
        if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        return self._text

    def _array(self, schema: Json, depth: int) -> "st.SearchStrategy[Any]":
        if depth > _MAX_DEPTH:
            return st.just([])
        if "prefixItems" in schema:
            return st.tuples(*(self.loose(item, depth) for item in schema["prefixItems"])).map(list)
        return st.lists(self.loose(schema.get("items"), depth + 1), max_size=2)

    def _object(self, schema: Json, depth: int) -> "st.SearchStrategy[Any]":
        properties: Json = schema.get("properties", {})
        required = {*schema.get("required", ())}
        wanted = {
            name: value
            for name, value in properties.items()
            if value is not False and (depth <= _MAX_DEPTH or name in required)
        }
        named = st.fixed_dictionaries(
            {name: self.loose(value, depth + 1) for name, value in wanted.items() if name in required},
            optional={name: self.loose(value, depth + 1) for name, value in wanted.items() if name not in required},
        )
        return st.tuples(self._unnamed(schema, depth), named).map(lambda drawn: {**drawn[0], **drawn[1]})

    def _unnamed(self, schema: Json, depth: int) -> "st.SearchStrategy[Dict[str, Any]]":
        """Return the keys that the schema does not name: those are kept, whatever they hold."""
        patterns = schema.get("patternProperties", {})
        extra = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        if patterns:
            return st.fixed_dictionaries(
                {},
                optional={pattern.lstrip("^") + "1": self.loose(value, depth) for pattern, value in patterns.items()},
            )
        is_closed = extra is False or (extra is True and not self._open_objects)
        if is_closed or depth > _MAX_DEPTH:
            return st.just({})
        names = st.text(string.ascii_letters, min_size=1, max_size=6).map(lambda name: f"+{name}")
        return st.dictionaries(names, self.loose(extra, depth + 1), max_size=2)


def _together(values: Tuple[Any, ...]) -> Any:
    """Return a value of several parts: objects merged, else the last."""
    objects = [value for value in values if isinstance(value, dict)]
    return {key: item for value in objects for key, item in value.items()} if objects else values[-1]


def _validatable(value: Any) -> Any:
    """Return a schema as JSON Schema has it: with null as a type, and unions that leave the choice to tags."""
    if isinstance(value, list):
        return [_validatable(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("nullable") is True:
        return {
            "anyOf": [_validatable({key: item for key, item in value.items() if key != "nullable"}), {"type": "null"}]
        }
    named = {"anyOf" if key == "oneOf" and "anyOf" not in value else key: item for key, item in value.items()}
    return {
        key: _validatable(item) for key, item in named.items() if key not in ("discriminator", "default", "examples")
    }
