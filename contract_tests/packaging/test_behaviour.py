"""The program that all Pythons run (`nox -s behaviour`) runs here, too."""

import os
import subprocess
import sys
from pathlib import Path

from sim_conformance.mock import MockSim


def test_the_program_for_all_pythons_runs() -> None:
    program = Path(__file__).parent / "behaviour.py"
    with MockSim() as sim:
        sim.set_job_timing(queued=0, processing=0)
        sim.fail_next(status=429)
        environment = {**os.environ, "SIM_BASE_URL": sim.base_url, "SIM_API_KEY": sim.api_key}
        command = [sys.executable, "-W", "error", str(program), sim.workspace_id]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("all is well")
        assert sim.violations == []
