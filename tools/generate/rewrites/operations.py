"""Rewrites of operations, after which each holds all that is said of it and has a name."""

import copy
import re
from typing import Any

from openapi_python_client.strings import pascal_case

from tools.generate.document import Json, dereference, operations, path_items, whole_path_item
from tools.generate.media import Kind, kind_of
from tools.generate.names import identifiers
from tools.generate.schemas import component, contents, schemas_of

NAME = "x-python-name"
"""At an operation: the name of its module."""

AUTHENTICATION = "x-python-authentication"
"""At an operation: the alternatives that it asks for, each with what its schemes are, and their scopes, by name."""

_PARAMETER = r"{([^{}]+)}"
"""A parameter of a path."""

_SHARED = ("parameters", "requestBodies", "responses")
_TAKEN = {"exports"}
"""What the package of the operations imports."""

_NOT_PARAMETERS = ("accept", "authorization", "content-type")
"""Headers that OpenAPI describes elsewhere; a parameter of such a name is to be ignored."""


def inherit_security(content: Json) -> None:
    """Write the document's security at each operation that has none of its own, and say there what its schemes are."""
    schemes: Json = content.get("components", {}).get("securitySchemes", {})
    for *_, operation in operations(content):
        operation.setdefault("security", content.get("security", []))
        operation.setdefault(AUTHENTICATION, _authentication(content, schemes, operation["security"]))


def _authentication(content: Json, schemes: Json, alternatives: list[Json]) -> list[dict[str, list[str]]]:
    return [
        {name: [_scheme(schemes.get(name, {}), content), *scopes] for name, scopes in names.items()}
        for names in alternatives
    ]


def _scheme(published: Any, content: Json) -> str:
    """Say what a security scheme is: "header X-API-Key", "http bearer", "oauth2", "" if that is not said."""
    try:
        scheme = dereference(content, published)
    except LookupError:
        scheme = {}
    said = scheme if isinstance(scheme, dict) else {}
    keys = ("in", "name") if said.get("type") == "apiKey" else ("type", "scheme")
    return " ".join(str(said[key]) for key in keys if key in said)


def name_shared_schemas(content: Json) -> None:
    """Name what shared parameters, bodies and answers hold, so that copies of them are of one type."""
    schemas = schemas_of(content)
    for kind, suffix in zip(_SHARED, ("", "Body", "Response"), strict=True):
        for name, part in content["components"].get(kind, {}).items():
            for holder in (part, *part.get("content", {}).values()):
                if not _needs_name(holder.get("schema", {})):
                    continue
                free = pascal_case(name) + suffix
                while free in schemas:
                    free += "_"
                schemas[free] = holder["schema"]
                holder["schema"] = component(free)


def _needs_name(schema: Json) -> bool:
    return bool(schema.keys() & {"properties", "enum", "allOf", "oneOf", "anyOf", "items"})


def copy_shared_parts(content: Json) -> None:
    """Write the parameters of a path, and whatever is referred to, into each operation."""
    for path, item in path_items(content):
        content["paths"][path] = copy.deepcopy(whole_path_item(content, item))
    for *_, item, operation in operations(content):
        parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
        resolved = [_resolved(content, each) for each in parameters]
        # What an operation says of a parameter replaces what its path says.
        operation["parameters"] = list({identity(each): each for each in resolved}.values())
        if "requestBody" in operation:
            operation["requestBody"] = _resolved(content, operation["requestBody"])
        answers = [(key, each) for key, each in operation.get("responses", {}).items() if not key.startswith("x-")]
        operation["responses"] = {_status(key): _resolved(content, each) for key, each in answers}


def identity(parameter: Json) -> tuple[str, str]:
    """Return what no other parameter of an operation has; in the names of headers case does not count."""
    name: str = parameter["name"]
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _status(key: str) -> str:
    """Return a status, or a class of them, as OpenAPI spells it."""
    return key.lower() if key.lower() == "default" else key.upper()


def _resolved(content: Json, value: Json) -> Json:
    return copy.deepcopy(dereference(content, value))


def name_operations(content: Json) -> None:
    """Give each operation a name that no other one has in Python; one without an id is named after its route."""
    every = operations(content)
    routes = [f"{method} {re.sub(r'[/{}]', ' ', path)}" for path, method, *_ in every]
    wanted = [operation.get("operationId") or route for (*_, operation), route in zip(every, routes, strict=True)]
    for (*_, operation), name in zip(every, identifiers(wanted, _TAKEN), strict=True):
        operation[NAME] = name


def complete_parameters(content: Json) -> None:
    """Give each part of a path its parameter, always required, and drop the headers that are no parameters."""
    for path, _, _, operation in operations(content):
        given = [each for each in operation["parameters"] if not _is_no_parameter(each)]
        declared = {each["name"] for each in given if each["in"] == "path"}
        missing = [name for name in path_names(path) if name not in declared]
        given += [{"name": name, "in": "path", "schema": {"type": "string"}} for name in missing]
        operation["parameters"] = [{**each, "required": True} if each["in"] == "path" else each for each in given]


def path_names(path: str) -> list[str]:
    """Return the names of the parameters in a path, in order."""
    return re.findall(_PARAMETER, path)


def unnamed(path: str, instead: str) -> str:
    """Return a path that has the same in place of each parameter."""
    return re.sub(_PARAMETER, instead, path)


def _is_no_parameter(parameter: Json) -> bool:
    return parameter["in"] == "header" and str(parameter["name"]).lower() in _NOT_PARAMETERS


def give_parameters_schemas(content: Json) -> None:
    """Write the schema of a parameter where it is looked for, described as the parameter is."""
    for *_, operation in operations(content):
        for parameter in operation["parameters"]:
            media: Json = next(iter(parameter.get("content", {}).values()), {})
            said = {key: parameter[key] for key in ("description", "deprecated") if key in parameter}
            parameter["schema"] = {**_schema(parameter if "schema" in parameter else media), **said}


def give_media_schemas(content: Json) -> None:
    """Say ``{}`` where a body or an answer is of any form; the parser takes no schema for no body."""
    for *_, operation in operations(content):
        for media in contents(operation):
            media["schema"] = _schema(media)


def read_any_type_as_json(content: Json) -> None:
    """Say JSON for the media type ``*/*`` of what has a structure: frameworks write that for all that they make."""
    for *_, operation in operations(content):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            contents = part.get("content", {})
            if any(kind_of(media_type) is Kind.JSON for media_type in contents):
                continue
            part["content"] = {
                "application/json" if key == "*/*" and _is_structure(content, media["schema"]) else key: media
                for key, media in contents.items()
            }


def _is_structure(content: Json, schema: Json) -> bool:
    whole: Any = dereference(content, schema)
    if not isinstance(whole, dict):
        return False
    return bool(whole.keys() & {"properties", "items", "allOf", "oneOf", "anyOf"}) or whole.get("type") == "object"


def empty_answers_to_head(content: Json) -> None:
    """Drop the bodies of what is answered to HEAD: the document says what GET would bring."""
    for _, method, _, operation in operations(content):
        for answer in operation["responses"].values() if method == "head" else ():
            answer.pop("content", None)


def _schema(holder: Json) -> Any:
    schema = holder.get("schema")
    return schema if isinstance(schema, dict) else {}
