"""Completion in shells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.cli.commands import Ran, Sim
from sim_sdk.cli.configuration import configuration_path

_BASH = shutil.which("bash")


@pytest.mark.parametrize(("shell", "sign"), [("zsh", "compdef"), ("fish", "complete ")])
def test_each_shell_has_its_script(sim: Sim, shell: str, sign: str) -> None:
    ran = sim("completion", shell)

    assert (ran.code, ran.err) == (0, "")
    assert sign in ran.out
    assert "_SIM_COMPLETE" in ran.out


@pytest.mark.skipif(_BASH is None, reason="there is no bash")
def test_bash_completes_options_and_profiles(sim: Sim, tmp_path: Path) -> None:
    path = configuration_path()
    path.parent.mkdir(parents=True)
    path.write_text("[profiles.hosted]\n[profiles.house]\n[profiles.own]\n", encoding="utf-8")
    command = tmp_path / "sim"
    command.write_text(f"#!{sys.executable}\nimport sys\nfrom sim_sdk.cli import main\nsys.exit(main())\n")
    command.chmod(0o755)
    script = sim("completion", "bash").out
    ask = """
        complete_words() {
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _sim_completion sim
            echo "${COMPREPLY[*]}"
        }
        complete_words sim logs --min
        complete_words sim limits --profile ho
    """
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    ran = subprocess.run(
        [str(_BASH), "-c", script + ask], env=environment, capture_output=True, text=True, timeout=20, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == ["--min-duration --min-cost", "hosted house"]


def test_commands_are_completed(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"_SIM_COMPLETE": "bash_complete", "COMP_WORDS": "sim st", "COMP_CWORD": "1"}.items():
        monkeypatch.setenv(name, value)

    assert sim() == Ran(0, "plain,status\nplain,stream\n", "")


def test_a_shell_that_is_not_known_is_2(sim: Sim) -> None:
    assert sim("completion", "tcsh").code == 2
