"""The types of a document as openapi-python-client understands them; whatever it would leave out is an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import EnumProperty, LiteralEnumProperty, ModelProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from .config import CONFIG
from .document import Json
from .errors import GenerationError
from .schemas import INDEX, schemas_of


@dataclass(frozen=True)
class Types:
    """What the parser made of a document's schemas; ``places`` has the type of each component, parameter and body."""

    models: Sequence[ModelProperty]
    enums: Sequence[EnumProperty | LiteralEnumProperty]
    places: Mapping[str, Any]


def parse(content: Json) -> Types:
    """Parse the schemas of a normalised document.

    Operations are left out: what the parser would read of them is less than the document says, and their types are
    in the index. Raises GenerationError with everything that the parser warns of.
    """
    schemas = {"schemas": schemas_of(content)}
    about = {"title": "", "version": ""}
    data = GeneratorData.from_dict(
        {"openapi": "3.1.0", "info": about, "paths": {}, "components": schemas}, config=CONFIG
    )
    if isinstance(data, GeneratorError):
        raise GenerationError(_reason(data))
    if data.errors:
        raise GenerationError("\n".join(map(_reason, data.errors)))
    index = next(model for model in data.models if model.class_info.name == INDEX)
    places = {plain(prop.name): prop for prop in index.required_properties or ()}
    return Types([model for model in data.models if model is not index], data.enums, places)


def plain(text: UntrustedString | str | None) -> str:
    """Return a text of the document as it is; "" if there is none."""
    return text.get_untrusted_value() if isinstance(text, UntrustedString) else text or ""


def _reason(error: GeneratorError) -> str:
    return ": ".join(part.strip() for part in (error.header, error.detail) if part)
