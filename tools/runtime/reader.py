"""The function that makes a model of a JSON object, compiled for each model as attrs compiles its methods."""

from typing import Any, Callable, Dict, List

import attrs

from .typeforms import is_free_form

Hook = Callable[[Any, Any], Any]

_SKIPPED = "additional_properties"


def reader(model: Any, find: Callable[[Any], Hook]) -> Callable[[Dict[str, Any]], Any]:
    """Return the function that makes a ``model`` of the keys that it names.

    ``find`` gives the hooks of types whose JSON value is not their Python value already. The function raises KeyError
    for a key that is missing, and what the hooks raise.
    """
    names: Dict[str, Any] = {"model": model}
    arguments: List[str] = []
    for number, a in enumerate(each for each in attrs.fields(model) if each.name != _SKIPPED):
        names[f"default{number}"] = a.default
        key = repr(model.__wire__.get(a.name, a.name))
        raw = f"o[{key}]" if a.default is attrs.NOTHING else f"o.get({key}, default{number})"
        if not is_free_form(a.type):
            names[f"hook{number}"], names[f"type{number}"] = find(a.type), a.type
            raw = _structured(raw, number, required=a.default is attrs.NOTHING)
        arguments.append(f"{a.name}={raw}")
    source = f"def read(o):\n    return model({', '.join(arguments)})"
    exec(compile(source, f"<reader of {model.__module__}.{model.__qualname__}>", "exec"), names)
    read: Callable[[Dict[str, Any]], Any] = names["read"]
    return read


def _structured(raw: str, number: int, *, required: bool) -> str:
    """Return the expression of a value that a hook structures, unless it is the default, which is what it is."""
    if required:
        return f"hook{number}({raw}, type{number})"
    return f"(v if (v := {raw}) is default{number} else hook{number}(v, type{number}))"
