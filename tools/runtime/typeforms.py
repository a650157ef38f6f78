"""What type hints stand for in JSON."""

import sys
from typing import Any, Dict, Literal, Tuple, Union, get_args, get_origin

from .values import Unset

_SCALARS = (str, int, float, bool, type(None))

if sys.version_info >= (3, 10):
    from types import UnionType

    _UNIONS: Tuple[Any, ...] = (Union, UnionType)
else:
    _UNIONS = (Union,)


def is_model(hint: Any) -> bool:
    """Whether a hint is a generated class."""
    return isinstance(hint, type) and hasattr(hint, "__wire__")


def is_union(hint: Any) -> bool:
    """Whether a hint is Optional or Union."""
    return get_origin(hint) in _UNIONS


def sole_member(hint: Any) -> Any:
    """Return the only type of an Optional or Union beside those of None and UNSET; None of any other hint."""
    members = [each for each in get_args(hint) if each not in (type(None), Unset)] if is_union(hint) else []
    return members[0] if len(members) == 1 else None


def is_list(hint: Any) -> bool:
    """Whether a hint is a list of something."""
    return get_origin(hint) is list


def is_free_form(hint: Any) -> bool:
    """Whether any JSON value of this hint already is its Python value, so that nothing has to look into it."""
    if hint is Any or hint is Unset or hint in _SCALARS:
        return True
    origin: Any = get_origin(hint)
    return origin is Literal or (origin in (list, dict, *_UNIONS) and all(map(is_free_form, get_args(hint))))


def resolve(model: Any) -> None:
    """Evaluate the annotations of a model; the models that they name are imported now, from its own package."""
    import attrs  # loaded with the first model, not with the first request

    package = sys.modules[model.__module__.rpartition(".")[0]]
    siblings = {name: getattr(package, name) for name in model.__siblings__}
    attrs.resolve_types(model, None, siblings)


def constants(model: Any) -> Dict[str, Any]:
    """Return the keys whose value is the same in every object of this model."""
    import attrs

    resolve(model)
    literals = {a.name: get_args(a.type) for a in attrs.fields(model) if get_origin(a.type) is Literal}
    return {model.__wire__.get(name, name): values[0] for name, values in literals.items() if len(values) == 1}
