"""How openapi-python-client is used: no hooks, and enums as literals, so that unknown values need no class."""

from pathlib import Path

from openapi_python_client.config import Config, ConfigFile, MetaType

CONFIG = Config.from_sources(
    ConfigFile(literal_enums=True, post_hooks=[]),
    MetaType.NONE,
    document_source=Path(),
    file_encoding="utf-8",
    overwrite=False,
    output_path=None,
)
