"""The differences of two documents, in the terms of their users."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

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


def compare(old: Package, new: Package) -> list[Change]:
    """Return the differences: of operations, then of models, then of enums and other types."""
    return [
        *_compared("operation", _by_route(old), _by_route(new), _of_operations),
        *_compared("model", _by_name(old.models), _by_name(new.models), _of_models),
        *_compared("type", _by_name(old.aliases), _by_name(new.aliases), _of_aliases),
    ]


def _by_route(package: Package) -> Mapping[str, Operation]:
    return {operation.route: operation for operation in package.operations}


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


def _of_operations(what: str, old: Operation, new: Operation) -> Iterator[Change]:
    yield from _changed(f"{what}: name", old.name, new.name)
    yield from _changed(f"{what}: result", old.result, new.result)
    yield from _changed(f"{what}: whether it wants a key", old.auth, new.auth)
    yield from _deprecated(what, old.doc, new.doc)
    yield from _compared(f"{what}: parameter", _parameters(old), _parameters(new), _of_arguments, _is_required)
    yield from _compared(f"{what}: body", _bodies(old), _bodies(new), _of_arguments, _is_required)
    for change in _compared(f"{what}: status", dict(old.responses), dict(new.responses), _changed):
        # Statuses that are not declared are handled too; only another type of one that is breaks code.
        yield Change(change.kind, change.what, breaking=change.kind == "changed")


def _parameters(operation: Operation) -> Mapping[str, Parameter]:
    located = {
        "path": operation.path_parameters,
        "query": operation.query_parameters,
        "header": operation.header_parameters,
        "cookie": operation.cookie_parameters,
    }
    return {f"{each.wire_name} ({place})": each for place, group in located.items() for each in group}


def _bodies(operation: Operation) -> Mapping[str, Parameter]:
    return {body.media_type: body.parameters[0] for body in operation.bodies if body.parameters}


def _of_arguments(what: str, old: "Parameter | Field", new: "Parameter | Field") -> Iterator[Change]:
    yield from _changed(f"{what}: name", old.name, new.name)
    if _is_required(old) != _is_required(new):
        said = "is required now" if _is_required(new) else "is optional now"
        yield Change("changed", f"{what}: {said}, {old.annotation} -> {new.annotation}", breaking=True)
    else:
        yield from _changed(what, old.annotation, new.annotation)
    yield from _deprecated(what, old.doc, new.doc)


def _is_required(argument: "Parameter | Field") -> bool:
    return not argument.default


def _of_models(what: str, old: "Model | Alias", new: "Model | Alias") -> Iterator[Change]:
    if not isinstance(old, Model) or not isinstance(new, Model):
        return
    before, after = ({field.wire_name: field for field in each.fields} for each in (old, new))
    yield from _compared(f"{what}: field", before, after, _of_arguments, _is_required)
    yield from _changed(f"{what}: other keys", old.extra, new.extra)
    yield from _deprecated(what, old.doc, new.doc)


def _of_aliases(what: str, old: "Model | Alias", new: "Model | Alias") -> Iterator[Change]:
    if not isinstance(old, Alias) or not isinstance(new, Alias):
        return
    if old.values and new.values:
        before, after = ({repr(value): value for value in each.values} for each in (old, new))
        yield from _compared(f"{what}: value", before, after, lambda *_: ())
    else:
        yield from _changed(what, old.annotation, new.annotation)


def _changed(what: str, old: object, new: object) -> Iterator[Change]:
    if old != new:
        yield Change("changed", f"{what}: {old} -> {new}", breaking=True)


def _deprecated(what: str, old: str, new: str) -> Iterator[Change]:
    if "Deprecated." in new and "Deprecated." not in old:
        yield Change("changed", f"{what}: deprecated", breaking=False)
