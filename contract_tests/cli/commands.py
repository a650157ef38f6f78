"""Ways to run the command."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sim_sdk.cli import main

_CODE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored
from sim_sdk.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Ran:
    """What a run of the command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> Any:
        """Standard error as one JSON document."""
        return json.loads(self.err)


class Sim:
    """The command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str) -> Ran:
        code = main(argv)
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


def plain(text: str) -> list[str]:
    """The lines that a terminal was sent, without their colours."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "").splitlines()


def start(*argv: str) -> "subprocess.Popen[str]":
    """The command in a process of its own."""
    return _start(_CODE, *argv)


def run_python(code: str) -> Ran:
    """A process of its own with code of its own."""
    return finish(_start(code))


def _start(code: str, *argv: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "error", "-c", code, *argv]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


def finish(process: "subprocess.Popen[str]") -> Ran:
    """Wait for the command's end."""
    out, err = process.communicate(timeout=20)
    return Ran(process.returncode, out, err)


def interrupt(process: "subprocess.Popen[str]", when: Callable[[], bool]) -> Ran:
    """Press Ctrl-C as soon as something has happened."""
    deadline = time.monotonic() + 20
    while not when():
        assert time.monotonic() < deadline, finish(process)
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    return finish(process)
