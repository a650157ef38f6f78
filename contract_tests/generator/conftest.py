"""The committed package and those that are made from documents of odd shapes."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tools.generate.__main__ import main

DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture(scope="session")
def shapes_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package made from documents/shapes.yaml, as a folder."""
    return generated("shapes", tmp_path_factory)


@pytest.fixture(scope="session")
def shapes(shapes_package: Path) -> ModuleType:
    """The package made from documents/shapes.yaml, imported."""
    return imported("shapes", shapes_package)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package made from documents/odd.yaml, imported."""
    return imported("odd", generated("odd", tmp_path_factory))


def generated(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    spec = str(DOCUMENTS / f"{name}.yaml")
    assert main(["--spec", spec, "--output", str(folder), "--package", f"{name}_api"]) == 0
    return folder / f"{name}_api"


def imported(name: str, made: Path) -> ModuleType:
    sys.path.insert(0, str(made.parent))
    try:
        package = importlib.import_module(f"{name}_api")
        for module in ("request", "convert", f"{name}.models", f"{name}.operations"):
            importlib.import_module(f"{name}_api.{module}")
    finally:
        sys.path.remove(str(made.parent))
    return package
