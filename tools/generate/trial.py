"""What the generator fails on, found by trying: each operation and each schema by itself, if they fail together."""

from collections.abc import Iterator

from .checks import Problem
from .document import METHODS, Json, operations, pointer, references, referent
from .emit import view
from .errors import GenerationError

_LONGEST = 300
"""Characters of a reason: the parser quotes the document."""


def unreadable(content: Json) -> list[Problem]:
    """Return the operations and schemas of which nothing can be made; raise GenerationError if none is to blame."""
    reason = _failure(content)
    if not reason:
        return []
    found = [Problem(steps, why) for steps, part in _parts(content) if (why := _failure(part))]
    if not found:
        raise GenerationError(reason)
    return found


def _failure(content: Json) -> str:
    """Return why a document cannot be generated, "" if it can."""
    try:
        view(content)
    except GenerationError as error:
        return " ".join(str(error).split())[:_LONGEST]
    except Exception as error:  # whatever a document provokes that nobody thought of
        return f"it is not understood ({type(error).__name__}: {error})"[:_LONGEST]
    return ""


def _parts(content: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield each operation and each schema, by the steps to it, as a document with what it refers to."""
    for path, method, item, operation in operations(content):
        shared = {key: value for key, value in item.items() if key not in METHODS}
        yield ("paths", path, method), _alone(content, {path: {**shared, method: operation}}, ())
    for name in content.get("components", {}).get("schemas", {}):
        yield ("components", "schemas", name), _alone(content, {}, (name,))


def _alone(content: Json, paths: Json, names: tuple[str, ...]) -> Json:
    schemas: Json = content.get("components", {}).get("schemas", {})
    needed = dict.fromkeys(names)
    waiting: list[object] = [paths, *(schemas[name] for name in names)]
    seen = set[str]()
    while waiting:
        for reference in references(waiting.pop()):
            if reference["$ref"] not in seen:
                seen.add(reference["$ref"])
                steps = pointer(reference["$ref"])
                if steps[:2] == ["components", "schemas"]:
                    needed[steps[2]] = None
                    waiting.append(schemas[steps[2]])
                waiting.append(referent(content, reference["$ref"]))
    kept = {name: schema for name, schema in schemas.items() if name in needed}
    return {**content, "paths": paths, "components": {**content.get("components", {}), "schemas": kept}}
