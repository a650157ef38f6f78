"""What type checkers infer in a user's program, and the mistakes that they find in it."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MISTAKES = [
    number
    for number, line in enumerate((HERE / "mistakes.py").read_text(encoding="utf-8").splitlines(), 1)
    if line.endswith("# mistake")
]


def _check(*command: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=HERE, check=False)
    return done.returncode, done.stdout + done.stderr


def _mypy(name: str, cache: Path) -> tuple[int, str]:
    return _check("mypy", "--strict", "--config-file=", f"--cache-dir={cache}", "--no-error-summary", name)


def _pyright(name: str) -> tuple[int, str]:
    return _check("pyright", "--pythonpath", sys.executable, name)


def _error_lines(output: str, name: str) -> list[int]:
    return sorted({int(line) for line in re.findall(rf"{name}:(\d+):.*error", output)})


def test_mypy_infers_what_is_documented_and_finds_mistakes(tmp_path: Path) -> None:
    status, told = _mypy("users_program.py", tmp_path)
    assert status == 0, told
    assert 'Revealed type is "sim_sdk.client.SimStudioClient"' in told
    assert _error_lines(_mypy("mistakes.py", tmp_path)[1], "mistakes.py") == MISTAKES


def test_pyright_infers_what_is_documented_and_finds_mistakes() -> None:
    status, told = _pyright("users_program.py")
    assert status == 0, told
    assert 'Type of "client" is "SimStudioClient"' in told
    assert _error_lines(_pyright("mistakes.py")[1], "mistakes.py") == MISTAKES
