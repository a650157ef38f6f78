"""`python -m tools.bench imports`: the processor time until the SDK is there, and until its first call is done."""

import statistics
import subprocess
import sys
from typing import Dict, List

from tools.bench._measure import Finding, Limit, verdict
from tools.bench._server import fixed_server

_ROUNDS = 11
_FIRST_CALL_LIMIT = 15.0  # milliseconds

_TIMED = "import time; began = time.process_time(); {}; print(time.process_time() - began)"


def main(arguments: List[str]) -> int:
    return verdict(findings())


def findings() -> List[Finding]:
    """What a new interpreter takes, without its own start."""
    with fixed_server() as url:
        call = f"SimStudioClient('sk-sim-benchmark', '{url}').execute_workflow('w')"
        ways = {
            "ours": "from sim_sdk import SimStudioClient",
            "call": f"from sim_sdk import SimStudioClient; {call}",
            "urllib3": "import urllib3",
            "requests": "import requests",
        }
        seconds = _compare(ways)
    imported = statistics.median(ours / other for ours, other in zip(seconds["ours"], seconds["requests"]))
    called = statistics.median(ours - other for ours, other in zip(seconds["call"], seconds["urllib3"])) * 1000
    return [
        Finding("`from sim_sdk import SimStudioClient`", imported, "`import requests`", Limit(0.35)),
        Finding(
            "the same with the first call, beyond `import urllib3`", called / _FIRST_CALL_LIMIT, "15 ms", Limit(1.0)
        ),
    ]


def _compare(ways: Dict[str, str]) -> Dict[str, List[float]]:
    seconds: Dict[str, List[float]] = {name: [] for name in ways}
    for _ in range(_ROUNDS):
        for name, code in ways.items():
            command = [sys.executable, "-W", "ignore", "-c", _TIMED.format(code)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds[name].append(float(done.stdout))
    return seconds
