"""One run of the coverage-guided fuzzer: starts it, and reads its figures and its finding."""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from tools.fuzz.corpus import fill

_DICTIONARY = Path(__file__).with_name("words.dict")
_LONGEST = 2048  # bytes of an input
_LONGEST_STREAM = 256  # the standard's reading of a stream, one character after the other, is slow
_SLOWEST = 10  # seconds for one input


@dataclass
class Figures:
    """What a run has done.

    Attributes:
        executions: Inputs tried.
        coverage: Edges of the instrumented code that they reached.
        corpus: How many inputs were kept because they reached something new.
        finding: The input that broke a promise, or None.
        log: What the fuzzer wrote.
    """

    executions: int
    coverage: int
    corpus: int
    finding: Optional[bytes]
    log: str


def run(target: str, seconds: int, seed: int, corpus: Path) -> Figures:
    """Fuzz a target for some seconds, or until it fails. What it learns stays in the corpus folder."""
    corpus.mkdir(parents=True, exist_ok=True)
    fill(corpus, target)
    with tempfile.TemporaryDirectory() as folder:
        options = [
            f"-max_total_time={seconds}",
            f"-seed={seed}",
            f"-max_len={_LONGEST_STREAM if target == 'sse' else _LONGEST}",
            f"-timeout={_SLOWEST}",
            f"-dict={_DICTIONARY}",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
        ]
        command = [sys.executable, "-m", "tools.fuzz.guided", target, *options, str(corpus)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        artifacts = [path.read_bytes() for path in Path(folder).iterdir()]
    log = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0 and not artifacts:
        raise RuntimeError(f"the fuzzer did not run:\n{log}")
    return Figures(
        executions=_last(r"stat::number_of_executed_units:\s*(\d+)|^#(\d+)", log),
        coverage=_last(r"\bcov: (\d+)", log),
        corpus=_last(r"\bcorp: (\d+)", log),
        finding=artifacts[0] if artifacts else None,
        log=log,
    )


def _last(pattern: str, log: str) -> int:
    found = re.findall(f"(?m){pattern}", log)
    if not found:
        return 0
    groups = found[-1] if isinstance(found[-1], tuple) else (found[-1],)
    return int(next(filter(None, groups)))
