"""Rewrites that put together what a document says of a type in several parts."""

from collections.abc import Callable
from typing import Any, TypeVar

from tools.generate.document import Json, dereference
from tools.generate.schemas import UNIONS, rewrite_schema, rewrite_schemas, schemas_of

T = TypeVar("T")

MEMBER_NAME = "x-member-name"
"""At a member of a union: the component that it was made from."""

_MAX_MEMBERS = 64
"""Unions that have more members than that when they are multiplied out are left untyped."""

_SILENT = ("description", "deprecated", "title", "discriminator", "type", "required", "readOnly", "writeOnly")
"""What does not make an object's type another one, beside a union that has its own."""


def tag_union_members(content: Json) -> None:
    """Write the values of a discriminator as constants of the members' tags; the parser overlooks discriminators."""
    tags: dict[tuple[str, str], list[str]] = {}

    def collect(schema: Json) -> Json:
        discriminator = schema.get("discriminator")
        if isinstance(discriminator, dict) and schema.keys() & {*UNIONS}:
            for value, name in discriminator.get("mapping", {}).items():
                tags.setdefault((name, discriminator["propertyName"]), []).append(value)
        return schema

    rewrite_schemas(content, collect)
    schemas = schemas_of(content)
    for (name, key), values in tags.items():
        distinct = [*dict.fromkeys(values)]
        tag: Json = {"const": distinct[0]} if len(distinct) == 1 else {"type": "string", "enum": distinct}
        schemas[name] = {"allOf": [schemas[name], {"type": "object", "properties": {key: tag}}]}


def merge_parts(content: Json) -> None:
    """Write ``allOf``, and a union beside properties, as one object or one union of objects.

    The parser takes neither parts that are unions, nor parts that contradict each other, nor parts of parts.
    """
    merger = _Merger(content)
    rewrite_schemas(content, merger.merged)


class _Merger:
    """Finds the schema of the values that fulfil several schemas."""

    def __init__(self, content: Json) -> None:
        self._content = content
        self._open: list[object] = []

    def merged(self, schema: Json) -> Json:
        """Return a schema without parts."""
        if not _has_parts(schema):
            return schema
        said = {key: value for key, value in schema.items() if key == "description" or key.startswith("x-")}
        own = {key: value for key, value in schema.items() if key not in ("allOf", *UNIONS, *said)}
        parts = [*schema.get("allOf", ()), *({key: schema[key]} for key in UNIONS if schema.get(key))]
        if not own.keys() - {*_SILENT}:
            own = {key: own[key] for key in ("required",) if key in own and "allOf" in schema}
        result: Json = own
        for part in parts:
            result = self._intersection(result, part)
        return {**result, **said}

    def _intersection(self, first: Json, second: Json) -> Json:
        """Return the schema of what fulfils both; ``{}`` if nothing does, since a server may still send it."""
        return self._common(first, second) or {}

    def _common(self, first: Json, second: Json) -> "Json | None":
        """Return the schema of what fulfils both, None if nothing does."""
        if not _typed(first) or first == second:
            return {**first, **second}
        if not _typed(second):
            return first if "$ref" in first else {**second, **first}
        if "$ref" not in first or "$ref" not in second:
            return self._of_contents(first, second)
        either: Json | None = second
        return self._guarded((first["$ref"], second["$ref"]), lambda: self._of_contents(first, second), either)

    def _of_contents(self, first: Json, second: Json) -> "Json | None":
        left, right = self._resolved(first), self._resolved(second)
        for union, other, order in ((left, second, 1), (right, first, -1)):
            key = next((key for key in UNIONS if union.get(key)), None)
            if key:
                return self._distributed(union, key, other, order)
        types = {left.get("type"), right.get("type")} - {None}
        if types == {"integer", "number"}:
            types = {"integer"}
        if len(types) > 1:
            return None
        common = {**left, **right, **({"type": types.pop()} if types else {})}
        return self._with_members(common, left, right)

    def _distributed(self, union: Json, key: str, other: Json, order: int) -> "Json | None":
        rest = {each: value for each, value in union.items() if each in ("description", "discriminator")}
        members: list[Json] = []
        for member in union[key]:
            common = self._common(*(member, other)[::order])
            if common is not None:
                name = member.get("$ref", "").rsplit("/", 1)[-1]
                members.append({**common, **({MEMBER_NAME: name} if name and "$ref" not in common else {})})
        if sum(map(_count, members)) > max(_MAX_MEMBERS, len(union[key])):
            return {}
        return {**rest, "anyOf": members} if members else None

    def _with_members(self, common: Json, left: Json, right: Json) -> "Json | None":
        """Merge what objects and arrays hold, and the values that are allowed."""
        if "properties" in left or "properties" in right:
            common["properties"] = self._properties(left.get("properties", {}), right.get("properties", {}))
        required = [*dict.fromkeys([*left.get("required", ()), *right.get("required", ())])]
        if required:
            common["required"] = required
        for key in ("additionalProperties", "items"):
            if key in left and key in right:
                common[key] = self._intersection(left[key], right[key])
        allowed = [values for values in map(_values, (left, right)) if values is not None]
        if len(allowed) == 2:
            shared = [value for value in allowed[0] if value in allowed[1]]
            common = {key: value for key, value in common.items() if key not in ("const", "enum")}
            return {**common, "enum": shared} if len(shared) > 1 else {**common, "const": shared[0]} if shared else None
        return common

    def _properties(self, left: Json, right: Json) -> Json:
        both = {key: self._described(left[key], right[key]) for key in left if key in right}
        return {**left, **right, **both}

    def _described(self, first: Json, second: Json) -> Json:
        """Merge two schemas of a property; the later description counts."""
        said = {key: value for key, value in {**first, **second}.items() if key == "description"}
        return {**self._intersection(first, second), **said}

    def _resolved(self, schema: Json) -> Json:
        """Return what a reference names, without parts."""
        named = dereference(self._content, schema)
        if named is schema:
            return self.merged(schema)
        nothing: Json = {}
        return self._guarded(schema["$ref"], lambda: rewrite_schema(named, self.merged), nothing)

    def _guarded(self, key: object, make: Callable[[], T], otherwise: T) -> T:
        """Call ``make`` unless that is what is being done already: types may hold themselves."""
        if key in self._open:
            return otherwise
        self._open.append(key)
        try:
            return make()
        finally:
            self._open.pop()


def _count(schema: Json) -> int:
    """Return how many members a schema has at any depth, one if it is no union."""
    return sum(_count(member) for key in UNIONS for member in schema.get(key, ())) or 1


def _has_parts(schema: Json) -> bool:
    """Whether a schema says more than the parser reads: parts, two unions, or a union beside properties."""
    unions = [key for key in UNIONS if schema.get(key)]
    beside = schema.get("properties") or schema.get("additionalProperties") or schema.get("enum")
    return "allOf" in schema or len(unions) > 1 or bool(unions and beside)


def _values(schema: Json) -> "list[Any] | None":
    """Return the only values that a schema allows, None if it does not enumerate them."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _typed(schema: Json) -> bool:
    """Whether a schema says more of its values' type than that they are objects."""
    said = {key: value for key, value in schema.items() if key not in _SILENT and not key.startswith("x-")}
    return bool(said) or "required" in schema or schema.get("type", "object") != "object"
