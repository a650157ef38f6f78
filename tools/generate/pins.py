"""Other versions of the parser or the formatter write other bytes."""

from importlib.metadata import version
from pathlib import Path

import tomllib

from .errors import GenerationError


def require_pinned_tools(project: Path) -> None:
    """Raise GenerationError unless the versions that ``project`` (pyproject.toml) pins are the installed ones."""
    extras = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for requirement in extras["generator"]:
        name, _, pinned = requirement.partition("==")
        if version(name) != pinned:
            raise GenerationError(f"{name} {pinned} makes the committed code, but {version(name)} is installed")
