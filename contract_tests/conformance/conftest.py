"""Fixtures of the suite's own tests: whole runs against healthy mocks, made once."""

import fcntl
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
def healthy_runs(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, HealthyRun]:
    """One run for each dialect, made by the first worker of pytest-xdist that needs them."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "healthy_runs"
    shared.mkdir(exist_ok=True)
    codes = shared / "exit_codes.json"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not codes.exists():
            codes.write_text(json.dumps(run_all(shared)), encoding="utf-8")
    return {
        dialect: HealthyRun(code, shared / dialect, report_in(shared / dialect))
        for dialect, code in json.loads(codes.read_text(encoding="utf-8")).items()
    }


def run_all(folder: Path) -> dict[str, int]:
    """Run the suite on each dialect, side by side, for a run waits more than it works; their exit codes."""
    command = [sys.executable, "-W", "error", "-m", "sim_conformance.cli", "run", "--profile", "all"]
    processes = {
        dialect: subprocess.Popen(
            [*command, "--mock", dialect, "--report", str(folder / dialect)], stdout=subprocess.DEVNULL
        )
        for dialect in VERSIONS
    }
    return {dialect: process.wait(120) for dialect, process in processes.items()}


def report_in(folder: Path) -> Report:
    report: Report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report
