"""Objects, and enums in unions, that are written in place become components with a name.

The parser cannot take objects below a union that leads back to itself, and it makes equal names for different ones.
"""

from typing import Any

from openapi_python_client.strings import pascal_case

from .document import Json, operations


def name_inline_objects(content: Json) -> None:
    """Move each of them to the components, named after the place where it was found."""
    schemas: Json = content.setdefault("components", {}).setdefault("schemas", {})
    naming = _Naming(schemas)
    for name in list(schemas):
        schemas[name] = naming.within(schemas[name], name)
    for name, response in content["components"].get("responses", {}).items():
        _name_media(naming, response, f"{pascal_case(name)}Response")
    for _, _, _, operation in operations(content):
        base = pascal_case(operation.get("operationId", ""))
        _name_media(naming, operation.get("requestBody", {}), f"{base}Body")
        for status, response in operation.get("responses", {}).items():
            _name_media(naming, response, f"{base}Response" if status.startswith("2") else f"{base}Error{status}")


def _name_media(naming: "_Naming", holder: Json, name: str) -> None:
    for media_type, media in holder.get("content", {}).items():
        if "json" in media_type and "schema" in media:
            media["schema"] = naming.named(media["schema"], name)


class _Naming:
    """Gives names to inline objects and puts them among the components."""

    def __init__(self, components: Json) -> None:
        self._components = components

    def named(self, schema: Any, name: str) -> Any:
        """Return ``schema`` with its inline objects named, itself a reference if it is an object."""
        if "$ref" in schema:
            return schema
        schema = self.within(schema, name)
        return self._component(name, schema) if _is_object(schema) else schema

    def within(self, schema: Any, name: str) -> Any:
        """Return ``schema`` with the objects in it named; it keeps its own place."""
        result = dict(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                result[key] = [self._member(member, name) for member in schema[key]]
        if "allOf" in schema:
            result["allOf"] = [self.within(part, name) for part in schema["allOf"]]
        if "items" in schema:
            result["items"] = self.named(schema["items"], f"{name}Item")
        if "additionalProperties" in schema:
            result["additionalProperties"] = self.named(schema["additionalProperties"], f"{name}Value")
        if "properties" in schema:
            properties = schema["properties"].items()
            result["properties"] = {key: self.named(value, name + pascal_case(key)) for key, value in properties}
        return result

    def _member(self, member: Any, name: str) -> Any:
        """Name a member of a union: an enum like the union, since the parser would number it; an object by its keys."""
        if "enum" in member:
            return self._component(name, member)
        return self.named(member, _member_name(name, member))

    def _component(self, name: str, schema: Json) -> Json:
        free, number = name, 2
        while free in self._components:
            free, number = f"{name}{number}", number + 1
        self._components[free] = schema
        return {"$ref": f"#/components/schemas/{free}"}


def _is_object(schema: Json) -> bool:
    return bool(schema.get("properties")) and "allOf" not in schema


def _member_name(name: str, member: Json) -> str:
    """Name a union's member after its tag, else after its first required key."""
    properties = member.get("properties", {})
    tags = (value["const"] for value in properties.values() if isinstance(value.get("const"), str))
    first = next(iter(member.get("required") or properties), "")
    return name + pascal_case(next(tags, first))
