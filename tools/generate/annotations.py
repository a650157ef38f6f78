"""The Python types of a document's properties, spelled so that Python 3.8 can evaluate them."""

import re
from collections.abc import Iterable
from typing import Any

from openapi_python_client.parser.properties import AnyProperty, LiteralEnumProperty, ModelProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from .parse import plain
from .views import Sibling

_SIMPLE: dict[type, str] = {
    AnyProperty: "Any",
    BooleanProperty: "bool",
    DateProperty: "datetime.date",
    DateTimeProperty: "datetime.datetime",
    FileProperty: "FilePart",
    FloatProperty: "float",
    IntProperty: "int",
    NoneProperty: "None",
    StringProperty: "str",
    UuidProperty: "str",
}

_PLAIN_WORDS = {*_SIMPLE.values(), "Dict", "List", "Optional", "Union"} - {"datetime.datetime", "datetime.date"}
"""What types are made of whose JSON value is their Python value."""


class Annotations:
    """Spells the types of one document's properties.

    The parser copies a property before its model is complete, so what a model holds is looked up by the model's name.
    """

    def __init__(self, models: Iterable[ModelProperty]) -> None:
        self._models = {model.class_info.name: model for model in models}

    def of(self, prop: Any, scope: str = "") -> str:
        """Return the type of a property; ``scope`` comes before the names of generated classes."""
        if isinstance(prop, UnionProperty):
            return union(self.members(prop, scope))
        if isinstance(prop, ListProperty):
            return f"List[{self.of(prop.inner_property, scope)}]"
        if isinstance(prop, ConstProperty):
            return f"Literal[{prop.value.raw_value!r}]"
        value = self._map_value(prop)
        if value is not None:
            return f"Dict[str, {self.of(value, scope)}]"
        return f"{scope}{prop.class_info.name}" if self._has_class(prop) else _SIMPLE[type(prop)]

    def members(self, prop: Any, scope: str = "") -> list[str]:
        """Return the types of a union's members, of a union within it too; of anything else its type."""
        return [self.of(member, scope) for member in _members(prop)]

    def parameter(self, prop: Any, scope: str = "") -> str:
        """Return the type of an argument, which need not be a list where it is written as one."""
        if isinstance(prop, ListProperty):
            return f"Sequence[{self.of(prop.inner_property, scope)}]"
        return self.of(prop, scope)

    def is_map(self, model: ModelProperty) -> bool:
        """Whether a model names no key, so that it is a dict and no class."""
        known = self._models[model.class_info.name]
        return not (known.required_properties or known.optional_properties or known.is_multipart_body)

    def siblings(self, prop: Any) -> set[Sibling]:
        """Return the generated classes that the type of a property names."""
        if self._has_class(prop):
            return {Sibling(prop.class_info.name, prop.class_info.module_name)}
        return {sibling for part in self._parts(prop) for sibling in self.siblings(part)}

    def reachable(self, props: Iterable[Any]) -> set[str]:
        """Return the names of the models that values of these properties may hold at any depth."""
        found: set[str] = set()
        waiting = list(props)
        while waiting:
            prop = waiting.pop()
            if not isinstance(prop, ModelProperty):
                waiting += self._parts(prop)
            elif prop.class_info.name not in found:
                found.add(prop.class_info.name)
                waiting += contents(self._models[prop.class_info.name])
        return found

    def forms(self, prop: Any) -> set[str]:
        """Return what values of a property may be: text, list or object, and of what if that is not only text."""
        found = set[str]()
        for member in _members(prop):
            form = _form(member)
            inner = {_form(each) for value in self._held(member) for each in _members(value)} - {"", "text"}
            found |= {f"{form} of {each}s" for each in inner} or {form}
        return found - {""}

    def fields(self, form: Any) -> dict[str, Any]:
        """Return the properties of a form by their names; of one of several forms those of all."""
        return {
            plain(prop.name): prop
            for member in _members(form)
            if isinstance(member, ModelProperty)
            for prop in contents(self._models[member.class_info.name])
        }

    def _held(self, prop: Any) -> list[Any]:
        """Return the properties of what a list or an object holds."""
        if isinstance(prop, ModelProperty):
            return contents(self._models[prop.class_info.name])
        return [prop.inner_property] if isinstance(prop, ListProperty) else []

    def _has_class(self, prop: Any) -> bool:
        return isinstance(prop, LiteralEnumProperty) or (isinstance(prop, ModelProperty) and not self.is_map(prop))

    def _parts(self, prop: Any) -> list[Any]:
        """Return the properties that the type of a property is made of, unless it is a class."""
        if isinstance(prop, UnionProperty):
            return list(prop.inner_properties)
        if isinstance(prop, ListProperty):
            return [prop.inner_property]
        value = self._map_value(prop)
        return [] if value is None else [value]

    def _map_value(self, prop: Any) -> Any:
        """Return the property of a map's values, None if the property is no map."""
        if not isinstance(prop, ModelProperty) or not self.is_map(prop):
            return None
        return self._models[prop.class_info.name].additional_properties


def _members(prop: Any) -> list[Any]:
    if not isinstance(prop, UnionProperty):
        return [prop]
    return [member for inner in prop.inner_properties for member in _members(inner)]


def _form(prop: Any) -> str:
    """Return what a value of a property that is no union is, "" for what says nothing."""
    if isinstance(prop, AnyProperty | NoneProperty):
        return ""
    if isinstance(prop, ListProperty):
        return "list"
    return "object" if isinstance(prop, ModelProperty) else "text"


def contents(model: ModelProperty) -> list[Any]:
    """Return the properties of a model, that of its unnamed keys included."""
    named = [*(model.required_properties or ()), *(model.optional_properties or ())]
    return [*named, model.additional_properties] if model.additional_properties else named


def union(members: Iterable[str]) -> str:
    """Join types. ``Any`` beside plain JSON types says all; beside a model it says "or whatever else comes"."""
    distinct = list(dict.fromkeys(members))
    rest = [member for member in distinct if member != "None"]
    if "Any" in rest and not any(_names_a_class(member) for member in rest):
        return "Any"
    if not rest:
        return "None"
    joined = rest[0] if len(rest) == 1 else f"Union[{', '.join(rest)}]"
    return joined if len(rest) == len(distinct) else optional(joined)


def optional(annotation: str) -> str:
    """Allow None."""
    return (
        annotation if annotation in ("Any", "None") or annotation.startswith("Optional[") else f"Optional[{annotation}]"
    )


def not_none(annotation: str) -> str:
    """Disallow None."""
    return annotation[len("Optional[") : -1] if annotation.startswith("Optional[") else annotation


def is_nullable(prop: Any) -> bool:
    """Whether null is a value of this property's own type."""
    members = prop.inner_properties if isinstance(prop, UnionProperty) else [prop]
    return any(isinstance(member, NoneProperty | AnyProperty) for member in members)


def _names_a_class(annotation: str) -> bool:
    return not annotation.startswith("Literal[") and not {*re.findall(r"[\w.]+", annotation)} <= _PLAIN_WORDS
