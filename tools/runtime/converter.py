"""The cattrs converter behind ``convert``: the only module that loads cattrs."""

import datetime
import re
import sys
import threading
from functools import lru_cache
from typing import Any, Callable, Dict, Mapping, Set, Union, cast, get_args

import attrs
from cattrs import Converter, transform_error
from cattrs.cols import list_structure_factory
from cattrs.gen import (  # its types are unknown to pyright in part
    make_dict_structure_fn_from_attrs,  # pyright: ignore[reportUnknownVariableType]
    make_dict_unstructure_fn_from_attrs,  # pyright: ignore[reportUnknownVariableType]
    override,
)

from .encode import rfc3339
from .reader import reader
from .typeforms import is_free_form, is_list, is_model, is_union, resolve
from .unions import late, union_hook
from .values import UNSET, FilePart

Hook = Callable[[Any, Any], Any]

_EXTRA = "additional_properties"

# fromisoformat() reads further forms in newer versions of Python and fewer (no "Z", no short fractions) in older ones.
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?")

if sys.version_info >= (3, 11):
    _read_utc = datetime.datetime.fromisoformat
else:

    def _read_utc(value: str) -> datetime.datetime:
        return datetime.datetime.fromisoformat(f"{value[:-1]}+00:00")


def explain(value: Any, expected: Any, error: Exception) -> str:
    """Say in one line where a value, whose reading raised ``error``, differs from what was expected."""
    try:
        _explaining_converter().structure(value, expected)
    except Exception as explained:
        error = explained
    return "; ".join(transform_error(error, format_exception=_reason))


def _reason(error: BaseException, _: Any) -> str:
    return "missing" if isinstance(error, KeyError) else str(error)


class _ModelHooks:
    """Makes the hooks of generated models, once a model and on its first use.

    A model that is met again while its own hook is in the making raises RecursionError, upon which cattrs looks its
    hook up late. The lock keeps one thread's unfinished models from looking recursive to another.
    """

    def __init__(self, converter: Converter) -> None:
        self._converter = converter
        self._lock = threading.RLock()
        self._unfinished: Set[Any] = set()

    def structure(self, model: Any) -> Hook:
        return cast(Hook, self._once(model, self._structure))

    def unstructure(self, model: Any) -> Callable[[Any], Any]:
        return cast("Callable[[Any], Any]", self._once(model, self._unstructure))

    def _once(self, model: Any, make: Callable[[Any], Any]) -> Any:
        with self._lock:
            if model in self._unfinished:
                raise RecursionError(model.__name__)
            self._unfinished.add(model)
            try:
                resolve(model)
                return make(model)
            finally:
                self._unfinished.discard(model)

    def _structure(self, model: Any) -> Hook:
        return reader(model, self._field_hook, self._extra(model))

    def _field_hook(self, hint: Any) -> Hook:
        try:
            return self._converter.get_structure_hook(hint)
        except RecursionError:
            found = late(hint, self._converter.get_structure_hook)
            return lambda value, _: found(value)

    def _extra(self, model: Any) -> Callable[[Dict[str, Any]], Any]:
        declared = _extra_type(model)
        if is_free_form(declared):
            return _same
        return lambda values: self._converter.structure(values, declared)

    def _unstructure(self, model: Any) -> Callable[[Any], Any]:
        write = make_dict_unstructure_fn_from_attrs(
            list(attrs.fields(model)), model, self._converter, _cattrs_use_linecache=False, **_overrides(model)
        )
        free_form = is_free_form(_extra_type(model))

        def hook(instance: Any) -> Any:
            fields = write(instance)
            more = instance.additional_properties
            if not more:
                return fields
            if not free_form:
                more = {name: self._converter.unstructure(value) for name, value in more.items()}
            return {**fields, **more, **fields}  # fields come first, and are not overwritten

        return hook


class _ExplainingModelHooks(_ModelHooks):
    """Makes hooks that read as cattrs does: what these raise knows its place."""

    def _structure(self, model: Any) -> Hook:
        read = make_dict_structure_fn_from_attrs(
            list(attrs.fields(model)), model, self._converter, _cattrs_use_linecache=False, **_overrides(model)
        )
        known = frozenset(model.__wire__.get(a.name, a.name) for a in attrs.fields(model) if a.name != _EXTRA)
        extra = self._extra(model)

        def hook(value: Any, _: Any) -> Any:
            if not isinstance(value, dict):
                raise TypeError(f"an object expected, not {type(value).__name__}")
            instance = read(value, model)
            instance.additional_properties = extra({key: item for key, item in value.items() if key not in known})
            return instance

        return hook


def _extra_type(model: Any) -> Any:
    return attrs.fields_dict(model)[_EXTRA].type


def _overrides(model: Any) -> Dict[str, Any]:
    wire: Mapping[str, str] = model.__wire__
    overrides: Dict[str, Any] = {}
    for a in attrs.fields(model):
        absent = a.default is None or a.default is UNSET
        overrides[a.name] = override(rename=wire.get(a.name), omit_if_default=absent or None, omit=a.name == _EXTRA)
    return overrides


def _date_time(value: Any, _: Any = None) -> Any:
    # As JavaScript writes it, which nearly all servers do: a third of the time that the expression takes.
    if (
        value.__class__ is str
        and len(value) == 24
        and value[4] == value[7] == "-"
        and value[10] == "T"
        and value[19] == "."
        and value[23] == "Z"
    ):
        try:
            return _read_utc(value)
        except ValueError:
            return value
    if not isinstance(value, str):
        return value
    match = _DATE_TIME.fullmatch(value)
    if match is None:
        return value
    date, time, fraction, zone = match.groups()
    offset = "+00:00" if zone in ("Z", "z") else zone or ""
    try:
        return datetime.datetime.fromisoformat(f"{date}T{time}.{(fraction or '0')[:6]:0<6}{offset}")
    except ValueError:
        return value


def _date(value: Any, _: Any = None) -> Any:
    if not isinstance(value, str) or len(value) != len("2026-01-31"):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return value


def _spelled(value: Union[str, datetime.date]) -> str:
    return rfc3339(value) if isinstance(value, datetime.date) else value


def _same(value: Any, _: Any = None) -> Any:
    return value


def _same_factory(_: Any) -> Any:
    return _same


def _list_factory(converter: Converter) -> Callable[[Any], Hook]:
    def factory(hint: Any) -> Hook:
        item = late(get_args(hint)[0], converter.get_structure_hook)
        return _of_list(lambda value, _: [item(each) for each in value])

    return factory


def _explaining_list_factory(converter: Converter) -> Callable[[Any], Hook]:
    return lambda hint: _of_list(list_structure_factory(hint, converter))


def _of_list(read: Hook) -> Hook:
    """cattrs takes anything that can be iterated over, an object's keys too."""

    def hook(value: Any, hint: Any) -> Any:
        if value.__class__ is not list:
            raise TypeError(f"a list expected, not {type(value).__name__}")
        return read(value, hint)

    return hook


def _union_factory(converter: Converter) -> Callable[[Any], Hook]:
    return lambda union: union_hook(union, converter.get_structure_hook)


def _converter() -> Converter:
    """Return what converts fast; ``_explaining_converter`` tells what it could not read, and where."""
    converter = Converter()
    models = _ModelHooks(converter)
    _register(converter, models, _list_factory(converter))
    converter.register_unstructure_hook_factory(is_model, models.unstructure)
    converter.register_unstructure_hook_factory(is_free_form, _same_factory)
    converter.register_unstructure_hook(datetime.datetime, _spelled)
    converter.register_unstructure_hook(datetime.date, _spelled)
    converter.register_unstructure_hook(FilePart, _same)
    return converter


@lru_cache(maxsize=None)
def _explaining_converter() -> Converter:
    converter = Converter()
    _register(converter, _ExplainingModelHooks(converter), _explaining_list_factory(converter))
    return converter


def _register(converter: Converter, models: _ModelHooks, lists: Callable[[Any], Hook]) -> None:
    converter.register_structure_hook_factory(is_model, models.structure)
    converter.register_structure_hook_factory(is_union, _union_factory(converter))
    converter.register_structure_hook_factory(is_list, lists)
    converter.register_structure_hook_factory(is_free_form, _same_factory)
    for scalar in (str, int, float, bool, FilePart):
        converter.register_structure_hook(scalar, _same)
    converter.register_structure_hook(datetime.datetime, _date_time)
    converter.register_structure_hook(datetime.date, _date)


CONVERTER = _converter()
