"""Rewrites that depend on where a schema is used, and the index of all such places."""

from collections.abc import Iterable, Iterator
from typing import Any

from tools.generate.document import Json, dereference, operations, references
from tools.generate.media import Kind, kind_of
from tools.generate.schemas import INDEX, UNIONS, component, holders, operation_holders, rewrite_schema, schemas_of

TYPE = "x-type"
"""At a place: the name of its property in the helper schema."""

_BYTES = "application/octet-stream"


def relax_one_way_properties(content: Json) -> None:
    """Require no key that only one side sends: an answer lacks the write-only ones, a request the read-only ones."""
    sent = _reachable(content, (media.get("schema") for *_, media in _bodies(content)))

    def relaxed(schema: Json, keys: tuple[str, ...]) -> Json:
        properties: Json = schema.get("properties", {})
        free = {name for name, value in properties.items() if any(value.get(key) for key in keys)}
        if not free & {*schema.get("required", ())}:
            return schema
        return {**schema, "required": [name for name in schema["required"] if name not in free]}

    schemas = schemas_of(content)
    for name, schema in schemas.items():
        keys = ("writeOnly", "readOnly") if name in sent else ("writeOnly",)
        schemas[name] = relaxed(schema, keys)


def keep_files_to_forms(content: Json) -> None:
    """Make files of the binary parts of forms, and text of whatever else calls itself binary, as JSON has no bytes.

    The parser knows the format "binary" only, not the media types by which OpenAPI 3.1 says it, and takes it anywhere.
    """
    forms = [media for _, media_type, media in _bodies(content) if kind_of(media_type) is Kind.MULTIPART]
    named = {media["schema"]["$ref"].rsplit("/", 1)[-1] for media in forms if "$ref" in media["schema"]}

    def file_part(schema: Json) -> Json:
        if schema.get("type") == "array":
            return {**schema, "items": file_part(schema["items"])}
        if _is_binary(dereference(content, schema)):
            return {"description": schema.get("description", ""), "type": "string", "format": "binary"}
        text: Json = rewrite_schema(schema, _without_bytes)
        return text

    def with_files(form: Json) -> Json:
        parts = {name: file_part(part) for name, part in form.get("properties", {}).items()}
        return {**form, "properties": parts} if parts else form

    rewritten = [
        (holder, key, with_files(holder[key]))
        if key in named or any(holder is form for form in forms)
        else (holder, key, rewrite_schema(holder[key], _without_bytes))
        for holder, key in holders(content)
    ]
    for holder, key, schema in rewritten:
        holder[key] = schema


def _without_bytes(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key != "format"} if _is_binary(schema) else schema


def _is_binary(schema: Json) -> bool:
    if "contentEncoding" in schema:
        return False
    return schema.get("format") == "binary" or schema.get("contentMediaType") == _BYTES


def _bodies(content: Json) -> Iterator[tuple[Json, str, Json]]:
    """Yield (operation, media type, media type object) of each body that is sent."""
    for *_, operation in operations(content):
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
            yield operation, media_type, media


def _reachable(content: Json, roots: Iterable[Any]) -> set[str]:
    """Return the names of the components that these schemas refer to, at any depth."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        for reference in references(waiting.pop()):
            name = reference["$ref"].rsplit("/", 1)[-1]
            if name not in found:
                found.add(name)
                waiting.append(schemas_of(content)[name])
    return found


def break_recursion(content: Json) -> None:
    """Leave a type untyped where it holds itself without an object between, such as "text or a list of itself".

    Python 3.8 has no name for such a type, and the parser refuses it.
    """
    schemas = schemas_of(content)
    finished: set[str] = set()

    def opened(schema: Json, path: tuple[str, ...]) -> Json:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            if name in path:
                return {key: value for key, value in schema.items() if key != "$ref"}
            visit(name, path)
            return schema
        if schema.get("properties"):
            return schema
        result = dict(schema)
        for key in ("items", "additionalProperties"):
            if key in schema:
                result[key] = opened(schema[key], path)
        for key in (*UNIONS, "prefixItems"):
            if key in schema:
                result[key] = [opened(member, path) for member in schema[key]]
        return result

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name not in finished and not schemas[name].get("properties"):
            schemas[name] = opened(schemas[name], (*path, name))
        finished.add(name)

    for name in list(schemas):
        visit(name, ())


def keep_second_names(content: Json) -> None:
    """Write a component that is another one's second name as a part; the parser makes a second class of a reference."""
    schemas = schemas_of(content)
    for name, schema in schemas.items():
        if "$ref" in schema:
            said = {key: value for key, value in schema.items() if key != "$ref"}
            schemas[name] = {**said, "allOf": [{"$ref": schema["$ref"]}]}


def index_types(content: Json) -> None:
    """Add a schema with a property for each component and each parameter, body and answer, and say at these which.

    From its properties the types of unions, lists and parameters can be read: the parser keeps classes and enums only,
    and of operations it refuses lists and date-times in headers, several bodies, and media types that it does not know.
    """
    schemas = schemas_of(content)
    places = {name: component(name) for name in schemas}
    for *_, operation in operations(content):
        for holder, key in operation_holders(operation):
            holder[TYPE] = f"#{len(places)}"
            places[holder[TYPE]] = holder[key]
    schemas[INDEX] = {"type": "object", "required": list(places), "properties": places}
