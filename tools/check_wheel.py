"""Checks the wheel as a user gets it: `python -m tools.check_wheel`.

Builds it from the tree, looks at what is in it, and installs it alone into an empty environment of every Python 3.8+
that this machine has; there it has to import, without a warning, and to make a call that fails as it should.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sim_api", "sim_conformance", "sim_sdk", "simstudio")
DATA = {"sim_conformance/spec/v1/openapi.yaml"}
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
        wheel = build(Path(folder))
        problems = list(content_problems(wheel))
        pythons = find_pythons()
        for version, python in pythons.items():
            problems += smoke_problems(wheel, python, Path(folder) / version)
    for problem in problems:
        print(f"check_wheel: {problem}", file=sys.stderr)
    print(f"check_wheel: {wheel.name} on Python {', '.join(pythons)}: {'FAILED' if problems else 'ok'}")
    return 1 if problems else 0


def build(folder: Path) -> Path:
    """The wheel of the tree."""
    _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def content_problems(wheel: Path) -> Iterator[str]:
    """What should not be in the wheel, and what is missing."""
    names = set(zipfile.ZipFile(wheel).namelist())
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
