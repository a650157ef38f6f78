# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Which member of a union a JSON value is.

Its JSON kind decides first. Among models, those whose constant keys (a tag such as ``"event": "final"``) differ are
out, and of the rest the one that leaves the fewest keys unknown is taken, the first of several. A value that is none
of the members is kept as it is: a server may say what its description does not know yet.
"""

import datetime
from typing import Any, Callable, Dict, List, Optional, get_args, get_origin

from .typeforms import constants, is_model, sole_member
from .values import Unset

Hook = Callable[[Any, Any], Any]
Find = Callable[[Any], Hook]
Choice = Callable[[Any], Any]

_DATES = (datetime.datetime, datetime.date)


def union_hook(union: Any, find: Find) -> Hook:
    """Return the function that structures a value of ``union``; ``find`` gives those of its members."""
    sole = sole_member(union)
    if sole is not None:
        return _optional(sole, find)
    members: List[Any] = [member for member in get_args(union) if member not in (type(None), Unset)]
    choices: Dict[Any, Choice] = {
        dict: _object_choice(members, find),
        list: _first_fit([m for m in members if get_origin(m) is list], find),
        str: _first_fit([m for m in members if m in _DATES and str not in members], find),
    }

    def hook(value: Any, _: Any) -> Any:
        choice = choices.get(value.__class__)
        return value if choice is None else choice(value)

    return hook


def _optional(member: Any, find: Find) -> Hook:
    structure = late(member, find)
    return lambda value, _: None if value is None else structure(value)


def late(member: Any, find: Find) -> Choice:
    """Return what structures a ``member``, looked up with the first one: types may hold themselves."""
    hook: Optional[Hook] = None

    def structure(value: Any) -> Any:
        nonlocal hook
        if hook is None:
            hook = find(member)
        return hook(value, member)

    return structure


def _object_choice(members: List[Any], find: Find) -> Choice:
    models = [(late(model, find), constants(model)) for model in members if is_model(model)]
    otherwise = _first_fit([member for member in members if get_origin(member) is dict], find)

    def choose(value: Any) -> Any:
        fitting = [_attempt(value, structure) for structure, tags in models if _agrees(value, tags)]
        instances = [instance for instance in fitting if instance is not None]
        return min(instances, key=_unknown_keys) if instances else otherwise(value)

    return choose


def _agrees(value: Dict[str, Any], tags: Dict[str, Any]) -> bool:
    return all(value.get(key) == constant for key, constant in tags.items())


def _attempt(value: Any, structure: Choice) -> Any:
    """Return the value as a member, None if it is not one."""
    try:
        return structure(value)
    except Exception:
        return None


def _unknown_keys(instance: Any) -> int:
    return len(instance.additional_properties)


def _first_fit(members: List[Any], find: Find) -> Choice:
    structures = [late(member, find) for member in members]

    def choose(value: Any) -> Any:
        attempts = (_attempt(value, structure) for structure in structures)
        return next((fit for fit in attempts if fit is not None), value)

    return choose
