"""What the command sim-conformance does."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from rich.console import Console

from sim_conformance import collecting
from sim_conformance.cli import INTERRUPTED, MISCONFIGURED
from sim_conformance.collecting import Suite
from sim_conformance.embedded import chosen_settings
from sim_conformance.engine import engine
from sim_conformance.guide import guide
from sim_conformance.registry import checks_of
from sim_conformance.report.console import Progress, print_check_list, print_report, print_selftest
from sim_conformance.report.files import make_folder, write_reports
from sim_conformance.report.model import Report
from sim_conformance.selftest import prove
from sim_conformance.settings import BadSettings, read_profiles
from sim_conformance.stopping import Stop

PASSED, FAILED, BROKEN = 0, 1, 3

# A run that nobody stopped and that is incomplete all the same was broken off by the suite.
EXIT_CODES = {"pass": PASSED, "fail": FAILED, "error": BROKEN, "incomplete": BROKEN}

WIDE = 240

PYTEST_OPTIONS = (
    # Nothing of the folder or the environment that the command happens to run in takes part.
    *("-c", os.devnull, "--noconftest", "--disable-plugin-autoload"),
    *("-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:logging", "--capture=no"),
)


def run(arguments: argparse.Namespace) -> int:
    """Check a server."""
    stop = Stop()
    with ExitStack() as stack:
        stack.callback(stop.watch())
        try:
            with stop.raising():
                suite = _suite(arguments, stack, stop)
        except BadSettings as error:
            print(f"sim-conformance: {error}", file=sys.stderr)
            return MISCONFIGURED
        except KeyboardInterrupt:
            print("sim-conformance: interrupted before the first check", file=sys.stderr)
            return stop.exit_code or INTERRUPTED
        pytest.main([*PYTEST_OPTIONS, collecting.__file__], plugins=[suite])
        report = suite.report()
        paths = _written(report, arguments)
        with suppress(SystemExit, OSError):  # rich leaves when nobody reads on, as with `| head`; or the terminal went
            print_report(Console(), report, paths or ())
    with suppress(OSError):
        print("\n".join(suite.troubles), end="", file=sys.stderr)
    if paths is None:
        return MISCONFIGURED
    return stop.exit_code or EXIT_CODES[report["verdict"]]


def list_checks(arguments: argparse.Namespace) -> int:
    """Show every check."""
    try:
        profiles = read_profiles(arguments.profile)
    except BadSettings as error:
        print(f"sim-conformance: {error}", file=sys.stderr)
        return MISCONFIGURED
    # What is piped or kept in a file has no edge to wrap at.
    console = Console()
    print_check_list(console if console.is_terminal else Console(width=WIDE), checks_of(profiles))
    return PASSED


def show_guide(arguments: argparse.Namespace) -> int:
    """Say what to set up."""
    print(guide(), end="")
    return PASSED


def selftest(arguments: argparse.Namespace) -> int:
    """Prove the checks."""
    with Console(stderr=True).status("the first mutant") as status:
        proof = prove(
            seed=arguments.seed,
            all_of_profile=arguments.all_checks,
            on_kill=lambda kill: status.update(f"the mutant after that of {kill.mutant.check}"),
        )
    print_selftest(Console(), proof)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(proof.as_json(), indent=1), encoding="utf-8")
    return PASSED if proof.holds else FAILED


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": run,
    "list": list_checks,
    "guide": show_guide,
    "selftest": selftest,
}


def _suite(arguments: argparse.Namespace, stack: ExitStack, stop: Stop) -> Suite:
    flags = {**vars(arguments), "profiles": read_profiles(arguments.profile)}
    settings = stack.enter_context(chosen_settings(flags, os.environ, arguments.config))
    if arguments.report is not None:
        make_folder(arguments.report)
    checks = checks_of(settings.profiles)
    progress = Progress(Console(stderr=True), settings, len(checks), verbose=arguments.verbose)
    suite = Suite(settings, checks, stop, progress)
    suite.engine = stack.enter_context(engine(settings))
    return suite


def _written(report: Report, arguments: argparse.Namespace) -> list[Path] | None:
    if arguments.report is None:
        return []
    try:
        return write_reports(report, arguments.report)
    except OSError as error:
        print(f"sim-conformance: the report cannot be written: {error}", file=sys.stderr)
        return None
