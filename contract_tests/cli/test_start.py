"""What the command loads and when, and what it says where something is missing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.cli.commands import Sim, run_python
from sim_sdk import __version__


def test_importing_it_loads_neither_click_nor_rich_nor_urllib3() -> None:
    ran = run_python(
        "import sys, sim_sdk.cli; print(sorted({'click', 'rich', 'urllib3', 'cattrs'} & set(sys.modules)))"
    )

    assert (ran.out, ran.err) == ("[]\n", "")


def test_help_loads_nothing_that_talks_http() -> None:
    ran = run_python(
        "import sys; from sim_sdk.cli import main; main(['--help']); "
        "sys.exit(bool({'urllib3', 'cattrs', 'sim_conformance'} & set(sys.modules)))"
    )

    assert ran.code == 0


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_a_missing_package_is_one_line_and_2(missing: str) -> None:
    ran = run_python(f"import sys; sys.modules[{missing!r}] = None; from sim_sdk.cli import main; sys.exit(main([]))")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'sim: some packages are missing: install "sim-sdk[cli]"\n'


def test_the_installed_command_is_this_one() -> None:
    from importlib.metadata import entry_points

    (command,) = entry_points(group="console_scripts", name="sim")
    assert command.value == "sim_sdk.cli:main"


def test_the_package_runs_as_the_command() -> None:
    command = [sys.executable, "-W", "error", "-m", "sim_sdk", "--version"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ran.stdout == f"sim-sdk, version {__version__}\n"


def test_version(sim: Sim) -> None:
    ran = sim("--version")

    assert (ran.code, ran.err) == (0, "")
    assert __version__ in ran.out


def test_help_explains_every_exit_code(sim: Sim) -> None:
    from sim_sdk.cli.failures import ExitCode

    ran = sim("--help")

    explained = re.findall(r"^ +(\d+)  +\w", ran.out, re.MULTILINE)
    assert [int(code) for code in explained] == [code.value for code in ExitCode]


def test_the_readme_lists_every_command_and_exit_code() -> None:
    from sim_sdk.cli.commands import sim as group
    from sim_sdk.cli.failures import ExitCode

    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `sim (\w+)", readme, re.MULTILINE)) == set(group.commands)
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)] == list(ExitCode)


def test_no_option_takes_the_key() -> None:
    import sim_sdk.cli

    options = "".join(path.read_text("utf-8") for path in Path(sim_sdk.cli.__file__).parent.rglob("*.py"))
    assert "--api-key" not in options
