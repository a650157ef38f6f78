"""Checks what is published, as a user gets it: `python -m tools.check_wheel`.

Builds the source distribution and the wheel, each twice: the bytes have to be the same, whether the wheel is built
from the tree or from the source distribution. Looks at what is in them, and installs the wheel alone into an empty
environment of every Python 3.8+ that this machine has; there it has to import, without a warning, and to make a call
that fails as it should.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Set, Tuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sim_api", "sim_conformance", "sim_sdk", "simstudio")
DATA = {"sim_conformance/spec/v1/openapi.yaml"}
SOURCES = {"changelog.d", "contract_tests", "docs", "generated", "sim_sdk", "simstudio", "spec", "tools"}
DOCUMENTS = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "README.zh.md", "SECURITY.md"}
BUILD_FILES = {".gitignore", "PKG-INFO", "mkdocs.yml", "pyproject.toml"}  # hatchling adds the first two
BASE_DISTRIBUTIONS = {"attrs", "cattrs", "exceptiongroup", "sim-sdk", "typing-extensions", "urllib3"}
SUPPORTED = range(8, 15)

SMOKE = """
import importlib.metadata, sys
import simstudio, sim_sdk
assert simstudio.SimStudioClient is sim_sdk.SimStudioClient
assert not {"urllib3", "cattrs"} & set(sys.modules), "importing the SDK loads what only a call needs"
with simstudio.SimStudioClient("sk-of-nobody", "http://127.0.0.1:9") as client:
    try:
        client.execute_workflow("workflow-id", {"message": "hello"})
    except sim_sdk.ConnectionFailedError as error:
        assert error.request_sent is False
    else:
        raise AssertionError("port 9 answered")
names = {name for name in (d.metadata["Name"] for d in importlib.metadata.distributions()) if name}
print(*sorted(names))
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        # The first wheel is built from the source distribution, the second one from the tree.
        sdist, wheel = build(Path(folder) / "first")
        again = build(Path(folder) / "second", "--sdist", "--wheel")
        problems = [
            f"{path.name} is built differently each time"
            for path, other in zip((sdist, wheel), again)
            if path.read_bytes() != other.read_bytes()
        ]
        problems += content_problems(set(zipfile.ZipFile(wheel).namelist()))
        problems += sdist_problems(sdist_names(sdist))
        pythons = find_pythons()
        for version, python in pythons.items():
            problems += smoke_problems(wheel, python, Path(folder) / version)
    for problem in problems:
        print(f"check_wheel: {problem}", file=sys.stderr)
    print(f"check_wheel: {wheel.name} on Python {', '.join(pythons)}: {'FAILED' if problems else 'ok'}")
    return 1 if problems else 0


def build(folder: Path, *options: str) -> Tuple[Path, Path]:
    """The source distribution and the wheel of the tree."""
    _run_build(folder, *options)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def build_wheel(folder: Path, *options: str) -> Path:
    """The wheel of the tree."""
    _run_build(folder, "--wheel", *options)
    return next(folder.glob("*.whl"))


def _run_build(folder: Path, *options: str) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    command = [sys.executable, "-m", "build", *options, "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


def sdist_names(sdist: Path) -> Set[str]:
    """The files of a source distribution, without the folder that holds them all."""
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}


def content_problems(names: Set[str]) -> Iterator[str]:
    """What should not be in the wheel, and what is missing."""
    for name in sorted(names):
        top = name.split("/")[0]
        code = name.endswith((".py", "/py.typed")) and top in PACKAGES
        if not code and name not in DATA and not top.endswith(".dist-info"):
            yield f"{name} does not belong into the wheel"
        if re.search(r"(^|/)(test_|conftest)", name):
            yield f"{name} is a test"
    for name in sorted({f"{package}/py.typed" for package in PACKAGES} | DATA):
        if name not in names:
            yield f"{name} is missing from the wheel"


def sdist_problems(names: Set[str]) -> Iterator[str]:
    """What should not be in the source distribution, and what is missing to build and test from it."""
    for name in sorted(names):
        if name.split("/")[0] not in SOURCES and name not in DOCUMENTS | BUILD_FILES:
            yield f"{name} does not belong into the source distribution"
        if "__pycache__" in name:
            yield f"{name} is a by-product"
    tops = {name.split("/")[0] for name in names}
    for name in sorted((SOURCES | DOCUMENTS | BUILD_FILES) - tops):
        yield f"{name} is missing from the source distribution"


def smoke_problems(wheel: Path, python: str, folder: Path) -> Iterator[str]:
    """What goes wrong when the wheel is all that is installed."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    inside = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    _pip(inside, "install", str(wheel))
    done = subprocess.run([inside, "-W", "error", "-c", SMOKE], capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode != 0:
        yield f"{python}: {done.stderr}"
        return
    installed = {name.lower().replace("_", "-") for name in done.stdout.split()} - {"pip", "setuptools"}
    if not installed <= BASE_DISTRIBUTIONS:
        yield f"{python}: the base install brings {sorted(installed - BASE_DISTRIBUTIONS)}"


def find_pythons() -> Dict[str, str]:
    """Version to executable of each supported Python here: this one, those on the path, those of pyenv."""
    candidates: List[Optional[str]] = [sys.executable]
    candidates += [shutil.which(f"python3.{minor}") for minor in SUPPORTED]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        candidates += [str(path) for path in sorted(Path(root).glob("versions/3.*/bin/python"))]
    found: Dict[Tuple[int, int], str] = {}
    for candidate in candidates:
        version = _version(candidate) if candidate else None
        if version is not None and version[0] == 3 and version[1] in SUPPORTED:
            found.setdefault(version, str(candidate))
    return {f"{major}.{minor}": found[major, minor] for major, minor in sorted(found)}


def _version(python: str) -> Optional[Tuple[int, int]]:
    ask = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    return (int(words[0]), int(words[1])) if done.returncode == 0 else None  # a shim may stand for no Python at all


def _pip(python: str, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
