"""What the command sim-conformance does."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType

import pytest
from rich.console import Console

from sim_conformance import collecting
from sim_conformance.cli import MISCONFIGURED
from sim_conformance.collecting import Suite
from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.guide import guide
from sim_conformance.registry import checks_of
from sim_conformance.report.console import Progress, print_check_list, print_report, print_selftest
from sim_conformance.report.files import write_reports
from sim_conformance.report.model import Report
from sim_conformance.selftest import prove
from sim_conformance.settings import VERSIONS, BadSettings, Settings, read_profiles, read_settings

PASSED, FAILED, BROKEN, INTERRUPTED, TERMINATED = 0, 1, 3, 130, 143

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
    with ExitStack() as stack, terminable() as terminated:
        try:
            suite = _suite(arguments, stack)
        except BadSettings as error:
            print(f"sim-conformance: {error}", file=sys.stderr)
            return MISCONFIGURED
        except KeyboardInterrupt:
            print("sim-conformance: interrupted before the first check", file=sys.stderr)
            return TERMINATED if terminated else INTERRUPTED
        pytest.main([*PYTEST_OPTIONS, collecting.__file__], plugins=[suite])
        report = suite.report()
        print_report(Console(), report)
        if not _written(report, arguments):
            return MISCONFIGURED
    print("\n".join(suite.troubles), end="", file=sys.stderr)
    if suite.interrupted:
        return TERMINATED if terminated else INTERRUPTED
    return EXIT_CODES[report["verdict"]]


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


@contextmanager
def terminable() -> Iterator[list[int]]:
    """Let SIGTERM end what is done here as Ctrl-C does; the list is empty until it comes."""
    terminated: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        terminated.append(number)
        # A second one ends the process at once.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield terminated  # only the main thread is told of signals
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield terminated
    finally:
        signal.signal(signal.SIGTERM, before)


def _suite(arguments: argparse.Namespace, stack: ExitStack) -> Suite:
    settings = _settings(arguments, stack)
    checks = checks_of(settings.profiles)
    progress = Progress(Console(stderr=True), settings, len(checks), verbose=arguments.verbose)
    suite = Suite(settings, checks, progress)
    suite.engine = stack.enter_context(engine(settings))
    return suite


def _settings(arguments: argparse.Namespace, stack: ExitStack) -> Settings:
    profiles = read_profiles(arguments.profile)
    if arguments.mock is None:
        return read_settings({**vars(arguments), "profiles": profiles}, os.environ, arguments.config)
    if arguments.mock not in VERSIONS:
        raise BadSettings(f"unknown dialect {arguments.mock!r}; known: {', '.join(VERSIONS)}")
    chosen = {name: getattr(arguments, name) for name in ("seed", "examples", "budget_runs", "read_only")}
    given = {name: value for name, value in chosen.items() if value is not None}
    return stack.enter_context(embedded(arguments.mock, profiles=profiles, **given))


def _written(report: Report, arguments: argparse.Namespace) -> bool:
    if arguments.report is None:
        return True
    try:
        paths = write_reports(report, arguments.report)
    except OSError as error:
        print(f"sim-conformance: the report cannot be written: {error}", file=sys.stderr)
        return False
    print("\n".join(map(str, paths)))
    return True
