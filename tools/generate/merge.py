"""Several documents as one."""

import copy
from collections.abc import Sequence
from typing import Any

from .checks import addresses, resolve_paths
from .document import METHODS, Document, Json, dereference, path_items
from .errors import GenerationError
from .rewrites.names import with_mapping
from .rewrites.operations import identity, inherit_security
from .schemas import component, rewrite_schemas, schemas_of

_PLACES = (
    *(("components", kind) for kind in ("schemas", "responses", "parameters", "requestBodies", "headers", "pathItems")),
    ("$defs",),
    ("definitions",),
)
"""Where the parts of a document are that have names and are referred to."""


def merge(documents: Sequence[Document]) -> Document:
    """Return one document with the operations of all, under the first one's name.

    A component that another document has under the same name with other content gets a number. Raises GenerationError
    for an operation that two documents describe differently.
    """
    first, *others = documents
    if not others:
        return first
    merged = _prepared(first.content)
    for other in others:
        prepared = _prepared(other.content)
        if addresses(prepared) != addresses(merged):
            _keep_servers(prepared)
        _add(merged, prepared)
    return Document(first.package, merged)


def _prepared(content: Json) -> Json:
    """Return a copy whose operations say what is else said of all of them."""
    content = copy.deepcopy(content)
    inherit_security(content)
    content.pop("security", None)
    resolve_paths(content)
    for _, item in path_items(content):
        shared = item.pop("parameters", [])
        for method in item.keys() & {*METHODS}:
            own = item[method].get("parameters", [])
            replaced = [identity(dereference(content, each)) for each in own]
            inherited = [each for each in shared if identity(dereference(content, each)) not in replaced]
            item[method]["parameters"] = [*inherited, *own]
    rewrite_schemas(content, lambda schema: _with_tags(schema, content))
    return content


def _keep_servers(content: Json) -> None:
    """Write the servers of all operations at each: among those of another document they are seen to be elsewhere."""
    servers = content.get("servers") or [{"url": "/"}]
    for _, item in path_items(content):
        shared = item.pop("servers", None) or servers
        for method in item.keys() & {*METHODS}:
            item[method]["servers"] = item[method].get("servers") or shared


def _with_tags(schema: Any, content: Json) -> Any:
    """Return a union with its members' tags, which are their names where nothing else is said."""
    if not isinstance(schema, dict) or not isinstance(schema.get("discriminator"), dict):
        return schema
    discriminator = with_mapping(schema, {name: name for name in schemas_of(content)})
    mapping = {tag: component(name)["$ref"] for tag, name in discriminator["mapping"].items()}
    return {**schema, "discriminator": {**discriminator, "mapping": mapping}}


def _add(merged: Json, other: Json) -> None:
    other = _separated(merged, other)
    for place in _PLACES:
        theirs = _named(other, place)
        if theirs:
            holder = merged
            for step in place:
                holder = holder.setdefault(step, {})
            holder.update(theirs)
    for path, item in other.get("paths", {}).items():
        known: Json = merged.setdefault("paths", {}).setdefault(path, {})
        for key, value in item.items():
            if key in METHODS and key in known and known[key] != value:
                raise GenerationError(f"{key.upper()} {path} is described differently by two documents")
            known[key] = value


def _separated(merged: Json, other: Json) -> Json:
    """Return ``other`` with new names for its components that have the name of one in ``merged`` but not its content.

    What refers to such a component has other content too, whatever it looks like.
    """
    while True:
        renamed = {
            _reference(place, name): _reference(place, _free(name, value, _named(merged, place), _named(other, place)))
            for place in _PLACES
            for name, value in _named(other, place).items()
            if _named(merged, place).get(name, value) != value
        }
        if not renamed:
            return other
        for place in _PLACES:
            components = _named(other, place)
            prefix = _reference(place, "")
            named = {_new(prefix + name, renamed)[len(prefix) :]: each for name, each in components.items()}
            components.clear()
            components.update(named)
        other = _referring(other, renamed)


def _named(content: Json, place: tuple[str, ...]) -> Json:
    """Return the parts of a document at one of the places, by name."""
    for step in place:
        content = content.get(step, {})
    return content


def _reference(place: tuple[str, ...], name: str) -> str:
    return "/".join(["#", *place, name])


def _referring(value: Any, renamed: dict[str, str]) -> Any:
    """Return ``value`` with references, those of discriminators too, to the new names."""
    if isinstance(value, dict):
        return {key: _referring(item, renamed) for key, item in value.items()}
    if isinstance(value, list):
        return [_referring(item, renamed) for item in value]
    if isinstance(value, str) and value.startswith("#/"):
        return _new(value, renamed)
    return value


def _new(reference: str, renamed: dict[str, str]) -> str:
    head = "/".join(reference.split("/")[: 4 if reference.startswith("#/components/") else 3])
    return renamed.get(head, head) + reference[len(head) :]


def _free(name: str, value: Json, ours: Json, theirs: Json) -> str:
    """Return the first numbered name that nothing has, or that has the same content."""
    number = 2
    while f"{name}{number}" in theirs or ours.get(f"{name}{number}", value) != value:
        number += 1
    return f"{name}{number}"
