"""What the index shows of the package."""

import tomllib
from trove_classifiers import classifiers

from contract_tests.docs._blocks import ROOT
from tools.check_wheel import SUPPORTED

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_classifiers_exist_and_name_every_python() -> None:
    named = set(PROJECT["classifiers"])
    assert named <= classifiers
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in SUPPORTED} <= named
    assert "Typing :: Typed" in named
    assert PROJECT["requires-python"] == f">=3.{min(SUPPORTED)}"


def test_the_version_is_said_once() -> None:
    assert PROJECT["dynamic"] == ["version"]
    assert "version" not in PROJECT
