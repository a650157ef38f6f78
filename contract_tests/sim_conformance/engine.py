"""Carries out checks, one after the other."""

import secrets
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sim_conformance.outcome import Deviation, DeviationSeen, Failure, Outcome, Skipped
from sim_conformance.registry import Check
from sim_conformance.server import Budget, Server
from sim_conformance.settings import Settings
from sim_conformance.setup import INGREDIENTS
from sim_conformance.versions import USAGE_LIMITS, find_version
from sim_conformance.wire import Exchange, Wire


@dataclass(frozen=True)
class Result:
    """How a check ended.

    Attributes:
        message: why, unless it passed.
        exchanges: what was said.
        seconds: how long it took.
    """

    check: Check
    outcome: Outcome
    message: str = ""
    exchanges: tuple[Exchange, ...] = ()
    seconds: float = 0.0
    deviation: Deviation | None = None


@dataclass
class Engine:
    """Checks one server.

    Attributes:
        version: of the server.
        budget: executions left.
        started_at: epoch seconds.
        stopped_in: the check that was being made when somebody stopped the run.
        gone: why the checks that are left are skipped, once the server does not answer at all any more.
    """

    settings: Settings
    server: Server
    version: str
    budget: Budget
    started_at: float
    results: list[Result] = field(default_factory=list[Result])
    stopped_in: Check | None = None
    gone: str = ""

    def carry_out(self, check: Check) -> Result:
        """Make one check, and keep its result."""
        self.server.exchanges = []
        start = time.monotonic()
        try:
            outcome, message, deviation = self._outcome(check)
        except KeyboardInterrupt:
            self.stopped_in = check
            raise
        result = Result(check, outcome, message, tuple(self.server.exchanges), time.monotonic() - start, deviation)
        self.results.append(result)
        if outcome is Outcome.FAIL and result.exchanges and result.exchanges[-1].status == 0:
            self._look_whether_gone()
        return result

    def _outcome(self, check: Check) -> tuple[Outcome, str, Deviation | None]:
        reason = self._hindrance(check)
        if reason:
            return Outcome.SKIP, reason, None
        try:
            check.carry_out(self.server)
        except Failure as failure:
            return Outcome.FAIL, str(failure), None
        except DeviationSeen as seen:
            return Outcome.KNOWN_DEVIATION, str(seen), seen.deviation
        except Skipped as skipped:
            return Outcome.SKIP, str(skipped), None
        except Exception:
            return Outcome.ERROR, traceback.format_exc(), None
        return Outcome.PASS, "", None

    def _look_whether_gone(self) -> None:
        # Or every check that is left would wait for its timeout, which takes hours.
        try:
            self.server.get(USAGE_LIMITS, patient=False)
        except Failure as failure:
            self.gone = f"the server no longer answers: {failure}"

    def _hindrance(self, check: Check) -> str:
        if self.gone:
            return self.gone
        for name in check.needs:
            if not self.server.has(name):
                return INGREDIENTS[name].missing
        if check.runs and self.settings.read_only:
            return "it runs workflows, and --read-only forbids that"
        if not self.budget.covers(check.runs):
            return f"it takes up to {check.runs} runs, more than the budget of {self.budget.limit} leaves"
        return ""


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine for a server that answers.

    Raises:
        BadSettings: when it does not answer, or does not take the key.
    """
    wire = Wire(settings.base_url, timeout=settings.timeout, verify_tls=settings.verify_tls)
    try:
        version = find_version(settings, wire)
        budget = Budget(settings.budget_runs)
        server = Server(settings, wire, budget, version=version, run_id=secrets.token_hex(4))
        yield Engine(settings, server, version, budget, time.time())
    finally:
        wire.close()
