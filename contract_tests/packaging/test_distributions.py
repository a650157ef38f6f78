"""What is published: what is in it, and that building it again gives the same bytes."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.check_wheel import BUILD_FILES, DOCUMENTS, ROOT, SOURCES, content_problems, sdist_names, sdist_problems


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built from: nobody edits it between two builds."""
    copy = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in DOCUMENTS | BUILD_FILES - {"PKG-INFO"}:
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def built(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tree, tmp_path_factory.mktemp("built"))


def build(tree: Path, folder: Path) -> Path:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=True)
    return folder


def wheel_names(folder: Path) -> set[str]:
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_the_packages_and_nothing_else(built: Path) -> None:
    names = wheel_names(built)
    assert list(content_problems(names)) == []
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_source_distribution_is_enough_to_build_and_to_test(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    names = sdist_names(sdist)
    assert list(sdist_problems(names)) == []
    assert {"contract_tests/packaging/test_distributions.py", "tools/check_wheel.py", "spec/v1/openapi.yaml"} <= names


def test_another_build_in_another_place_and_time_gives_the_same_bytes(tree: Path, built: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(tree, elsewhere)
    for path in elsewhere.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o600)
    again = build(elsewhere, tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in built.iterdir()
    }


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("tests/x.py", "does not belong"),
        ("tools/x.py", "does not belong"),
        ("sim_sdk/notes.txt", "does not belong"),
        ("sim_sdk/test_x.py", "is a test"),
        ("sim_conformance/conftest.py", "is a test"),
    ],
)
def test_what_leaks_into_the_wheel_is_noticed(built: Path, name: str, problem: str) -> None:
    (found,) = content_problems(wheel_names(built) | {name})
    assert found.startswith(name)
    assert problem in found


def test_what_the_wheel_lacks_is_noticed(built: Path) -> None:
    (found,) = content_problems(wheel_names(built) - {"sim_sdk/py.typed"})
    assert found == "sim_sdk/py.typed is missing from the wheel"


@pytest.mark.parametrize("name", [".ci/run", ".venv/pyvenv.cfg", "notes.txt", "sim_sdk/__pycache__/x.pyc"])
def test_what_leaks_into_the_source_distribution_is_noticed(built: Path, name: str) -> None:
    (sdist,) = built.glob("*.tar.gz")
    assert [problem.split()[0] for problem in sdist_problems(sdist_names(sdist) | {name})] == [name]
