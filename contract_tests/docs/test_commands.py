"""The commands on the pages exist, with the options that they are shown with."""

import contextlib
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest
import tomllib

import sim_conformance.cli
import sim_conformance.mock.cli
import sim_conformance.plugin
import sim_sdk.cli
import tools.generate.__main__
from contract_tests.docs._blocks import ROOT, blocks

MAINS: dict[str, Callable[[Sequence[str]], object]] = {
    "sim": sim_sdk.cli.main,
    "sim-mock": sim_conformance.mock.cli.main,
    "sim-conformance": sim_conformance.cli.main,
    "tools.generate": tools.generate.__main__.main,
}
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
OPTION = re.compile(r"--[a-z][a-z-]*")


def _commands() -> Iterator[tuple[str, list[str]]]:
    """The tools of this project on the pages, with the arguments that they are given."""
    for page in PAGES:
        for block in blocks(page, "bash"):
            for line in block.code.replace("\\\n", "").splitlines():
                for between, words in groupby(shlex.split(line, comments=True), {"&&", "|", ">"}.__contains__):
                    tool, arguments = _parted(list(words))
                    if tool in MAINS and not between:
                        yield tool, arguments


def _parted(words: list[str]) -> tuple[str, list[str]]:
    """Apart from its arguments what a command runs, also as a module, or from an environment's folder."""
    if words[1:2] == ["-m"]:
        words = words[2:]
    return Path(words[0]).name, words[1:]


@pytest.mark.parametrize(("tool", "arguments"), sorted(_commands()), ids=str)
def test_each_command_exists(tool: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with contextlib.suppress(SystemExit):
        MAINS[tool]([*_subcommands(arguments), "--help"])
    told = capsys.readouterr().out
    assert told
    assert _options(arguments) <= set(OPTION.findall(told))


def _subcommands(arguments: list[str]) -> Iterator[str]:
    for word in arguments:
        if not re.fullmatch("[a-z]+", word):
            return
        yield word


def _options(arguments: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in arguments if OPTION.match(word)}


def test_the_options_of_the_suite_in_pytest_exist() -> None:
    plugin = Path(sim_conformance.plugin.__file__).read_text("utf-8")
    shown = {option for page in PAGES for option in re.findall(r"--sim-[a-z-]*", page.read_text("utf-8"))}
    assert shown <= set(OPTION.findall(plugin))


def test_the_extras_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {extra for page in PAGES for extra in re.findall(r"sim-sdk\[(\w+)\]", page.read_text("utf-8"))}
    assert named <= project["optional-dependencies"].keys()
