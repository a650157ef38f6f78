"""What cannot be generated of a document, and why."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from .document import Json, dereference, operations, path_items, references, referent, whole_path_item
from .media import Kind, kind_of
from .rewrites.operations import identity, path_names, unnamed
from .shapes import operation_flaws, schema_flaws

_STYLES = {
    "path": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""The styles in which parameters can be sent, by location."""

_LATER_METHODS = ("query", "additionalOperations")
"""Where OpenAPI 3.2 has further operations of a path."""

_SCHEMAS = "#/components/schemas/"


class Problem(NamedTuple):
    """An operation or a schema that cannot be generated; ``steps`` lead to it in the document."""

    steps: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        kind, *names = self.steps
        what = f"{names[1].upper()} {names[0]}" if kind == "paths" and len(names) == 2 else " ".join(names)
        return f"{what}: {self.reason}"


def problems(content: Json) -> list[Problem]:
    """Return what cannot be generated: paths and operations first, then schemas that no operation needs."""
    return [*_of_paths(content), *_of_schemas(content)]


def leave_out(content: Json, found: list[Problem]) -> None:
    """Remove from a document what cannot be generated."""
    for problem in found:
        *holder, name = problem.steps
        inner = content
        for step in holder:
            inner = inner[step]
        del inner[name]


def resolve_paths(content: Json) -> None:
    """Write the paths that are references in full, so that their operations are seen; what leads nowhere stays."""
    for path, item in path_items(content):
        try:
            content["paths"][path] = whole_path_item(content, item)
        except LookupError:
            continue


def addresses(*holders: Json) -> list[str]:
    """Return the URLs of the servers that the first of these says to have any, which without a word is "/"."""
    said = next((holder["servers"] for holder in holders if holder.get("servers")), [{"url": "/"}])
    return sorted({str(server.get("url")).rstrip("/") or "/" for server in said})


def _of_paths(content: Json) -> Iterator[Problem]:
    for path, item in path_items(content):
        if "$ref" in item:
            yield Problem(("paths", path), f"{item['$ref']} cannot be followed")
        for key in _LATER_METHODS:
            if key in item:
                yield Problem(("paths", path, key), "the method is not known")
    for path, method, item, operation in operations(content):
        reason = next(_reasons(content, path, item, operation), None)
        if reason:
            yield Problem(("paths", path, method), reason)


def _reasons(content: Json, path: str, item: Json, operation: Json) -> Iterator[str]:
    if not path.startswith("/"):
        yield "the path does not begin with /"
    if "?" in path or "#" in path:
        yield "the path holds what ends a path"
    if re.search("[{}]", unnamed(path, "")):
        yield "the path holds braces without a name between"
    yield from _flaws_of_references(content, [item.get("parameters", ()), _without_callbacks(operation)])
    for holder, keys in ((content, ("security", "servers")), (item, ("parameters", "servers"))):
        yield from operation_flaws(content, {key: holder[key] for key in keys if key in holder})
    yield from operation_flaws(content, operation)
    for status in operation.get("responses", {}):
        if not re.fullmatch(r"[1-9]\d\d|[1-5]XX|DEFAULT|X-.*", status.upper()):
            yield f"it answers {status!r}, which is no status"
    own = addresses(operation, item, content)
    if own != addresses(content):
        yield f"it is at a server of its own, {' or '.join(own)}, and requests go to one for all"
    for holder in (item, operation):
        yield from _reasons_of_parameters(path, [dereference(content, each) for each in holder.get("parameters", ())])
    given = [dereference(content, each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    if ("header", "cookie") in map(identity, given) and any(each["in"] == "cookie" for each in given):
        yield "the header Cookie is a parameter, and so are cookies, which travel in it"
    body = dereference(content, operation.get("requestBody", {}))
    for media_type, media in body.get("content", {}).items():
        known = _STYLES["query" if kind_of(media_type) is Kind.FORM else "cookie"]
        for name, encoding in media.get("encoding", {}).items():
            if encoding.get("style", "form") not in known:
                yield f"the form field {name} has the style {encoding['style']}"


def _without_callbacks(operation: Json) -> Json:
    """Return an operation without what the server asks of the client."""
    return {key: value for key, value in operation.items() if key not in ("callbacks", "x-codeSamples")}


def _reasons_of_parameters(path: str, parameters: list[Json]) -> Iterator[str]:
    for parameter in parameters:
        yield from _reasons_of_parameter(path, parameter)
    last = {identity(each): each for each in parameters}
    yield from (f"the parameter {each['name']} is there twice" for each in parameters if each != last[identity(each)])


def _reasons_of_parameter(path: str, parameter: Json) -> Iterator[str]:
    name, location = parameter.get("name"), parameter.get("in")
    styles = _STYLES.get(str(location))
    if not isinstance(name, str) or not name:
        yield f"the name of a parameter is {name!r}"
    elif styles is None:
        yield f"the parameter {name} is in {location}"
    elif parameter.get("style", styles[0]) not in styles:
        yield f"the parameter {name} has the style {parameter['style']}"
    elif location == "path" and name not in path_names(path):
        yield f"the parameter {name} is not in the path"


def _of_schemas(content: Json) -> Iterator[Problem]:
    for name, schema in content.get("components", {}).get("schemas", {}).items():
        reason = next(chain(_flaws_of_references(content, schema), schema_flaws(schema)), None)
        if reason:
            yield Problem(("components", "schemas", name), reason)


def _flaws_of_references(content: Json, root: object) -> Iterator[str]:
    """Yield why references at any depth below ``root``, or below what they name, cannot be followed, or lead to."""
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        for reference in references(waiting.pop()):
            if reference["$ref"] in seen:
                continue
            seen.add(reference["$ref"])
            try:
                dereference(content, reference)
                found = referent(content, reference["$ref"])
            except LookupError as error:
                yield str(error)
                continue
            waiting.append(found)
            if reference["$ref"].startswith(_SCHEMAS):
                yield from schema_flaws(found, f"the schema {reference['$ref'][len(_SCHEMAS) :]}")
