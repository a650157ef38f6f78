"""The report for the terminal."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim_conformance.engine import Result
from sim_conformance.outcome import Outcome
from sim_conformance.registry import Check
from sim_conformance.report.model import NOT_RUN, OUTCOMES, Report, ReportedCheck, nothing_checked
from sim_conformance.report.text import explained
from sim_conformance.selftest import Proof
from sim_conformance.settings import Settings

COLOURS = {
    "pass": "green",
    "fail": "red",
    "known-deviation": "yellow",
    "skip": "bright_black",
    "error": "magenta",
    "not-run": "bright_black",
}

VERDICTS = {
    "pass": "conformant",
    "fail": "not conformant",
    "error": "the suite itself failed",
    "incomplete": "no failure as far as it got",
}

NOTHING_CHECKED = "nothing could be checked"


class Progress:
    """Tells of each check as it ends: a line where somebody watches, and of what went wrong always.

    Args:
        total: checks of the run.
    """

    def __init__(self, console: Console, settings: Settings, total: int, *, verbose: bool) -> None:
        self._console = console
        self._settings = settings
        self._total = total
        self._verbose = verbose
        self._done = 0

    def __call__(self, result: Result) -> None:
        """Tell of one check."""
        self._done += 1
        outcome = result.outcome
        if outcome in (Outcome.FAIL, Outcome.ERROR):
            self._clear()
            self._console.print(f"[bold {COLOURS[outcome.value]}]{outcome.value}[/]", end=" ")
            self._console.print(explained(result, self._settings), markup=False, highlight=False, soft_wrap=True)
            self._console.print()
        elif self._verbose:
            self._clear()
            words = escape(f"{result.check.id} {result.check.title}")
            self._console.print(f"[{COLOURS[outcome.value]}]{outcome.value:>15}[/] {words}", highlight=False)
        if self._console.is_terminal:
            self._console.print(f"{self._done}/{self._total} {result.check.id}   ", end="\r", highlight=False)

    def _clear(self) -> None:
        if self._console.is_terminal:
            self._console.print(" " * 40, end="\r")


def print_report(console: Console, report: Report, paths: Iterable[Path] = ()) -> None:
    """Print the summary: profiles, known deviations, what was skipped and why, the verdict, and where the files are."""
    console.print(_profiles(report))
    _print_deviations(console, report)
    _print_skips(console, report["checks"])
    if not report["complete"]:
        console.print("[bold yellow]The run was stopped before its end.[/]")
    for check in report["checks"]:
        if check["outcome"] == NOT_RUN and check["exchanges"]:
            words = f"  {check['id']}  {check['message']}: {check['exchanges'][-1]['curl']}"
            console.print(words, markup=False, highlight=False, soft_wrap=True)
    colour = "yellow" if nothing_checked(report) else COLOURS.get(report["verdict"], "yellow")
    verdict = NOTHING_CHECKED if nothing_checked(report) else VERDICTS[report["verdict"]]
    console.print(
        f"[bold {colour}]{verdict}[/]: {escape(report['baseUrl'])}, "
        f"taken for Sim {report['version']}, in {report['seconds']:.1f} s and {report['runs']} runs",
        highlight=False,
        soft_wrap=True,
    )
    for path in paths:
        console.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _profiles(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("profile")
    shown = [outcome for outcome in OUTCOMES if report["summary"][outcome]]
    for outcome in shown:
        table.add_column(outcome, justify="right")
    for profile, counts in {**report["byProfile"], "all": report["summary"]}.items():
        cells = [f"[{COLOURS[outcome]}]{counts[outcome]}[/]" if counts[outcome] else "" for outcome in shown]
        table.add_row(profile, *cells)
    return table


def _print_deviations(console: Console, report: Report) -> None:
    seen = [check for check in report["checks"] if check["outcome"] == Outcome.KNOWN_DEVIATION.value]
    if seen:
        console.print(f"\n[yellow]Known deviations of Sim {report['version']}[/]")
    for check in seen:
        console.print(f"  {check['id']}  {check['message']}", markup=False, highlight=False, soft_wrap=True)


def _print_skips(console: Console, checks: Iterable[ReportedCheck]) -> None:
    reasons: dict[str, list[str]] = defaultdict(list)
    for check in checks:
        if check["outcome"] == Outcome.SKIP.value:
            reasons[check["message"]].append(check["id"])
    if reasons:
        console.print("\n[bold]Skipped[/]")
    for reason, ids in reasons.items():
        names = ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"
        console.print(f"  {names}: {reason}", markup=False, highlight=False, soft_wrap=True)
    console.print()


def print_check_list(console: Console, checks: Iterable[Check]) -> None:
    """Print a table of checks."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "level", "profile", "rule", "clause"):
        table.add_column(name, no_wrap=True)
    for check in checks:
        table.add_row(check.id, check.level.value, check.profile.value, escape(check.title), escape(str(check.clause)))
    console.print(table)


def print_selftest(console: Console, proof: Proof) -> None:
    """Print which checks noticed which mutant, of those that were made, and what is wrong."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("check", "mutant", "noticed by"):
        table.add_column(name, no_wrap=name == "check")
    for kill in proof.kills:
        lost = ["[bold red]survived[/]"] if kill.survived else []
        table.add_row(kill.mutant.check, escape(kill.mutant.what), ", ".join([*lost, *kill.killers]))
    console.print(table)
    made = "every check of its profile was made" if proof.all_of_profile else "its own check alone was made"
    console.print(f"On each mutant, {made}.", highlight=False)
    for problem in proof.problems:
        console.print(problem, style="red", markup=False, highlight=False)
    verdict = "[bold green]proved[/]" if proof.holds else "[bold red]not proved[/]"
    console.print(f"{verdict}: {len(proof.kills)} mutants in {proof.seconds:.1f} s", highlight=False)
