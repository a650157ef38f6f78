"""Decides what is said about models and the other types of a document."""

from collections.abc import Iterable, Sequence
from typing import Any

from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import Class, LiteralEnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty

from .annotations import Annotations, Sibling, contents, is_nullable, optional
from .document import Json
from .normalise import ALIASES
from .parse import CONFIG, plain
from .views import Alias, Field, Model

_TAKEN = {"additional_properties", "attrs", "cl", "converter", "typevar_map"}
"""An attribute that every model has, and parameters of cattrs' functions that also take attributes by name."""


class ModelViews:
    """The types of one document.

    ``sent`` names the models that requests hold: in those a key that is left out and one that is null are told apart.
    """

    def __init__(self, content: Json, data: GeneratorData, annotations: Annotations, sent: set[str]) -> None:
        self._schemas: Json = content["components"]["schemas"]
        self._data = data
        self._annotations = annotations
        self._sent = sent

    def models(self) -> list[Model]:
        """Return the classes, by name."""
        classes = [model for model in self._data.models if self._is_class(model)]
        return sorted(map(self._model, classes), key=lambda model: model.name)

    def aliases(self) -> list[Alias]:
        """Return the enums and the components that are no classes, by name."""
        enums = [self._alias(enum.class_info, _literal(enum.values), enum) for enum in self._data.enums]
        known = {*(alias.name for alias in enums), *(model.name for model in self.models())}
        components = ((Class.from_string(string=prop.name, config=CONFIG), prop) for prop in self._components())
        others = [self._alias(name, self._annotations.of(prop), prop) for name, prop in components]
        return sorted([*enums, *(alias for alias in others if alias.name not in known)], key=lambda alias: alias.name)

    def _components(self) -> Sequence[Any]:
        index = next((model for model in self._data.models if model.class_info.name == ALIASES), None)
        return (index.required_properties if index else None) or ()

    def _is_class(self, model: ModelProperty) -> bool:
        return model.class_info.name != ALIASES and not self._annotations.is_map(model)

    def _alias(self, class_info: Class, annotation: str, prop: Any) -> Alias:
        siblings = () if isinstance(prop, LiteralEnumProperty) else sorted(self._annotations.siblings(prop))
        return Alias(class_info.name, class_info.module_name, annotation, plain(prop.description), siblings)

    def _model(self, model: ModelProperty) -> Model:
        own = Sibling(model.class_info.name, model.class_info.module_name)
        siblings = set[Sibling]().union(*map(self._annotations.siblings, contents(model))) - {own}
        named = [*(model.required_properties or ()), *(model.optional_properties or ())]
        return Model(
            name=own.name,
            module=own.module,
            doc=plain(model.description) or own.name,
            fields=[self._field(model, prop) for prop in named],
            extra=self._annotations.of(model.additional_properties) if model.additional_properties else "Any",
            siblings=sorted(siblings),
        )

    def _field(self, model: ModelProperty, prop: Any) -> Field:
        annotation, default = self._annotations.of(prop), ""
        if isinstance(prop, ConstProperty) and prop.required:
            default = repr(prop.value.raw_value)
        elif not prop.required and is_nullable(prop) and model.class_info.name in self._sent:
            annotation, default = annotation if annotation == "Any" else f"Union[{annotation}, Unset]", "UNSET"
        elif not prop.required:
            annotation, default = optional(annotation), "None"
        return Field(_attribute(prop), plain(prop.name), annotation, default, self._field_doc(model, prop))

    def _field_doc(self, model: ModelProperty, prop: Any) -> str:
        """Return a field's own description; the parser gives a reference the description of what it refers to."""
        published = self._schemas.get(model.class_info.name, {}).get("properties", {}).get(plain(prop.name))
        return plain(prop.description) if published is None else published.get("description", "")


def _attribute(prop: Any) -> str:
    return f"{prop.python_name}_" if prop.python_name in _TAKEN else prop.python_name


def _literal(values: Iterable[object]) -> str:
    # The parser keeps the values as a set: only sorted ones are the same in every run.
    return f"Literal[{', '.join(map(repr, sorted(values, key=repr)))}]"
