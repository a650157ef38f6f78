"""Mutation testing: which small mistakes in the modules that decide would the tests not notice?

    python -m tools.mutation              # all modules
    python -m tools.mutation sse retry    # some

Survivors are listed with their reasons in survivors.md. The exit code is 1 when the score is below 95 %, when a mutant
survives that is not listed there, or when one that is does not.
"""

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Dict, Sequence, Tuple

from tools.mutation import trial
from tools.mutation.mutants import mutants_of

SURVIVORS = Path(__file__).with_name("survivors.md")
GOAL = 0.95

_SDK = "contract_tests/sdk"
_FUZZ = "contract_tests/fuzz"
_HINTS = (
    f"{_SDK}/test_ratelimit_bounds.py",
    f"{_SDK}/test_ratelimit_forms.py",
    f"{_FUZZ}/test_findings.py",
    "-k",
    "not shown and not pieces and not cut",
)
_TESTS: Dict[str, Sequence[str]] = {
    # Those with random streams take long; the others have to do without them.
    "sse": (f"{_SDK}/test_sse.py", _FUZZ, "-k", "not streams_are_read and not recorded and not shown"),
    "retry": (f"{_SDK}/test_retry_policy.py", f"{_SDK}/test_retry.py"),
    "ratelimit": _HINTS,
    "_timestamps": (f"{_SDK}/test_timestamps.py", *_HINTS),
    "errors": (
        f"{_SDK}/test_error_wording.py",
        f"{_SDK}/test_errors.py",
        f"{_FUZZ}/test_findings.py",
        "-k",
        "not pieces",
    ),
    "webhooks": (f"{_SDK}/test_webhooks.py",),
}

Survivor = Tuple[str, str, str]
"""Module, line before, line after."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description="Would the tests notice?")
    parser.add_argument("modules", nargs="*", choices=[[], *_TESTS], help=f"of {', '.join(_TESTS)} (default: all)")
    modules = parser.parse_args().modules or list(_TESTS)
    trial.prepare()
    known = listed(SURVIVORS.read_text("utf-8"))
    failed = [module for module in modules if not passes(module, known)]
    return 1 if failed else 0


def passes(module: str, known: "Counter[Survivor]") -> bool:
    """Try all mutants of a module, report, and tell whether the goal is met and every survivor known."""
    name = f"sim_sdk.{module}"
    source = trial.source_path(name).read_text("utf-8")
    tests = _TESTS[module]
    sound = trial.run(name, source, tests)
    if not sound.passed:
        print(f"{module}: the tests fail without a mutant: pytest {' '.join(tests)}", file=sys.stderr)
        return False
    mutants = list(mutants_of(source))
    timeout = 10 + 5 * sound.seconds
    survivors = [mutant for mutant in mutants if trial.run(name, mutant.source, tests, timeout).passed]
    score = 1 - len(survivors) / len(mutants)
    print(f"{module}: {len(mutants)} mutants, {len(survivors)} survived, score {score:.1%}", flush=True)
    expected = Counter({survivor: count for survivor, count in known.items() if survivor[0] == module})
    found = Counter((module, mutant.before, mutant.after) for mutant in survivors)
    report(found - expected, "why?")
    report(expected - found, "is listed, but does not survive")
    return score >= GOAL and found == expected


def report(survivors: "Counter[Survivor]", remark: str) -> None:
    """Print survivors in the form in which they are listed."""
    for _, before, after in survivors.elements():
        print(f"- `{before}` → `{after}`: {remark}", flush=True)


def listed(text: str) -> "Counter[Survivor]":
    """The survivors that the document gives reasons for. Several may look alike."""
    survivors: Counter[Survivor] = Counter()
    module = ""
    for line in text.splitlines():
        if line.startswith("## "):
            module = line[3:].strip()
        match = re.fullmatch(r"- `(.*)` → `(.*)`: .+", line)
        if match:
            survivors[module, match.group(1), match.group(2)] += 1
    return survivors


if __name__ == "__main__":
    sys.exit(main())
