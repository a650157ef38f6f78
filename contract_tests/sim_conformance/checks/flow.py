"""Runs, jobs and logs together, in any order: a state machine that keeps its own books and compares."""

import functools
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from sim_conformance.checks.jobs import workflow_output
from sim_conformance.mock.jsons import as_object
from sim_conformance.outcome import expect
from sim_conformance.properties import Endings, quiet
from sim_conformance.reading import ids_in, text_in
from sim_conformance.registry import Group, Profile, page
from sim_conformance.server import TERMINAL, Server, echoed

group = Group(Profile.LOGS, "main-workspace", "echo", "failing", "jobs")

STEPS = 10
MACHINES = 2

RANKS = {"queued": 0, "pending": 0, "unknown": 0, "processing": 1}


@group.must(
    "SIM-FLOW-001",
    "Runs, jobs and logs agree, in whatever order they are used",
    page("execution/api", "Query Logs"),
    runs=STEPS * MACHINES,
)
def flow(sim: Server) -> None:
    endings = Endings()

    class BoundMachine(Machine):
        def __init__(self) -> None:
            super().__init__(sim, endings)

    seeded = hypothesis.seed(sim.settings.seed)(BoundMachine)
    settings = hypothesis.settings(quiet(sim.settings), max_examples=MACHINES, stateful_step_count=STEPS)
    with endings.plainly():
        run_state_machine_as_test(seeded, settings=settings)


def noted(step: Callable[..., None]) -> Callable[..., None]:
    """The step of a machine, which remembers how it ended."""

    @functools.wraps(step)
    def noting(machine: "Machine", **drawn: Any) -> None:
        with machine.endings.noted():
            step(machine, **drawn)

    return noting


class Machine(RuleBasedStateMachine):
    """Uses a server in random order, and knows what it should say.

    Attributes:
        expected: outcome by the token in the input, of every run that has ended.
    """

    def __init__(self, sim: Server, endings: Endings) -> None:
        super().__init__()
        self.sim = sim
        self.endings = endings
        self.expected: dict[str, str] = {}
        self.jobs: dict[str, tuple[str, str]] = {}
        self.ranks: dict[str, int] = {}
        self.known_ids = self._logged_ids()

    @rule(workflow=strategies.sampled_from(["echo", "failing"]))
    @noted
    def run_now(self, workflow: str) -> None:
        """Run and wait."""
        token = self.sim.token()
        fields = self.sim.execute(workflow, {"message": token}).fields()
        expect(
            fields.get("success") is (workflow == "echo"), f"a run of {workflow} has success {fields.get('success')!r}"
        )
        self.expected[token] = workflow

    @rule(workflow=strategies.sampled_from(["echo", "failing"]))
    @noted
    def run_in_background(self, workflow: str) -> None:
        """Start a job."""
        token = self.sim.token()
        job_id = self.sim.job_id(self.sim.start_job(workflow, {"message": token}))
        expect(job_id not in self.ranks, "two runs are the same job")
        self.jobs[job_id] = (workflow, token)
        self.ranks[job_id] = 0

    @precondition(lambda self: self.jobs)
    @rule(data=strategies.data())
    @noted
    def look_at_job(self, data: strategies.DataObject) -> None:
        """Look at one of the jobs."""
        job_id = data.draw(strategies.sampled_from(sorted(self.jobs)))
        exchange = self.sim.job(job_id)
        exchange.expect_status(200)
        self._see_job(job_id, exchange.fields())

    @precondition(lambda self: self.jobs)
    @rule()
    @noted
    def wait_for_jobs(self) -> None:
        """Follow all jobs to their ends."""
        self._follow_jobs()

    @invariant()
    @noted
    def runs_are_logged(self) -> None:
        """Every run that has ended is logged once, with its level."""
        self._compare_logs()

    @invariant()
    @noted
    def no_entry_twice(self) -> None:
        """No execution has two entries."""
        found = [text_in(entry, "executionId") for entry in self.sim.log_entries({"limit": 100})]
        expect(len(set(found)) == len(found), "an execution is logged twice")

    @noted
    def teardown(self) -> None:
        """In the end, every run has ended and is logged."""
        if not self.endings:
            self._follow_jobs()
            self._compare_logs()

    def _follow_jobs(self) -> None:
        for job_id in sorted(self.jobs):
            for state in self.sim.follow_job(job_id):
                self._see_job(job_id, state)

    def _compare_logs(self) -> None:
        self.sim.awaited(self._agreement, "the runs that ended and those that are logged do not come to agree")

    def _see_job(self, job_id: str, state: dict[str, Any]) -> None:
        status = str(state.get("status"))
        rank = RANKS.get(status, 2)
        expect(rank >= self.ranks[job_id], f"job {job_id} went back to {status}")
        self.ranks[job_id] = rank
        workflow, token = self.jobs[job_id]
        if status in TERMINAL:
            self.expected[token] = workflow
        if status == "completed" and workflow == "echo":
            received = echoed(workflow_output(state))
            expect(received == {"message": token}, f"job {job_id} received {received!r}")

    def _agreement(self) -> dict[str, Any] | None:
        query = {"limit": 100, "details": "full", "includeFinalOutput": "true"}
        new = [entry for entry in self.sim.log_entries(query) if text_in(entry, "id") not in self.known_ids]
        failed = [entry for entry in new if entry.get("level") == "error"]
        echoes = [entry for entry in new if self._token_of(entry) in self.expected]
        wanted_failures = sum(workflow == "failing" for workflow in self.expected.values())
        wanted_echoes = sum(workflow == "echo" for workflow in self.expected.values())
        # Jobs that have ended without being looked at may be logged too.
        agree = len(echoes) == wanted_echoes and len(failed) >= wanted_failures
        return {} if agree else None

    def _token_of(self, entry: dict[str, Any]) -> Any:
        output = as_object(entry.get("finalOutput")) or {}
        result = as_object(output.get("result")) or {}
        return (as_object(result.get("echo")) or {}).get("message")

    def _logged_ids(self) -> set[str]:
        return set(ids_in(self.sim.log_entries({"limit": 100})))
