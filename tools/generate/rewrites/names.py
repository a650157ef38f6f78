"""Rewrites that give every type a name of its own."""

from typing import Any

from openapi_python_client.strings import pascal_case

from tools.generate.document import Json, operations, pointer, references, referent
from tools.generate.media import Kind, kind_of
from tools.generate.names import ClassNames
from tools.generate.schemas import UNIONS, component, holders, rewrite_schemas, schemas_of

from .composition import MEMBER_NAME
from .operations import NAME

_SAID_OF_THE_PLACE = ("description", "readOnly", "writeOnly")
_STRUCTURE = ("components", "schemas", "properties", "$defs", "definitions", "items", "schema")
"""Steps of a reference that say nothing about what it names."""

_PREFIX = ["components", "schemas"]


def name_referred_schemas(content: Json) -> None:
    """Make a component of whatever else is referred to; the parser follows references to components only."""
    schemas = schemas_of(content)
    names: dict[tuple[str, ...], str] = {}
    # What becomes a component may refer to more, or be referred to from within itself.
    waiting = list(_schema_references(content))
    while waiting:
        reference = waiting.pop(0)
        steps = pointer(reference["$ref"])
        if steps[:2] == _PREFIX and len(steps) == 3:
            continue
        if tuple(steps) not in names:
            name = pascal_case(" ".join(step for step in steps if step not in _STRUCTURE))
            while name in schemas:
                name += "_"
            names[tuple(steps)] = name
            schemas[name] = referent(content, reference["$ref"])
            waiting += references(schemas[name])
        reference.update(component(names[tuple(steps)]))


def _schema_references(content: Json) -> list[Json]:
    """Return the references of all schemas, in a fixed order."""
    return [reference for holder, key in holders(content) for reference in references(holder[key])]


def name_components(content: Json) -> None:
    """Give components class names that differ; the parser drops all but one of those that would be the same class."""
    classes = ClassNames()
    schemas = schemas_of(content)
    names = {name: classes.claim(name) for name in schemas}

    def rename(schema: Any) -> Any:
        if isinstance(schema, dict) and isinstance(schema.get("discriminator"), dict):
            schema = {**schema, "discriminator": with_mapping(schema, names)}
        if isinstance(schema, dict) and "$ref" in schema:
            return {**schema, **component(names[pointer(schema["$ref"])[-1]])}
        return schema

    rewrite_schemas(content, rename)
    content["components"]["schemas"] = {names[name]: schema for name, schema in schemas.items()}


def with_mapping(union: Json, names: dict[str, str]) -> Json:
    """Return a discriminator that says all its tags, with the members' new names; a tag unsaid is the old name."""
    discriminator: Json = union["discriminator"]
    old = {new: name for name, new in names.items()}
    targets = {tag: name.rsplit("/", 1)[-1] for tag, name in discriminator.get("mapping", {}).items()}
    given = {tag: names[name] for tag, name in targets.items() if name in names}
    members = [each["$ref"].rsplit("/", 1)[-1] for key in UNIONS for each in union.get(key, ()) if "$ref" in each]
    unsaid = {old[member]: member for member in members if member not in given.values()}
    return {**discriminator, "mapping": {**given, **unsaid}}


def name_inline_types(content: Json) -> None:
    """Make components of the objects and enums that are written in place, named after it.

    The parser cannot take objects below a union that leads back to itself, and it makes equal names for different ones.
    """
    schemas = schemas_of(content)
    naming = _Naming(schemas)
    for name in list(schemas):
        schemas[name] = naming.within(schemas[name], name)
    for *_, operation in operations(content):
        base = pascal_case(operation.get("operationId") or operation[NAME])
        for parameter in operation["parameters"]:
            parameter["schema"] = naming.named(parameter["schema"], base + pascal_case(parameter["name"]))
        _name_bodies(naming, operation.get("requestBody", {}), base)
        for status, answer in operation["responses"].items():
            for media in answer.get("content", {}).values():
                name = f"{base}Response" if status.startswith("2") else f"{base}Error{status.capitalize()}"
                media["schema"] = naming.named(media["schema"], name)


def _name_bodies(naming: "_Naming", body: Json, base: str) -> None:
    """Name the types of bodies: the first is "the" body, the others say what they are."""
    for number, (media_type, media) in enumerate(body.get("content", {}).items()):
        kind = "" if number == 0 else kind_of(media_type).value.capitalize()
        if kind_of(media_type) in (Kind.JSON, Kind.FORM, Kind.MULTIPART):
            media["schema"] = naming.named(media["schema"], f"{base}{kind}Body")


class _Naming:
    """Gives names to inline types and puts them among the components."""

    def __init__(self, components: Json) -> None:
        self._components = components
        self._classes = ClassNames()
        for name in components:
            self._classes.claim(name)

    def named(self, schema: Json, name: str) -> Json:
        """Return ``schema`` with its inline types named, itself a reference if it is one."""
        if "$ref" in schema:
            return schema
        schema = self.within(schema, name)
        return self._component(name, schema) if _is_type(schema) else schema

    def within(self, schema: Json, name: str) -> Json:
        """Return ``schema`` with the types in it named; it keeps its own place."""
        result = dict(schema)
        for key in UNIONS:
            if key in schema:
                result[key] = [self._member(member, schema[key], name) for member in schema[key]]
        for key, suffix in (("items", "Item"), ("additionalProperties", "Value")):
            if key in schema:
                result[key] = self.named(schema[key], name + suffix)
        if "prefixItems" in schema:
            result["prefixItems"] = [self.named(item, f"{name}Item") for item in schema["prefixItems"]]
        if "properties" in schema:
            properties = schema["properties"].items()
            result["properties"] = {key: self.named(value, name + pascal_case(key)) for key, value in properties}
        return result

    def _member(self, member: Json, members: list[Json], name: str) -> Json:
        """Name a member of a union: an enum like the union, since the parser would number it; an object by its keys."""
        return self.named(member, name if "enum" in member else _member_name(name, member, members))

    def _component(self, name: str, schema: Json) -> Json:
        free = self._classes.claim(name)
        self._components[free] = schema
        return {**{key: schema[key] for key in _SAID_OF_THE_PLACE if key in schema}, **component(free)}


def _is_type(schema: Json) -> bool:
    return bool(schema.get("properties") or schema.get("enum"))


def _member_name(name: str, member: Json, members: list[Json]) -> str:
    """Name a union's member after what it was made from, its tag, or its first required key that no other one has."""
    if all(other is member or other == {"type": "null"} for other in members):
        return name
    if MEMBER_NAME in member:
        return name + pascal_case(member[MEMBER_NAME])
    properties: Json = member.get("properties", {})
    tags = [value["const"] for value in properties.values() if isinstance(value.get("const"), str)]
    keys = [*member.get("required", ()), *properties]
    others = {key for other in members if other is not member for key in other.get("properties", {})}
    telling = [*tags, *(key for key in keys if key not in others), *keys]
    return name + pascal_case(telling[0]) if properties else name
