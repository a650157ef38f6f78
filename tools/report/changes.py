"""The differences of two documents, in the terms of their users."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from tools.generate.rewrites.operations import unnamed
from tools.generate.views import Alias, Field, Model, Operation, Package, Parameter

T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """A difference. It is breaking if code that was right before may fail now."""

    kind: str
    """"added", "removed" or "changed"."""
    what: str
    breaking: bool

    def __str__(self) -> str:
        return f"{'BREAKING ' if self.breaking else ''}{self.kind} {self.what}"


class Way(NamedTuple):
    """Which way values travel: what may be sent should not become less, what may come should not become more."""

    sent: bool
    received: bool
    before: Mapping[str, str]
    """What the names of types stand for in the old document that are no classes."""
    after: Mapping[str, str]


def compare(old: Package, new: Package) -> list[Change]:
    """Return the differences: of operations, then of models, then of enums and other types."""
    ways = _Ways(old, new)
    after = {operation.route: operation for operation in new.operations}
    before = _by_route(old, after)
    return [
        *_compared("operation", before, after, partial(_of_operations, ways)),
        *_compared("model", _by_name(old.models), _by_name(new.models), partial(_of_models, ways)),
        *_compared("type", _by_name(old.aliases), _by_name(new.aliases), partial(_of_aliases, ways)),
    ]


class _Ways:
    """Which way the named types of two documents travel; both, if no operation has them."""

    def __init__(self, old: Package, new: Package) -> None:
        self._types = [{alias.name: alias.annotation for alias in package.aliases} for package in (old, new)]
        self.sent = Way(True, False, *self._types)
        self.received = Way(False, True, *self._types)
        self._sent: set[str] = set()
        self._received: set[str] = set()
        for package in (old, new):
            for each in package.operations:
                given = [argument.annotation for body in each.bodies for argument in each.arguments(body)]
                self._sent |= _reachable(package, given)
                self._received |= _reachable(package, [kind for _, kind in each.responses])
            self._received |= _reachable(package, [f"models.{name}" for name in package.pushed])

    def of(self, name: str) -> Way:
        sent, received = name in self._sent, name in self._received
        return Way(sent or not received, received or not sent, *self._types)


def _reachable(package: Package, annotations: Iterable[str]) -> "set[str]":
    """Return the names of the types that these annotations name, and those that these hold."""
    types: list[Model | Alias] = [*package.models, *package.aliases]
    held = {each.name: each.siblings for each in types}
    waiting = [name for annotation in annotations for name in re.findall(r"models\.(\w+)", annotation)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [sibling.name for sibling in held.get(name, ())]
    return found


def _by_route(package: Package, spelled: Iterable[str]) -> Mapping[str, Operation]:
    """Return the operations by route; where only a parameter's name differs, by the one that is ``spelled``."""
    alike = {unnamed(route, "{}"): route for route in spelled}
    return {alike.get(unnamed(each.route, "{}"), each.route): each for each in package.operations}


def _by_name(types: "Sequence[Model] | Sequence[Alias]") -> "Mapping[str, Model | Alias]":
    return {each.name: each for each in types}


def _compared(
    kind: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    differences: Callable[[str, T, T], Iterable[Change]],
    must_give: Callable[[T], bool] = lambda _: False,
) -> Iterator[Change]:
    """Yield what is gone, what is new (breaking if it must be given), and how what stayed differs."""
    for name in sorted({*old, *new}):
        if name not in new:
            yield Change("removed", f"{kind} {name}", breaking=True)
        elif name not in old:
            yield Change("added", f"{kind} {name}", breaking=must_give(new[name]))
        else:
            yield from differences(f"{kind} {name}", old[name], new[name])


def _of_operations(ways: _Ways, what: str, old: Operation, new: Operation) -> Iterator[Change]:
    arguments = partial(_of_arguments, ways.sent)
    yield from _changed(f"{what}: name", old.name, new.name)
    yield from _of_types(ways.received, f"{what}: result", old.result, new.result)
    if old.credentials != new.credentials:
        said = f"{what}: authentication: {old.authentication} -> {new.authentication}"
        yield Change("changed", said, breaking=not all(_suffices(each, new) for each in old.credentials))
    yield from _deprecated(what, old.doc, new.doc)
    yield from _compared(f"{what}: parameter", _parameters(old), _parameters(new), arguments, _must_give)
    forms = _bodies(old)
    # Where a body could be given already, another form of it need not be.
    yield from _compared(f"{what}: body", forms, _bodies(new), arguments, lambda body: not forms and _must_give(body))
    before, after = _functions(old), _functions(new)
    for media_type in sorted(before.keys() & after.keys()):
        yield from _changed(f"{what}: body {media_type}: function", before[media_type], after[media_type])
    if old.streams != new.streams:
        yield Change("added" if new.streams else "removed", f"{what}: event stream", breaking=old.streams)
    answers = partial(_of_types, ways.received)
    for change in _compared(f"{what}: status", dict(old.responses), dict(new.responses), answers):
        # Statuses that are not declared are handled too; only another type of one that is breaks code.
        yield Change(change.kind, change.what, breaking=change.kind == "changed" and change.breaking)


def _suffices(credentials: frozenset[str], operation: Operation) -> bool:
    """Whether an operation takes a request with these credentials."""
    return any(wanted <= credentials for wanted in operation.credentials)


def _parameters(operation: Operation) -> Mapping[str, Parameter]:
    located = {
        "path": operation.path_parameters,
        "query": operation.query_parameters,
        "header": operation.header_parameters,
        "cookie": operation.cookie_parameters,
    }
    return {
        f"{each.wire_name.lower() if place == 'header' else each.wire_name} ({place})": each
        for place, group in located.items()
        for each in group
    }


def _bodies(operation: Operation) -> Mapping[str, Parameter]:
    return {body.media_type: body.parameters[0] for body in operation.bodies if body.parameters}


def _functions(operation: Operation) -> Mapping[str, str]:
    return {body.media_type: body.function for body in operation.bodies if body.parameters}


def _of_arguments(way: Way, what: str, old: "Parameter | Field", new: "Parameter | Field") -> Iterator[Change]:
    yield from _changed(f"{what}: name", old.name, new.name)
    if _is_optional(old) != _is_optional(new):
        said = "is optional now" if _is_optional(new) else "is required now"
        breaks = (
            (way.sent and _must_give(new))
            or (way.received and _is_optional(new))
            or not _fits(way, old.annotation, new.annotation)
        )
        yield Change("changed", f"{what}: {said}, {old.annotation} -> {new.annotation}", breaking=breaks)
    else:
        yield from _of_types(way, what, old.annotation, new.annotation)
    yield from _of_limits(way, what, old.limits, new.limits)
    yield from _deprecated(what, old.doc, new.doc)


def _is_optional(argument: "Parameter | Field") -> bool:
    """Whether it may be absent; a constant is there without being given."""
    return argument.default in ("None", "UNSET")


def _must_give(argument: "Parameter | Field") -> bool:
    return not argument.default


def _of_models(ways: _Ways, what: str, old: "Model | Alias", new: "Model | Alias") -> Iterator[Change]:
    if not isinstance(old, Model) or not isinstance(new, Model):
        return
    way = ways.of(new.name)
    before, after = ({field.wire_name: field for field in each.fields} for each in (old, new))

    def must_give(field: Field) -> bool:
        return way.sent and _must_give(field)

    yield from _compared(f"{what}: field", before, after, partial(_of_arguments, way), must_give)
    yield from _of_types(way, f"{what}: other keys", old.extra, new.extra)
    yield from _deprecated(what, old.doc, new.doc)


def _of_aliases(ways: _Ways, what: str, old: "Model | Alias", new: "Model | Alias") -> Iterator[Change]:
    if not isinstance(old, Alias) or not isinstance(new, Alias):
        return
    way = ways.of(new.name)
    if old.values and new.values:
        before, after = ({repr(value): value for value in each.values} for each in (old, new))
        for change in _compared(f"{what}: value", before, after, lambda *_: ()):
            yield Change(change.kind, change.what, breaking=change.kind == "removed" and way.sent)
    else:
        yield from _of_types(way, what, old.annotation, new.annotation)
    yield from _of_limits(way, what, old.limits, new.limits)
    yield from _deprecated(what, old.doc, new.doc)


def _of_limits(way: Way, what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before != after:
            said = f"{what}: {key}: {before} -> {after}"
            yield Change("changed", said, breaking=way.sent and _is_less(key, before, after))


def _is_less(key: str, before: object, after: object) -> bool:
    """Whether fewer values are within a limit now, as far as can be told."""
    if not isinstance(before, (int, float)) or not isinstance(after, (int, float)):
        return after is not None
    lower, upper = "min" in key.lower() and after < before, "max" in key.lower() and after > before
    return not (lower or upper)


def _of_types(way: Way, what: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        yield Change("changed", f"{what}: {old} -> {new}", breaking=not _fits(way, old, new))


def _fits(way: Way, old: str, new: str) -> bool:
    """Whether code for the old type is right for the new one: all of it may be sent, or nothing else comes."""
    # The modules of operations say "models.Thing", those of models "Thing".
    old, new = old.replace("models.", ""), new.replace("models.", "")
    both = {*re.findall(r"\w+", old)} & {*re.findall(r"\w+", new)}  # which are compared by themselves
    before = _members(old, {name: type_ for name, type_ in way.before.items() if name not in both})
    after = _members(new, {name: type_ for name, type_ in way.after.items() if name not in both})
    return (_are_within(before, after) or not way.sent) and (_are_within(after, before) or not way.received)


def _are_within(types: "set[str]", wider: "set[str]") -> bool:
    return "Any" in wider or all(each in wider or _wider(each) in wider for each in types)


def _wider(annotation: str) -> str:
    """Return the type that has all values of a literal or of whole numbers too."""
    if annotation.startswith("Literal["):
        return type(ast.literal_eval(annotation[len("Literal[") : -1])).__name__
    return "float" if annotation == "int" else ""


def _members(annotation: str, types: Mapping[str, str]) -> "set[str]":
    """Return the types of a union, each value of a literal as one; what says that nothing is given is none.

    ``types`` has what the names stand for that are no classes.
    """
    if annotation in types:
        return _members(types[annotation], types)
    tree = ast.parse(annotation, mode="eval").body
    if not isinstance(tree, ast.Subscript):
        return {annotation}
    form = ast.unparse(tree.value)
    parts = [*map(ast.unparse, tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice])]
    if form == "Literal":
        return {f"Literal[{value}]" for value in parts}
    if form in ("Optional", "Union"):
        nothing = {"None"} if form == "Optional" else set[str]()
        return nothing.union(*(_members(part, types) for part in parts)) - {"Unset"}
    return {annotation}


def _changed(what: str, old: object, new: object) -> Iterator[Change]:
    if old != new:
        yield Change("changed", f"{what}: {old} -> {new}", breaking=True)


def _deprecated(what: str, old: str, new: str) -> Iterator[Change]:
    if "Deprecated." in new and "Deprecated." not in old:
        yield Change("changed", f"{what}: deprecated", breaking=False)
