"""The document as openapi-python-client understands it; whatever it would leave out is an error."""

from pathlib import Path

from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.schema.untrusted_string import UntrustedString

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
    published, parsed = len(operations(content)), len(endpoints(data))
    if published != parsed:
        raise GenerationError(f"the document has {published} operations, {parsed} were understood")
    return data


def endpoints(data: GeneratorData) -> list[Endpoint]:
    """Return the parsed operations."""
    return [endpoint for group in data.endpoint_collections_by_tag.values() for endpoint in group.endpoints]


def plain(text: UntrustedString | str | None) -> str:
    """Return a text of the document as it is; "" if there is none."""
    return text.get_untrusted_value() if isinstance(text, UntrustedString) else text or ""


def _reason(error: GeneratorError) -> str:
    return ": ".join(part.strip() for part in (error.header, error.detail) if part)
