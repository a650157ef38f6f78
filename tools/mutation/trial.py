"""The trial of a mutant: its tests in a forked process, which imports the mutant in the module's place.

Nothing is written to the tree, and what takes time to import is imported once, before the fork.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import List, NoReturn, Optional, Sequence

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

# What the tests import besides the SDK, which each trial has to import anew.
_HEAVY = (
    *("aiohttp", "attrs", "cattrs", "fastapi.testclient", "flask", "hypothesis.strategies", "jsonschema_rs"),
    *("starlette", "urllib3", "uvicorn", "yaml"),
)

_PLUGINS = ("_hypothesis_pytestplugin", "pytest_timeout")
_OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"),
    *(option for plugin in _PLUGINS for option in ("-p", plugin)),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # plugins are imported already
)


@dataclass
class Trial:
    """How a trial ended.

    Attributes:
        passed: Whether the tests noticed nothing.
        seconds: How long they took.
    """

    passed: bool
    seconds: float


def prepare() -> None:
    """Import what every trial needs."""
    for name in _HEAVY:
        importlib.import_module(name)


def run(module: str, source: str, tests: Sequence[str], timeout: Optional[float] = None) -> Trial:
    """Run tests with a module's source replaced. Tests that take longer than `timeout` seconds have failed."""
    if module in sys.modules:
        raise RuntimeError(f"{module} is imported already; a trial would not import its mutant")
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _try(module, source, list(tests))
    status = _wait(child, timeout)
    return Trial(status == 0, time.monotonic() - began)


def _try(module: str, source: str, tests: List[str]) -> NoReturn:
    os.setsid()  # a process group of its own, for whatever the tests start
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.meta_path.insert(0, _Finder(module, source))
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder  # no failure of a mutant is to be remembered
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # whatever else is installed takes time
        status = pytest.main([*_OPTIONS, *tests])
    os._exit(int(status))


def _wait(child: int, timeout: Optional[float]) -> int:
    def give_up(_: int, __: Optional[FrameType]) -> None:
        os.killpg(child, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, timeout or 0)
    try:
        return os.waitpid(child, 0)[1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname != self._module:
            return None
        place = str(source_path(fullname))
        return importlib.util.spec_from_file_location(fullname, place, loader=_Loader(fullname, place, self._source))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec")


def source_path(module: str) -> Path:
    """The file of a module of the SDK."""
    return ROOT / Path(*module.split(".")).with_suffix(".py")
