"""The emitted code runs on every Python that is promised, and loads little."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sim_api
from sim_api.v1 import models, operations

COMMITTED = Path(sim_api.__file__).parent
FILES = sorted(COMMITTED.rglob("*.py"))


def modules_after(statement: str) -> "set[str]":
    """Return the modules that a fresh interpreter has loaded after ``statement``."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(COMMITTED).as_posix())
def test_syntax_is_that_of_python_3_8(file: Path) -> None:
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_importing_loads_neither_network_nor_converter_nor_models() -> None:
    loaded = modules_after("import sim_api.request, sim_api.convert, sim_api.v1.models, sim_api.v1.operations")
    assert not loaded & {"urllib3", "cattrs", "attrs"}
    assert not {name for name in loaded if name.startswith(("sim_api.v1.models.", "sim_api.v1.operations."))}


def test_building_a_request_loads_its_operation_only() -> None:
    loaded = modules_after("from sim_api.v1.operations import get_job\nget_job.build('x')")
    assert not loaded & {"urllib3", "cattrs", "attrs"}
    operations = {name for name in loaded if name.startswith("sim_api.v1.operations.")}
    assert operations == {"sim_api.v1.operations.get_job"}
    assert not {name for name in loaded if name.startswith("sim_api.v1.models.")}


def test_reading_a_model_loads_what_it_holds_only() -> None:
    use = "from sim_api.convert import structure; from sim_api.v1 import models; structure({}, models.ModelCost)"
    loaded = {name for name in modules_after(use) if name.startswith("sim_api.v1.models.")}
    assert loaded == {"sim_api.v1.models.model_cost", "sim_api.v1.models.token_usage"}


def test_lazy_modules_list_and_refuse_names() -> None:
    assert set(models.__all__) == set(dir(models))
    assert all(hasattr(operations, name) for name in operations.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nonesuch'"):
        models.Nonesuch  # type: ignore[attr-defined]  # noqa: B018
