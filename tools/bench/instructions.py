"""`python -m tools.bench instructions`: how many instructions fixed scenarios take, against what they took before.

Instructions are counted by valgrind's callgrind, and are the same on a busy machine. `--write` keeps the counts.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Dict, List

from tools.bench import logs, stream
from tools.bench._scenario import SCENARIOS
from tools.bench._server import ANSWER, fixed_server

_KEPT = Path(__file__).with_name("instructions.json")
_TOLERANCE = 0.05
_TIMES = 50
_ANSWERS = {
    "execute": (ANSWER, "application/json"),
    "stream": (stream.body(100), "text/event-stream"),
    "logs": (logs.page(), "application/json"),
}


def main(arguments: List[str]) -> int:
    if shutil.which("valgrind") is None:
        print("instructions: not counted, valgrind is not installed")
        return 0
    kept: Dict[str, Dict[str, int]] = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    version = ".".join(platform.python_version_tuple()[:2])
    if version not in kept and "--write" not in arguments:
        print(f"instructions: not counted, {_KEPT.name} has no counts of Python {version}")
        return 0
    counts = _count()
    if "--write" in arguments:
        _KEPT.write_text(json.dumps({**kept, version: counts}, indent=2) + "\n")
        print(f"{_KEPT.name}: {counts}")
        return 0
    return _compare(counts, kept[version])


def _compare(counts: Dict[str, int], kept: Dict[str, int]) -> int:
    grown = False
    for name, count in counts.items():
        change = count / kept[name] - 1
        grown |= change > _TOLERANCE
        verdict = f"MORE than the {_TOLERANCE:.0%} allowed" if change > _TOLERANCE else "as allowed"
        print(f"{name}: {count:,} instructions, {kept[name]:,} before: {change:+.1%}, {verdict}")
    return 1 if grown else 0


def _count() -> Dict[str, int]:
    """Instructions of one run of each scenario, without what it takes to load the interpreter and the SDK."""
    with ExitStack() as stack:
        urls = {name: stack.enter_context(fixed_server(*_ANSWERS[name])) for name in SCENARIOS}
        loading = _collected(0, urls)
        counts = {}
        for name in SCENARIOS:
            first = {name: urls[name], **urls}
            counts[name] = round((_collected(_TIMES, first) - loading) / _TIMES)
    return counts


def _collected(times: int, urls: Dict[str, str]) -> int:
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", sys.executable]
    arguments = ["-m", "tools.bench._scenario", str(times), *(part for item in urls.items() for part in item)]
    # Without new bytecode: the first run after a change would compile it, and the others would seem to take less.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=True)
    match = re.search(r"Collected : (\d+)", done.stderr)
    assert match is not None, done.stderr
    return int(match[1])
