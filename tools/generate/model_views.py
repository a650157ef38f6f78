"""Decides what is said about models and the other types of a document."""

from collections.abc import Sequence, Set
from typing import Any

from openapi_python_client.parser.properties import Class, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty

from .annotations import Annotations, contents, is_nullable, optional
from .config import CONFIG
from .document import Json
from .names import identifiers
from .parse import Types, plain
from .rewrites.describe import limits
from .rewrites.forms import WIRE_NAME
from .schemas import schemas_of
from .views import Alias, Field, Model, Sibling

_TAKEN = {"additional_properties", "attrs", "cl", "converter", "typevar_map"}
"""An attribute that every model has, and parameters of cattrs' functions that also take attributes by name."""


class ModelViews:
    """The types of one document.

    ``sent`` names the models that requests hold: in those a key that is left out and one that is null are told apart.
    """

    def __init__(self, content: Json, types: Types, annotations: Annotations, sent: Set[str]) -> None:
        self._schemas = schemas_of(content)
        self._types = types
        self._annotations = annotations
        self._sent = sent

    def models(self) -> list[Model]:
        """Return the classes, by name."""
        classes = [model for model in self._types.models if not self._annotations.is_map(model)]
        return sorted(map(self._model, classes), key=lambda model: model.name)

    def aliases(self) -> list[Alias]:
        """Return the enums and the components that are no classes, by name."""
        enums = [self._enum(each) for each in self._types.enums]
        known = {*(alias.name for alias in enums), *(model.name for model in self.models())}
        others = [(name, prop) for name, prop in self._types.places.items() if name in self._schemas.keys() - known]
        return sorted([*enums, *(self._alias(name, prop) for name, prop in others)], key=lambda alias: alias.name)

    def _enum(self, prop: Any) -> Alias:
        # The parser keeps the values as a set: only sorted ones are the same in every run.
        values = sorted(prop.values, key=repr)
        annotation = f"Literal[{', '.join(map(repr, values))}]"
        info: Class = prop.class_info
        return Alias(info.name, info.module_name, annotation, plain(prop.description), (), values)

    def _alias(self, name: str, prop: Any) -> Alias:
        module = Class.from_string(string=name, config=CONFIG).module_name
        siblings = sorted(self._annotations.siblings(prop))
        bounds = limits(self._schemas[name])
        return Alias(name, module, self._annotations.of(prop), plain(prop.description), siblings, limits=bounds)

    def _model(self, model: ModelProperty) -> Model:
        own = Sibling(model.class_info.name, model.class_info.module_name)
        siblings = set[Sibling]().union(*map(self._annotations.siblings, contents(model))) - {own}
        return Model(
            name=own.name,
            module=own.module,
            doc=plain(model.description) or own.name,
            fields=self._fields(model),
            extra=self._annotations.of(model.additional_properties) if model.additional_properties else "Any",
            siblings=sorted(siblings),
        )

    def _fields(self, model: ModelProperty) -> Sequence[Field]:
        props = [*(model.required_properties or ()), *(model.optional_properties or ())]
        names = identifiers((plain(prop.name) for prop in props), _TAKEN)
        return [self._field(model, prop, name) for prop, name in zip(props, names, strict=True)]

    def _field(self, model: ModelProperty, prop: Any, name: str) -> Field:
        published: Json = self._schemas[model.class_info.name]["properties"][plain(prop.name)]
        annotation, default = self._annotations.of(prop), ""
        if isinstance(prop, ConstProperty) and prop.required:
            default = repr(prop.value.raw_value)
        elif not prop.required and is_nullable(prop) and model.class_info.name in self._sent:
            annotation, default = annotation if annotation == "Any" else f"Union[{annotation}, Unset]", "UNSET"
        elif not prop.required:
            annotation, default = optional(annotation), "None"
        wire_name = published.get(WIRE_NAME, plain(prop.name))
        return Field(name, wire_name, annotation, default, published.get("description", ""), limits(published))
