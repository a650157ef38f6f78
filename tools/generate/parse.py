"""The document as openapi-python-client understands it; whatever it would leave out is an error."""

from pathlib import Path

from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from .document import Json, operations
from .errors import GenerationError

CONFIG = Config.from_sources(
    ConfigFile(literal_enums=True, post_hooks=[]),
    MetaType.NONE,
    document_source=Path(),
    file_encoding="utf-8",
    overwrite=False,
    output_path=None,
)


def parse(content: Json) -> GeneratorData:
    """Parse a normalised document.

    Raises GenerationError with everything that the parser warns of, or if an operation is missing in what it returns.
    """
    data = GeneratorData.from_dict(content, config=CONFIG)
    if isinstance(data, GeneratorError):
        raise GenerationError(_reason(data))
    collections = data.endpoint_collections_by_tag.values()
    problems = [*data.errors, *(error for collection in collections for error in collection.parse_errors)]
    if problems:
        raise GenerationError("\n".join(map(_reason, problems)))
    parsed = sum(len(collection.endpoints) for collection in collections)
    if parsed != len(operations(content)):
        raise GenerationError(f"the document has {len(operations(content))} operations, {parsed} were understood")
    return data


def _reason(error: GeneratorError) -> str:
    return ": ".join(part.strip() for part in (error.header, error.detail) if part)
