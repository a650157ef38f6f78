"""The command rebuilds the package byte for byte, and --check finds whatever differs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict

import pytest

from tools.generate.__main__ import main

PROJECT = Path(__file__).parent.parent.parent
SHAPES = Path(__file__).parent / "documents" / "shapes.yaml"
COMMITTED = PROJECT / "generated" / "sim_api"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the committed package that may be spoilt."""
    return Path(shutil.copytree(COMMITTED, tmp_path / "sim_api", ignore=shutil.ignore_patterns("__pycache__")))


def contents(package: Path) -> Dict[str, bytes]:
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in files}


def check(package: Path) -> int:
    return main(["--check", "--output", str(package.parent)])


def test_the_committed_package_is_what_the_command_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path, shapes_package: Path, seed: str) -> None:
    command = [sys.executable, "-m", "tools.generate", "--spec", str(SHAPES)]
    command += ["--output", str(tmp_path), "--package", "shapes_api"]
    subprocess.run(command, cwd=PROJECT, env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
    assert contents(tmp_path / "shapes_api") == contents(shapes_package)


def test_generating_again_into_another_place_gives_the_same_bytes(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    assert contents(tmp_path / "sim_api") == contents(COMMITTED)


def test_check_names_an_edited_a_stale_and_a_missing_file(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (copy / "v1" / "models" / "log_page.py").open("a") as file:
        file.write("\n")
    (copy / "v1" / "models" / "gone.py").write_text("")
    (copy / "py.typed").unlink()
    assert check(copy) == 1
    assert capsys.readouterr().out.splitlines() == [
        "missing: sim_api/py.typed",
        "stale: sim_api/v1/models/gone.py",
        "differs: sim_api/v1/models/log_page.py",
    ]


def test_check_names_what_does_not_belong_beside_the_package(
    copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy.parent / "other_api").mkdir()
    (copy.parent / "other_api" / "__init__.py").write_text("")
    assert check(copy) == 0  # a folder of the user's own may hold more
    monkeypatch.setattr("tools.generate.__main__._GENERATED", copy.parent)
    assert check(copy) == 1
    assert capsys.readouterr().out.splitlines() == ["foreign: other_api/__init__.py"]


@pytest.mark.parametrize("name", ["my-api", "", "../api", "class", "1api"])
def test_a_package_that_cannot_be_imported_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit):
        main(["--spec", str(SHAPES), "--output", str(tmp_path), "--package", name])
    assert list(tmp_path.iterdir()) == []


def test_check_writes_nothing(copy: Path) -> None:
    (copy / "v1" / "models" / "gone.py").write_text("")
    before = contents(copy)
    check(copy)
    assert contents(copy) == before


def test_a_run_restores_a_spoilt_package(copy: Path) -> None:
    (copy / "v9" / "models").mkdir(parents=True)
    (copy / "v9" / "models" / "stale.py").write_text("")
    (copy / "request.py").write_text("")
    assert main(["--output", str(copy.parent)]) == 0
    assert contents(copy) == contents(COMMITTED)
    assert not (copy / "v9").exists()


def test_a_folder_that_was_not_generated_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "sim_api" / "__init__.py"
    own.parent.mkdir()
    own.write_text("mine = True\n")
    assert main(["--output", str(tmp_path)]) == 2
    assert own.read_text() == "mine = True\n"
    assert "was not made by this command" in capsys.readouterr().err


def test_every_file_names_the_command() -> None:
    assert all(b"python -m tools.generate" in content.splitlines()[0] for content in contents(COMMITTED).values())
