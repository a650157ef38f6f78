"""Looks for the API key in whatever somebody may print, log, store or report."""

import contextlib
import copy
import io
import pickle
import pprint
import traceback
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.traceback import Traceback

KEY = "sk-sim-canary-1f0e9d8c7b6a"
_PART = KEY[: len(KEY) // 2 + 1]  # what is cut shows some of it
_OURS = ("sim_sdk", "simstudio")


def leaks(texts: Iterable[object]) -> list[str]:
    """Those of the texts in which the key is, or its beginning."""
    return [text for text in map(_text, texts) if _PART in text]


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def forms(value: object) -> Iterator[str]:
    """How a value is printed, its parts too."""
    yield repr(value)
    yield str(value)
    yield f"{value}"
    yield pprint.pformat(value)
    yield getattr(value, "_repr_html_", str)() or ""  # in a notebook
    yield from map(repr, _parts(value, set()))


def copies(value: object) -> Iterator[str]:
    """How its copies are printed."""
    for make in (copy.copy, copy.deepcopy):
        with contextlib.suppress(TypeError, ValueError):  # it cannot be copied
            yield from forms(make(value))


def stored(value: object) -> Iterator[bytes]:
    """How a value is pickled, where it can be."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            yield pickle.dumps(value, protocol)
        except (TypeError, pickle.PicklingError, AttributeError):
            return


def reports(error: BaseException) -> Iterator[str]:
    """How an error is reported: its forms, its traceback with all locals, its frames one by one."""
    yield from forms(error)
    yield from copies(error)
    yield from map(_text, stored(error))
    for each in _chain(error):
        yield repr(each.args)
        for name, value in _locals(each.__traceback__):
            yield f"{name} = {value!r}"
            yield f"{name} = {pprint.pformat(value)}"
    ours = error.with_traceback(_first_of_ours(error.__traceback__))
    yield from traceback.TracebackException.from_exception(ours, capture_locals=True).format()


def printed_by_rich(error: BaseException) -> str:
    """Its traceback with all locals, but for those of the test."""
    ours = _first_of_ours(error.__traceback__)
    written = io.StringIO()
    Console(file=written, width=1000).print(Traceback.from_exception(type(error), error, ours, show_locals=True))
    return written.getvalue()


def _first_of_ours(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and not _is_ours(trace):
        trace = trace.tb_next
    return trace


def _is_ours(trace: TracebackType) -> bool:
    return str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0] != "contract_tests"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it arose from or while handling."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        each = pending.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            pending += [each.__cause__, each.__context__]


def _locals(trace: TracebackType | None) -> Iterator[tuple[str, object]]:
    while trace is not None:
        if _is_ours(trace):
            yield from trace.tb_frame.f_locals.items()
        trace = trace.tb_next


def _parts(value: object, seen: set[int]) -> Iterator[object]:
    """What a value of ours is made of, all the way down, as far as it is ours."""
    if id(value) in seen:
        return
    seen.add(id(value))
    for part in _attributes(value):
        yield part
        yield from _parts(part, seen)


def _attributes(value: Any) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from value
    elif type(value).__module__.partition(".")[0] in _OURS:
        yield getattr(value, "__dict__", None)
        names = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
        yield from (getattr(value, name, None) for name in names)
