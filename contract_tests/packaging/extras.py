"""What each extra brings works with it; without it one is told what to install.

    python extras.py EXTRA ...        with the extras that are installed

A plain program, for an environment that holds the wheel with these extras and nothing else.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence, Set

CLIENT = "import asyncio, sim_sdk; asyncio.run(sim_sdk.AsyncSimStudioClient('key').close())"


@dataclass(frozen=True)
class Feature:
    """Something that takes an extra.

    Attributes:
        extras: Those that bring it.
        command: A command that uses it; Python code where it is one text.
        hint: What is to be installed.
    """

    name: str
    extras: Set[str]
    command: Sequence[str]
    hint: str


FEATURES = (
    Feature("the asynchronous client", {"async"}, ["python", "-c", CLIENT], "sim-sdk[async]"),
    Feature("orjson", {"fast"}, ["python", "-c", "import orjson"], "orjson"),
    Feature("sim", {"cli", "demo", "conformance"}, ["sim", "config"], "sim-sdk[cli]"),
    Feature("sim demo", {"demo", "conformance"}, ["sim", "demo"], "sim-sdk["),
    Feature("sim-mock", {"mock", "conformance", "demo"}, ["sim-mock", "--help"], "sim-sdk[mock]"),
    Feature("sim-conformance", {"conformance"}, ["sim-conformance", "list"], "sim-sdk[conformance]"),
)


def main(extras: Set[str]) -> int:
    problems = [problem for feature in FEATURES for problem in check(feature, extras)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{', '.join(extras) or 'no extra'}: {'FAILED' if problems else 'ok'}")
    return 1 if problems else 0


def check(feature: Feature, extras: Set[str]) -> Iterator[str]:
    """What is wrong with a feature where these extras are installed."""
    name, *arguments = feature.command
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "SIM_"))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    if feature.extras & extras:
        if done.returncode != 0:
            yield f"{feature.name} does not work: {told}"
    elif done.returncode == 0:
        yield f"{feature.name} works without its extra: take it off this list"
    elif feature.hint not in told:
        yield f"{feature.name} does not say to install {feature.hint}: {told}"
    elif "Traceback" in done.stderr and name != "python":
        yield f"{feature.name} breaks instead of saying what to install: {told}"


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
