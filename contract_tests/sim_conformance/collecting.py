"""The suite as pytest sees it: this file holds one test for each check."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sim_conformance.embedded import chosen_settings
from sim_conformance.engine import Engine, Result, engine
from sim_conformance.outcome import Outcome
from sim_conformance.registry import Check, Level, checks_of
from sim_conformance.report.files import make_folder, write_reports
from sim_conformance.report.model import Report, build_report
from sim_conformance.report.text import explained
from sim_conformance.settings import BadSettings, Settings, read_profiles
from sim_conformance.stopping import Stop

HERE = Path(__file__)


class CheckFailed(Exception):
    """A server broke a rule, or the suite broke; the message is fit to be shown."""


class CheckItem(pytest.Item):
    """One check as a test."""

    def __init__(self, *, check: Check, suite: "Suite", **others: Any) -> None:
        super().__init__(**others)
        self.check = check
        self.suite = suite

    def runtest(self) -> None:
        """Make the check, and say in pytest's terms how it ended."""
        result = self.suite.carry_out(self.check)
        if result.outcome is Outcome.SKIP:
            pytest.skip(result.message)
        if result.outcome is Outcome.KNOWN_DEVIATION:
            pytest.xfail(f"known deviation: {result.message}")
        if result.outcome is Outcome.FAIL and self.check.level is Level.SHOULD:
            pytest.xfail(f"a recommendation that is not met: {result.message}")
        if result.outcome is not Outcome.PASS:
            raise CheckFailed(explained(result, self.suite.settings))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The reason, without a traceback where the server is to blame."""
        return str(excinfo.value) if isinstance(excinfo.value, CheckFailed) else str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is, and its name."""
        return self.path, None, f"{self.check.id} {self.check.title}"


class ChecksFile(pytest.File):
    """The checks of a run."""

    def __init__(self, *, suite: "Suite", **others: Any) -> None:
        super().__init__(**others)
        self.suite = suite

    def collect(self) -> Iterable[pytest.Item]:
        """One test for each check."""
        return [CheckItem.from_parent(self, name=one.id, check=one, suite=self.suite) for one in self.suite.checks]


class Suite:
    """The pytest plugin that brings in the checks.

    Args:
        checks: those to make.
        stop: who stops the run.
        on_result: is told of every check that ends.

    Attributes:
        engine: makes the checks; to be set before the first one.
        troubles: what broke in the suite itself, outside of the checks.
    """

    def __init__(
        self,
        settings: Settings,
        checks: list[Check],
        stop: Stop,
        on_result: Callable[[Result], None] = lambda result: None,
    ) -> None:
        self.settings = settings
        self.checks = checks
        self.engine: Engine | None = None
        self.troubles: list[str] = []
        self._stop = stop
        self._on_result = on_result

    def carry_out(self, check: Check) -> Result:
        """Make one check."""
        if self.engine is None:
            raise RuntimeError("there is no server yet")
        self._stop.heed()
        result = self.engine.carry_out(check)
        self._on_result(result)
        return result

    def report(self) -> Report:
        """What came of the run so far."""
        if self.engine is None:
            raise RuntimeError("there is no server yet")
        return build_report(self.engine, self.checks)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """This file holds the checks."""
        return ChecksFile.from_parent(parent, path=file_path, suite=self) if file_path == HERE else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Let the checks be stopped, but not the reports that follow."""
        session.config.add_cleanup(self._stop.watch())
        with self._stop.raising():
            return (yield)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what went wrong before the first check."""
        if report.failed:
            self.troubles.append(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Remember what went wrong in pytest."""
        self.troubles.append(str(excrepr))


class OwnServer:
    """The pytest plugin that reaches the server, and writes the reports at the end.

    Args:
        folder: where the reports go, if anywhere.
        stack: what to leave at the end.
    """

    def __init__(self, suite: Suite, folder: Path | None, stack: ExitStack) -> None:
        self._suite = suite
        self._folder = folder
        self._stack = stack

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Reach the server before the first check, and leave it after the last."""
        with self._stack:
            if not session.config.option.collectonly:
                try:
                    self._suite.engine = self._stack.enter_context(engine(self._suite.settings))
                except BadSettings as error:
                    raise pytest.UsageError(str(error)) from error
            return (yield)

    def pytest_sessionfinish(self) -> None:
        """Write the reports."""
        if self._folder is not None and self._suite.engine is not None:
            write_reports(self._suite.report(), self._folder)


def activate(config: pytest.Config) -> None:
    """Bring the suite into a run of pytest, as its options say.

    Raises:
        pytest.UsageError: when they make no sense.
    """
    if config.getoption("dist", "no") != "no":
        raise pytest.UsageError("the checks share a budget and rate limits: make them without pytest-xdist (-n 0)")
    stack = ExitStack()
    folder = config.getoption("sim_report")
    try:
        if folder:
            make_folder(Path(folder))
        settings = _settings(config, stack)
    except BadSettings as error:
        raise pytest.UsageError(str(error)) from error
    suite = Suite(settings, checks_of(settings.profiles), Stop())
    config.pluginmanager.register(suite, "sim-conformance-suite")
    config.pluginmanager.register(OwnServer(suite, Path(folder) if folder else None, stack), "sim-conformance-server")
    config.add_cleanup(stack.close)


def _settings(config: pytest.Config, stack: ExitStack) -> Settings:
    def option(name: str) -> Any:
        return config.getoption(f"sim_{name}")

    same = ("mock", "base_url", "workspace", "version", "budget_runs", "read_only", "seed", "examples")
    flags = {name: option(name) for name in same}
    flags |= {"profiles": read_profiles(option("profile")), "workflows": option("workflow")}
    file = Path(option("config")) if option("config") else None
    return stack.enter_context(chosen_settings(flags, os.environ, file))
