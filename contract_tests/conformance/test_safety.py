"""What makes the suite safe on a real deployment."""

import contextlib
import dataclasses
import html
from urllib.parse import quote

import pytest
from rich.console import Console

from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.mock import Failing, Fault, MockSim, ResponseBlock
from sim_conformance.mock.exchange import Call, Reply
from sim_conformance.outcome import Ending, Outcome
from sim_conformance.redact import HIDDEN, Redactor
from sim_conformance.registry import Profile, all_checks, checks_of
from sim_conformance.report.console import Progress, print_report
from sim_conformance.report.files import write_reports
from sim_conformance.report.model import build_report
from sim_conformance.settings import VERSIONS, Settings


class Witness:
    """A distortion that changes nothing and keeps all requests."""

    def __init__(self):
        self.calls: list[Call] = []

    def __call__(self, call: Call, reply: Reply) -> Reply:
        self.calls.append(call)
        return reply

    @property
    def started(self):
        """Requests for runs with the main key that could run something."""
        return [call for call in self.calls if call.method == "POST" and call.path.endswith("/execute")]


def test_read_only_sends_nothing_but_get():
    witness = Witness()
    with embedded(distortion=witness, read_only=True) as settings, engine(settings) as made:
        results = [made.carry_out(check) for check in all_checks()]
    assert {call.method for call in witness.calls} == {"GET"}
    assert not any("/execute" in call.path for call in witness.calls)
    assert {result.outcome for result in results} == {Outcome.PASS, Outcome.SKIP}
    assert any("--read-only" in result.message for result in results)
    assert made.budget.used == 0


@pytest.mark.parametrize("budget", [0, 7])
def test_budget_is_kept(budget):
    ran = 0

    def count(call, reply):
        nonlocal ran
        ran += call.path.endswith("/execute") and reply.status in (200, 201, 202)
        return reply

    with embedded(distortion=count, budget_runs=budget, examples=2) as settings, engine(settings) as made:
        results = [made.carry_out(check) for check in checks_of([Profile.CORE, Profile.STREAM])]
    assert ran <= budget
    assert made.budget.used <= budget
    assert any(f"more than the budget of {budget}" in result.message for result in results)


def counted(body=None, *, workflow="echo", dialect="documented", key="main-key", fault=None):
    """How many runs the budget counts for one request, whatever becomes of it."""
    with MockSim(dialect) as sim:
        sim.add_workflow("mistaken", Failing("no such field", author_mistake=True))
        sim.add_workflow("authored", ResponseBlock(status=404))
        if fault is not None:
            sim.faults.add(fault)
        ingredients = {"main-key": sim.api_key, "response-block": "authored", "undeployed": "undeployed"}
        with engine(Settings(sim.base_url, ingredients, version=dialect, timeout=0.2)) as made:
            with contextlib.suppress(Ending):
                made.server.execute(workflow, body, raw=b"{" if body is None else None, key=key)
            return made.budget.used


@pytest.mark.parametrize(
    "fault",
    [
        Fault(ending="reset"),
        Fault(ending="close", cut_head_after=5),
        Fault(ending="stall"),
        Fault(cut_after=3),
        Fault(bad_chunk=True),
        Fault(502),
        Fault(302),
        Fault(409),
    ],
    ids=repr,
)
def test_a_run_whose_answer_is_lost_counts(fault):
    fault = dataclasses.replace(fault, operation="executeWorkflow")
    assert counted({}, fault=fault) == 1


def test_a_run_that_is_answered_as_if_it_were_refused_counts():
    assert counted({}, workflow="mistaken", dialect="2026-08") == 1
    assert counted({}, workflow="response-block") == 1


@pytest.mark.parametrize("dialect", VERSIONS)
def test_what_is_refused_does_not_count(dialect):
    assert counted({}, key=None, dialect=dialect) == 0
    assert counted({}, workflow="nowhere", dialect=dialect) == 0
    assert counted({}, workflow="undeployed", dialect=dialect) == 0
    assert counted({}, workflow="response-block", key=None, dialect=dialect) == 0
    assert counted(None, dialect=dialect) == 0


def test_checks_run_no_more_than_they_say():
    counts: dict[str, int] = {}
    current = ""

    def count(call, reply):
        if call.path.endswith("/execute") and reply.status in (200, 201, 202):
            counts[current] = counts.get(current, 0) + 1
        return reply

    with embedded(distortion=count, examples=25) as settings, engine(settings) as made:
        for check in checks_of([Profile.CORE, Profile.STREAM, Profile.RESPONSE_BLOCK, Profile.ASYNC]):
            current = check.id
            made.carry_out(check)
    assert {name: number for name, number in counts.items() if number > declared()[name]} == {}


def declared():
    return {check.id: check.runs for check in all_checks()}


def test_rate_limits_are_respected():
    refused = 0

    def limit(call, reply):
        nonlocal refused
        if call.path.endswith("/status") and refused < 1:
            refused += 1
            return Reply(429, type(reply.headers)({"retry-after": "1", "content-type": "application/json"}), b"{}")
        return reply

    with embedded(distortion=limit) as settings, engine(settings) as made:
        check = next(check for check in all_checks() if check.id == "SIM-STATUS-001")
        result = made.carry_out(check)
    first, second = result.exchanges
    assert result.outcome is Outcome.PASS
    assert second.sent_at - first.sent_at >= 1


def test_a_server_that_stays_limited_is_skipped():
    def limit(call, reply):
        if call.path.endswith("/status"):
            return Reply(429, type(reply.headers)({"retry-after": "0"}), b"")
        return reply

    with embedded(distortion=limit) as settings, engine(settings) as made:
        result = made.carry_out(next(check for check in all_checks() if check.id == "SIM-STATUS-001"))
    assert result.outcome is Outcome.SKIP
    assert "rate limit" in result.message


def test_every_input_says_whose_run_it_is():
    witness = Witness()
    with embedded(distortion=witness) as settings, engine(settings) as made:
        for check in checks_of([Profile.STREAM, Profile.ASYNC, Profile.RESPONSE_BLOCK]):
            made.carry_out(check)
    own = [call for call in witness.started if call.headers.get("x-api-key") == settings.ingredients["main-key"]]
    marked = [call for call in own if f"sim-conformance {made.server.run_id}".encode() in call.body]
    unknown = [call for call in own if "c0f0a3a7ce00" in call.path]
    assert len(marked) + len(unknown) == len(own)


CANARY = "sk-canary-/+=3f9a&<zz>"


def tell_tale(call: Call, reply: Reply) -> Reply:
    """A server that repeats every key that it gets, in its answers' bodies and headers."""
    key = call.headers.get("x-api-key", "")
    reply.headers["x-echoed-key"] = key
    if reply.frames is None:
        reply.body += key.encode()
    return reply


@pytest.fixture(scope="module")
def canary_run():
    with MockSim(distortion=tell_tale) as sim:
        sim.add_key(CANARY)
        same = {name: name for name in ("echo", "failing", "agent", "response-block", "undeployed")}
        ingredients = {**same, "main-key": CANARY, "main-workspace": sim.workspace_id, "jobs": "true"}
        settings = Settings(sim.base_url, ingredients, examples=1, patience=0.02, poll_interval=0.01)
        with engine(settings) as made:
            for check in all_checks():
                made.carry_out(check)
        yield made


def test_no_report_holds_a_key(canary_run, tmp_path, capsys):
    report = build_report(canary_run, all_checks())
    write_reports(report, tmp_path)
    print_report(Console(), report)
    for result in canary_run.results:
        Progress(Console(stderr=True), canary_run.settings, 1, verbose=True)(result)
    printed = capsys.readouterr()
    texts = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    texts |= {"stdout": printed.out, "stderr": printed.err, "settings": repr(canary_run.settings)}
    assert len(texts) == 6
    for name, text in texts.items():
        for form in (CANARY, quote(CANARY, safe=""), html.escape(CANARY), CANARY[: len(CANARY) // 2 + 1]):
            assert form not in text, name
    assert HIDDEN in texts["report.json"]


def test_the_canary_was_there(canary_run):
    answers = [exchange.answer for result in canary_run.results for exchange in result.exchanges]
    assert any(CANARY.encode() in answer for answer in answers)


@pytest.mark.parametrize("text", [CANARY, f"x{CANARY}y", quote(CANARY, safe=""), f"cut {CANARY[:12]}"])
def test_redactor_finds_all_forms(text):
    assert CANARY[:9] not in Redactor([CANARY]).text(text)


def test_redactor_leaves_other_texts_alone():
    assert Redactor([CANARY, "abc"]).text("abc sk-can other") == "abc sk-can other"
