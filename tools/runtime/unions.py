"""Which member of a union a JSON value is.

Its JSON kind decides first. Among models, those whose constant keys (a tag such as ``"event": "final"``) differ are
out, and of the rest the one that leaves the fewest keys unknown is taken, the first of several. A value that is none
of the members is kept as it is: a server may say what its description does not know yet.
"""

import datetime
from typing import Any, Callable, Dict, List, get_args, get_origin

from .typeforms import constants, is_model
from .values import Unset

Structure = Callable[[Any, Any], Any]
Choice = Callable[[Any], Any]

_DATES = (datetime.datetime, datetime.date)


def union_hook(union: Any, structure: Structure) -> Callable[[Any, Any], Any]:
    """Return the function that structures a value of ``union``, whose members are structured with ``structure``."""
    members: List[Any] = [member for member in get_args(union) if member not in (type(None), Unset)]
    if len(members) == 1:
        only = members[0]
        return lambda value, _: None if value is None else structure(value, only)
    choices: Dict[Any, Choice] = {
        dict: _object_choice(members, structure),
        list: _first_fit([m for m in members if get_origin(m) is list], structure),
        str: _first_fit([m for m in members if m in _DATES and str not in members], structure),
    }

    def hook(value: Any, _: Any) -> Any:
        choice = choices.get(value.__class__)
        return value if choice is None else choice(value)

    return hook


def _object_choice(members: List[Any], structure: Structure) -> Choice:
    models = [(model, constants(model)) for model in members if is_model(model)]
    otherwise = _first_fit([member for member in members if get_origin(member) is dict], structure)

    def choose(value: Any) -> Any:
        fitting = [_attempt(value, model, structure) for model, tags in models if _agrees(value, tags)]
        instances = [instance for instance in fitting if instance is not None]
        return min(instances, key=_unknown_keys) if instances else otherwise(value)

    return choose


def _agrees(value: Dict[str, Any], tags: Dict[str, Any]) -> bool:
    return all(value.get(key) == constant for key, constant in tags.items())


def _attempt(value: Any, member: Any, structure: Structure) -> Any:
    """Return the value as this member, None if it is not one."""
    try:
        return structure(value, member)
    except Exception:
        return None


def _unknown_keys(instance: Any) -> int:
    return len(instance.additional_properties)


def _first_fit(members: List[Any], structure: Structure) -> Choice:
    def choose(value: Any) -> Any:
        attempts = (_attempt(value, member, structure) for member in members)
        return next((fit for fit in attempts if fit is not None), value)

    return choose
