"""A document of 160 operations and 450 schemas, most of them odd: generated wholly and fast, and as cheap to import."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Set

import pytest

from tools.bench._codegen_document import make_document
from tools.generate.__main__ import main
from tools.generate.document import operations

SECONDS = 15.0


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages big_api and small_api."""
    folder = tmp_path_factory.mktemp("scale")
    for name, size, schemas in (("small", 10, 28), ("big", 160, 450)):
        document = make_document(size, schemas)
        assert (len(operations(document)), len(document["components"]["schemas"])) == (size, schemas)
        (folder / f"{name}.json").write_text(json.dumps(document))
        started = cpu_seconds()
        arguments = ["--spec", str(folder / f"{name}.json"), "--output", str(folder), "--package", f"{name}_api"]
        assert main(arguments) == 0
        assert cpu_seconds() - started < SECONDS
    return folder


def cpu_seconds() -> float:
    """Return what this process and its children have computed: a wait for others says nothing about the generator."""
    return sum(os.times()[:4])


def loaded(folder: Path, name: str) -> "Set[str]":
    """Return the modules of a package that are there once a request is built."""
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); from {name}_api.{name} import models, operations; "
        f"operations.get_zip0.build(); print(*(m[{len(name)}:] for m in sys.modules if m.startswith('{name}_api')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {module.replace(f".{name}", ".NAME") for module in done.stdout.split()}


def test_every_operation_is_there(big: Path) -> None:
    made = {path.stem for path in (big / "big_api" / "big" / "operations").glob("*.py")} - {"__init__"}
    assert len(made) == 160


def test_importing_loads_no_more_than_of_a_small_package(big: Path) -> None:
    assert loaded(big, "big") == loaded(big, "small")


def test_all_modules_can_be_imported(big: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(big)!r}); from big_api.big import models, operations\n"
        "from big_api.typeforms import is_model, resolve\n"
        "for name in operations.__all__: getattr(operations, name).responses()\n"
        "for name in models.__all__:\n"
        "    if is_model(getattr(models, name)): resolve(getattr(models, name))\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
