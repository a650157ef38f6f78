"""`python -m tools.bench imports`: the processor time until the SDK is there, and until its first call is done.

As after an installation: with everybody's bytecode at hand, and without the extra `fast`.
"""

import os
import statistics
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Dict, List

from tools.bench._measure import Finding, Limit, verdict
from tools.bench._server import fixed_server

_ROUNDS = 21
_FIRST_CALL_LIMIT = 15.0  # milliseconds

_TIMED = """
import sys, time
sys.modules["orjson"] = None
began = time.process_time()
{}
print(time.process_time() - began)
"""


def main(arguments: List[str]) -> int:
    return verdict(findings())


def findings() -> List[Finding]:
    """What a new interpreter takes, without its own start."""
    with fixed_server() as url:
        request = f"PoolManager().request('POST', '{url}/api/workflows/w/execute', body=b'{{}}')"
        ways = {
            "ours": "from sim_sdk import SimStudioClient",
            "call": f"from sim_sdk import SimStudioClient\nSimStudioClient('k', '{url}').execute_workflow('w')",
            "urllib3": "import urllib3",
            "request": f"import json, urllib3\njson.loads(urllib3.{request}.data)",
            "requests": "import requests",
        }
        seconds = _compare(ways)
    imported = statistics.median(ours / other for ours, other in zip(seconds["ours"], seconds["requests"]))
    return [
        Finding("`from sim_sdk import SimStudioClient`", imported, "`import requests`", Limit(0.35)),
        Finding(
            "the same with the first call, beyond `import urllib3`",
            _beyond(seconds["call"], seconds["urllib3"]) / _FIRST_CALL_LIMIT,
            f"{_FIRST_CALL_LIMIT:.0f} ms",
            Limit(1.0),
        ),
        Finding(
            "the same, beyond bare urllib3 with its first request",
            _beyond(seconds["call"], seconds["request"]) / _FIRST_CALL_LIMIT,
            f"{_FIRST_CALL_LIMIT:.0f} ms",
        ),
    ]


def _beyond(ours: List[float], others: List[float]) -> float:
    """How many milliseconds more ours takes."""
    return statistics.median(mine - other for mine, other in zip(ours, others)) * 1000


def _compare(ways: Dict[str, str]) -> Dict[str, List[float]]:
    seconds: Dict[str, List[float]] = {name: [] for name in ways}
    with TemporaryDirectory() as bytecode:
        # Compiling is the installer's work. Without this, a source tree would be compiled anew each time.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for warm in (False, *[True] * _ROUNDS):
            for name, code in ways.items():
                command = [sys.executable, "-W", "ignore", "-c", _TIMED.format(code)]
                done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                if warm:
                    seconds[name].append(float(done.stdout))
    return seconds
