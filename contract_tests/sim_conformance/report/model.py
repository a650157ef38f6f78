"""What is told of a run: plain JSON data, with no key in it."""

import importlib.metadata
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from sim_conformance.engine import Engine, Result
from sim_conformance.mock.clock import iso
from sim_conformance.mock.contract import contract
from sim_conformance.mock.operations import PATHS
from sim_conformance.outcome import Outcome
from sim_conformance.redact import Redactor
from sim_conformance.registry import Check, Level, Profile
from sim_conformance.server import operation_of
from sim_conformance.settings import Settings
from sim_conformance.setup import INGREDIENTS, Kind
from sim_conformance.wire import Exchange

NOT_RUN = "not-run"
OUTCOMES = (*(outcome.value for outcome in Outcome), NOT_RUN)

LONGEST_BODY = 4000
MOST_EXCHANGES = 6


class ReportedExchange(TypedDict):
    """A request and its answer; bodies are text, long ones cut."""

    method: str
    path: str
    requestHeaders: dict[str, str]
    requestBody: str
    status: int
    responseHeaders: dict[str, str]
    responseBody: str
    milliseconds: int
    problem: str
    curl: str


class ReportedCheck(TypedDict):
    """A check and how it ended; `exchanges` holds the last ones, `exchangesLeftOut` counts the others."""

    id: str
    title: str
    level: str
    profile: str
    clause: str
    knownDeviations: list[dict[str, Any]]
    outcome: str
    message: str
    milliseconds: int
    exchanges: list[ReportedExchange]
    exchangesLeftOut: int


class CoveredOperation(TypedDict):
    """How often an operation was asked, by status, and which documented statuses never came."""

    operation: str
    method: str
    path: str
    requests: int
    statuses: dict[str, int]
    unseen: list[str]


class Report(TypedDict):
    """A run; its verdict is `pass`, `fail`, `error` or `incomplete`."""

    suite: str
    baseUrl: str
    version: str
    profiles: list[str]
    seed: int
    readOnly: bool
    budgetRuns: int | None
    runs: int
    startedAt: str
    seconds: float
    complete: bool
    verdict: str
    summary: dict[str, int]
    byProfile: dict[str, dict[str, int]]
    checks: list[ReportedCheck]
    coverage: list[CoveredOperation]


def build_report(engine: Engine, planned: Sequence[Check]) -> Report:
    """The report of what an engine has done.

    Args:
        planned: the checks of the whole run; those without a result were not made.
    """
    redactor = Redactor(engine.settings.secrets)
    results = {result.check.id: result for result in engine.results}
    checks = [_reported(check, results.get(check.id), engine, redactor) for check in planned]
    seconds = time.time() - engine.started_at
    return Report(
        suite=f"sim-conformance {importlib.metadata.version('sim-sdk')}",
        baseUrl=redactor.text(engine.settings.base_url),
        version=engine.version,
        profiles=[profile.value for profile in engine.settings.profiles],
        seed=engine.settings.seed,
        readOnly=engine.settings.read_only,
        budgetRuns=engine.budget.limit,
        runs=engine.budget.used,
        startedAt=iso(engine.started_at),
        seconds=round(seconds, 2),
        complete=results.keys() >= {check.id for check in planned},
        verdict="fail" if engine.gone else _verdict(engine.results, planned),
        summary=_counts(checks),
        byProfile={
            profile.value: _counts(check for check in checks if check["profile"] == profile.value)
            for profile in Profile
            if profile in {check.profile for check in planned}
        },
        checks=checks,
        coverage=_coverage([exchange for result in engine.results for exchange in result.exchanges]),
    )


def nothing_checked(report: Report) -> bool:
    """Whether every check was skipped: then a server that passes is not shown to be conformant."""
    return report["complete"] and report["summary"][Outcome.SKIP.value] == len(report["checks"])


def reported_exchange(exchange: Exchange, settings: Settings) -> ReportedExchange:
    """A request and its answer without keys."""
    redactor = Redactor(settings.secrets)
    variables = {
        settings.ingredients[name]: ingredient.environment
        for name, ingredient in INGREDIENTS.items()
        if ingredient.kind is Kind.KEY and name in settings.ingredients
    }
    return ReportedExchange(
        method=exchange.method,
        path=redactor.text(exchange.path),
        requestHeaders=redactor.headers(exchange.headers.items()),
        requestBody=_shortened(redactor.text((exchange.body or b"").decode(errors="replace"))),
        status=exchange.status,
        responseHeaders=redactor.headers(exchange.answer_headers.items()),
        responseBody=_shortened(redactor.text(exchange.answer.decode(errors="replace"))),
        milliseconds=round(exchange.seconds * 1000),
        problem=redactor.text(exchange.problem),
        curl=redactor.text(exchange.curl(settings.base_url, variables, verify_tls=settings.verify_tls)),
    )


def _reported(check: Check, result: Result | None, engine: Engine, redactor: Redactor) -> ReportedCheck:
    message, exchanges = (result.message, result.exchanges) if result else _not_made(check, engine)
    return ReportedCheck(
        id=check.id,
        title=check.title,
        level=check.level.value,
        profile=check.profile.value,
        clause=str(check.clause),
        knownDeviations=[{"seen": one.seen, "versions": list(one.versions)} for one in check.deviations],
        outcome=result.outcome.value if result else NOT_RUN,
        message=redactor.text(message),
        milliseconds=round(result.seconds * 1000) if result else 0,
        exchanges=[reported_exchange(exchange, engine.settings) for exchange in exchanges[-MOST_EXCHANGES:]],
        exchangesLeftOut=max(0, len(exchanges) - MOST_EXCHANGES),
    )


def _not_made(check: Check, engine: Engine) -> tuple[str, Sequence[Exchange]]:
    if check is engine.stopped_in:
        return "the run was stopped in the midst of this check", engine.server.exchanges
    return "the run was stopped before this check", ()


def _verdict(results: Sequence[Result], planned: Sequence[Check]) -> str:
    ends = {(result.outcome, result.check.level) for result in results}
    if any(outcome is Outcome.ERROR for outcome, _ in ends):
        return "error"
    if (Outcome.FAIL, Level.MUST) in ends:
        return "fail"
    return "pass" if len(results) == len(planned) else "incomplete"


def _counts(checks: Iterable[ReportedCheck]) -> dict[str, int]:
    counts = Counter(check["outcome"] for check in checks)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def _coverage(exchanges: Sequence[Exchange]) -> list[CoveredOperation]:
    asked: dict[str, Counter[str]] = {operation: Counter() for operation in PATHS.values()}
    for exchange in exchanges:
        operation = operation_of(exchange)
        if operation is not None and exchange.status:
            asked[operation][str(exchange.status)] += 1
    return [_covered(path, operation, asked[operation]) for path, operation in PATHS.items()]


def _covered(path: str, operation: str, statuses: Counter[str]) -> CoveredOperation:
    described = contract().operations[operation]
    return CoveredOperation(
        operation=operation,
        method=described.method,
        path=path,
        requests=statuses.total(),
        statuses=dict(sorted(statuses.items())),
        unseen=sorted(set(described.answers) - set(statuses)),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}… ({len(text)} characters)"
