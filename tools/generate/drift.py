"""Differences between a generated package and the one that is there."""

import shutil
from pathlib import Path
from typing import NamedTuple

from .emit import HEAD
from .errors import GenerationError


class Difference(NamedTuple):
    """A file that is not what a new run would write."""

    path: Path
    kind: str


def differences(expected: Path, actual: Path) -> list[Difference]:
    """Compare two packages byte by byte."""
    wanted, present = _files(expected), _files(actual)
    missing = [Difference(path, "missing") for path in wanted - present]
    stale = [Difference(path, "stale") for path in present - wanted]
    edited = [
        Difference(path, "differs")
        for path in wanted & present
        if (expected / path).read_bytes() != (actual / path).read_bytes()
    ]
    return sorted(missing + stale + edited)


def foreign(package: Path) -> list[Path]:
    """Return the files beside a package, where nothing else belongs, without tools' caches."""
    beside = (path for path in _files(package.parent) if path.parts[0] != package.name)
    return sorted(path for path in beside if not path.parts[0].startswith("."))


def replace(expected: Path, actual: Path) -> None:
    """Make the package ``actual`` equal to ``expected``, touching only the files that differ.

    Raises GenerationError if what is there was not generated.
    """
    if _files(actual) and not _is_generated(actual):
        raise GenerationError(f"{actual} was not made by this command; remove it first")
    for path, kind in differences(expected, actual):
        if kind == "stale":
            (actual / path).unlink()
        else:
            (actual / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(expected / path, actual / path)
    _remove_empty_folders(actual)


def _is_generated(package: Path) -> bool:
    marker = package / "__init__.py"
    return marker.is_file() and marker.read_text(encoding="utf-8").startswith(HEAD)


def _remove_empty_folders(root: Path) -> None:
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
        if not any(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            shutil.rmtree(folder)


def _files(root: Path) -> set[Path]:
    """Return the relative paths of the files below ``root``, without what Python compiles."""
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path for path in paths if "__pycache__" not in path.parts}
