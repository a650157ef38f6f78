"""The committed package and one that is made from the document of odd shapes."""

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
    folder = tmp_path_factory.mktemp("generated")
    assert main(["--spec", str(DOCUMENTS / "shapes.yaml"), "--output", str(folder), "--package", "shapes_api"]) == 0
    return folder / "shapes_api"


@pytest.fixture(scope="session")
def shapes(shapes_package: Path) -> ModuleType:
    """The package made from documents/shapes.yaml, imported."""
    sys.path.insert(0, str(shapes_package.parent))
    try:
        package = importlib.import_module("shapes_api")
        for name in ("request", "convert", "shapes.models", "shapes.operations"):
            importlib.import_module(f"shapes_api.{name}")
    finally:
        sys.path.remove(str(shapes_package.parent))
    return package
