"""The function that makes a model of a JSON object, compiled for each model as attrs compiles its methods."""

from typing import Any, Callable, Dict, Iterator, NoReturn, get_args

import attrs

from .typeforms import is_free_form, is_list, sole_member

Hook = Callable[[Any, Any], Any]
Find = Callable[[Any], Hook]

_EXTRA = "additional_properties"


def reader(model: Any, find: Find, extra: Callable[[Dict[str, Any]], Any]) -> Hook:
    """Return the hook that makes a ``model`` of an object.

    ``find`` gives the hooks of types whose JSON value is not their Python value already; ``extra`` structures the keys
    that the model does not name. The hook raises TypeError for what is no object or no list, KeyError for a key that is
    missing, and what the other hooks raise.
    """
    code = _Code(model, find, extra)
    source = "\n    ".join(["def read(o, _):", *code.statements()])
    exec(compile(source, f"<reader of {model.__module__}.{model.__qualname__}>", "exec"), code.names)
    read: Hook = code.names["read"]
    return read


class _Code:
    """Writes the function. It sets attributes as ``__init__`` does, of which a call takes three times as long.

    Attributes:
        names: What its names stand for. It calls itself for the same model within.
    """

    def __init__(self, model: Any, find: Find, extra: Callable[[Dict[str, Any]], Any]) -> None:
        self._model = model
        self._find = find
        self._fields = {model.__wire__.get(a.name, a.name): a for a in attrs.fields(model) if a.name != _EXTRA}
        known = frozenset(self._fields)
        self.names: Dict[str, Any] = {
            "model": model,
            "new": object.__new__,
            "refuse": _refuse,
            "known": known,
            "extra": lambda o: extra({key: value for key, value in o.items() if key not in known}),
        }

    def statements(self) -> Iterator[str]:
        yield "if not isinstance(o, dict): refuse('an object', o)"
        yield "get = o.get"
        yield "m = new(model)"
        for key, a in self._fields.items():
            yield from self._attribute(key, a)
        yield f"m.{_EXTRA} = {{}} if known.issuperset(o) else extra(o)"
        yield "return m"

    def _attribute(self, key: str, a: Any) -> Iterator[str]:
        """Yield what sets an attribute: to its default, which is what it is, unless the object has its key."""
        is_required = a.default is attrs.NOTHING
        default = "None" if a.default is None else self._named("default", a.default)
        raw = f"o[{key!r}]" if is_required else f"get({key!r}{'' if a.default is None else f', {default}'})"
        if is_free_form(a.type):
            yield f"m.{a.name} = {raw}"
            return
        yield f"v = {raw}"
        read = self._read("v", a.type)
        if not is_required and a.default is not None:  # None is of the type, UNSET is of none
            read = f"v if v is {default} else {read}"
        yield f"m.{a.name} = {read}"

    def _read(self, name: str, hint: Any) -> str:
        """Return the expression that makes a value of the type ``hint`` of the JSON value ``name``."""
        if is_free_form(hint):
            return name
        member = sole_member(hint)
        if member is not None:
            return f"None if {name} is None else {self._read(name, member)}"
        if is_list(hint):
            item = f"{name}i"
            read = self._read(item, get_args(hint)[0])
            return f"[{read} for {item} in {name}] if {name}.__class__ is list else refuse('a list', {name})"
        hook = "read" if hint is self._model else self._named("hook", self._find(hint))
        return f"{hook}({name}, {self._named('type', hint)})"

    def _named(self, what: str, value: Any) -> str:
        name = f"{what}{len(self.names)}"
        self.names[name] = value
        return name


def _refuse(expected: str, value: Any) -> NoReturn:
    raise TypeError(f"{expected} expected, not {type(value).__name__}")
