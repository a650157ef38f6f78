"""Fixtures of the suite's own tests: whole runs against healthy mocks, made once."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim_conformance.report.model import Report
from sim_conformance.settings import VERSIONS


@dataclass(frozen=True)
class HealthyRun:
    """A run of `sim-conformance run --mock` with all profiles."""

    exit_code: int
    folder: Path
    report: Report


@pytest.fixture(scope="session")
def healthy_runs(tmp_path_factory: pytest.TempPathFactory) -> "dict[str, HealthyRun]":
    """One run for each dialect, side by side: a run waits more than it works."""
    folders = {dialect: tmp_path_factory.mktemp(dialect) for dialect in VERSIONS}
    command = [sys.executable, "-W", "error", "-m", "sim_conformance.cli", "run", "--profile", "all"]
    processes = {
        dialect: subprocess.Popen([*command, "--mock", dialect, "--report", str(folder)], stdout=subprocess.DEVNULL)
        for dialect, folder in folders.items()
    }
    codes = {dialect: process.wait(120) for dialect, process in processes.items()}
    return {dialect: HealthyRun(codes[dialect], folder, report_in(folder)) for dialect, folder in folders.items()}


def report_in(folder: Path) -> Report:
    report: Report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report
