"""Background runs: how they are accepted, how they move, what they give."""

from typing import Any
from urllib.parse import quote, urlsplit

from sim_conformance.checks.auth import NOBODYS_ID
from sim_conformance.mock.jsons import Json, as_object
from sim_conformance.outcome import Deviation, Failure, expect
from sim_conformance.reading import moment_in, number_in, object_in, text_in
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server, echoed, has_ended

group = Group(Profile.ASYNC, "jobs")

CLAUSE = page("sdks/python", "Async workflow execution")
STATUS = page("sdks/python", "get_job_status()")

STATES = ("queued", "processing", "completed", "failed", "cancelled")
WAITING = frozenset({"queued", "pending", "unknown"})

JOB_ID_FORM = Deviation("the answer names jobId, executionId and statusUrl, not taskId, status and links", ("2026-08",))
PENDING = Deviation("the state before processing is called pending", ("2026-08",))
UNKNOWN = Deviation("the state unknown stands for a job that waits", ("2025-10",))
WRAPPED_OUTPUT = Deviation("the output is wrapped: the workflow's own is below output", ("2025-10", "2026-08"))
FAILURE_COMPLETES = Deviation("a workflow that fails is a completed job whose output has success false", ("2025-10",))
NO_TIMES = Deviation("the metadata has no startedAt, completedAt and duration", ("2026-08",))
NO_ESTIMATE = Deviation("there is no estimatedDuration", ("2026-08",))
ANY_KEY_READS = Deviation("any valid key reads any job", ("2025-10",))


@group.must("SIM-JOB-001", "An async run is answered 202", CLAUSE, "echo", runs=1)
def accepted(sim: Server) -> None:
    sim.start_job("echo", {"message": sim.token()}).expect_status(202)


@group.must(
    "SIM-JOB-002",
    "The answer has taskId, status queued, createdAt and links.status",
    page("sdks/python", "AsyncExecutionResult"),
    "echo",
    runs=1,
    deviations=(JOB_ID_FORM,),
)
def documented_form(sim: Server) -> None:
    fields = sim.start_job("echo", {"message": sim.token()}).fields()
    sim.known(JOB_ID_FORM, {"jobId", "executionId", "statusUrl"} <= fields.keys() and "taskId" not in fields)
    text_in(fields, "taskId")
    moment_in(fields, "createdAt")
    text_in(object_in(fields, "links"), "status")
    expect(fields.get("success") is True, "success is not true")
    expect(fields.get("status") == "queued", f"the status is {fields.get('status')!r}")


@group.must("SIM-JOB-003", "The answer is what the description says", spec("executeWorkflow 202"), "echo", runs=1)
def answer_is_described(sim: Server) -> None:
    sim.expect_described(sim.start_job("echo", {"message": sim.token()}))


@group.must("SIM-JOB-004", "The link of the answer leads to the job", CLAUSE, "echo", runs=1)
def link(sim: Server) -> None:
    answer = sim.start_job("echo", {"message": sim.token()})
    job_id = sim.job_id(answer)
    fields = answer.fields()
    target = text_in(fields, "statusUrl") if "statusUrl" in fields else text_in(object_in(fields, "links"), "status")
    exchange = sim.get(_path_of(target))
    exchange.expect_status(200)
    expect(exchange.fields().get("taskId") == job_id, "the link leads to another job")


@group.must("SIM-JOB-005", "A job's state is what the description says", spec("JobStatus"), "echo", runs=1)
def state_is_described(sim: Server) -> None:
    job_id = sim.job_id(sim.start_job("echo", {"message": sim.token()}))
    for _ in sim.follow_job(job_id):
        sim.expect_described(sim.exchanges[-1])


@group.must(
    "SIM-JOB-006",
    "A job is queued, processing, completed, failed or cancelled",
    STATUS,
    "echo",
    runs=1,
    deviations=(PENDING, UNKNOWN),
)
def vocabulary(sim: Server) -> None:
    states = _states(sim)
    sim.known(PENDING, "pending" in states and set(states) <= {*STATES, "pending"})
    sim.known(UNKNOWN, "unknown" in states and set(states) <= {*STATES, "unknown"})
    expect(set(states) <= set(STATES), f"the job went through {states}")


@group.must("SIM-JOB-007", "A job never goes back to an earlier state", STATUS, "echo", runs=1)
def monotonic(sim: Server) -> None:
    states = _states(sim)
    ranks = [0 if state in WAITING else 1 if state == "processing" else 2 for state in states]
    expect(ranks == sorted(ranks), f"the job went through {states}")


@group.must("SIM-JOB-008", "A job that has ended stays as it is", STATUS, "echo", runs=1)
def terminal_is_final(sim: Server) -> None:
    job_id = sim.job_id(sim.start_job("echo", {"message": sim.token()}))
    end = list(sim.follow_job(job_id))[-1]
    for _ in range(3):
        again = sim.job(job_id).fields()
        expect(again == end, f"the job had ended as {_brief(end)}, and is now {_brief(again)}")


@group.must(
    "SIM-JOB-009",
    "A completed job's output is the workflow's",
    CLAUSE,
    "echo",
    runs=1,
    deviations=(WRAPPED_OUTPUT,),
)
def output(sim: Server) -> None:
    token = sim.token()
    output = sim.finished_job("echo", {"message": token}).get("output")
    inner = as_object(output) or {}
    sim.known(WRAPPED_OUTPUT, "output" in inner and echoed(inner["output"]) == {"message": token})
    expect(echoed(output) == {"message": token}, f"the output is {output!r}")


@group.must("SIM-JOB-010", "An async run gives what a sync run gives", CLAUSE, "echo", runs=2)
def same_as_sync(sim: Server) -> None:
    body = {"message": sim.token()}
    sync = sim.succeed("echo", body).get("output")
    async_output = workflow_output(sim.finished_job("echo", body))
    expect(sync == async_output, f"the sync run gave {sync!r}, the async one {async_output!r}")


@group.must(
    "SIM-JOB-011",
    "A workflow that fails is a failed job with a reason",
    STATUS,
    "failing",
    runs=1,
    deviations=(FAILURE_COMPLETES,),
)
def failing_job(sim: Server) -> None:
    end = sim.finished_job("failing", {"message": sim.token()})
    inner = as_object(end.get("output")) or {}
    sim.known(FAILURE_COMPLETES, end.get("status") == "completed" and inner.get("success") is False)
    expect(end.get("status") == "failed", f"the job ended as {end.get('status')!r}")
    text_in(end, "error")


@group.must(
    "SIM-JOB-012",
    "A job's times agree with its duration",
    STATUS,
    "echo",
    runs=1,
    deviations=(NO_TIMES,),
)
def times(sim: Server) -> None:
    metadata = object_in(sim.finished_job("echo", {"message": sim.token()}), "metadata")
    sim.known(NO_TIMES, not {"startedAt", "completedAt", "duration"} & metadata.keys())
    between = (moment_in(metadata, "completedAt") - moment_in(metadata, "startedAt")) * 1000
    duration = number_in(metadata, "duration")
    expect(
        between >= 0 and abs(between - duration) <= 50,
        f"{between:.0f} ms pass between startedAt and completedAt, but duration is {duration}",
    )


@group.must("SIM-JOB-013", "There is no output before a job has completed", STATUS, "echo", runs=1)
def no_early_output(sim: Server) -> None:
    job_id = sim.job_id(sim.start_job("echo", {"message": sim.token()}))
    for state in sim.follow_job(job_id):
        if not has_ended(state):
            expect(state.get("output") is None, f"a job in state {state.get('status')!r} has an output")


@group.must("SIM-JOB-014", "An unknown job is 404", spec("getJob 404"))
def unknown_job(sim: Server) -> None:
    exchange = sim.job(NOBODYS_ID)
    exchange.expect_status(404)
    sim.expect_described(exchange)


@group.must(
    "SIM-JOB-015",
    "Another user does not see the job",
    spec("getJob 403"),
    "echo",
    "other-key",
    runs=1,
    deviations=(ANY_KEY_READS,),
)
def other_users_job(sim: Server) -> None:
    job_id = sim.job_id(sim.start_job("echo", {"message": sim.token()}))
    exchange = sim.job(job_id, key="other-key")
    sim.known(ANY_KEY_READS, exchange.status == 200)
    exchange.expect_status(403, 404)


@group.must("SIM-JOB-016", "Every run is a job of its own", CLAUSE, "echo", runs=2)
def distinct_jobs(sim: Server) -> None:
    body = {"message": sim.token()}
    first, second = (sim.job_id(sim.start_job("echo", body)) for _ in range(2))
    expect(first != second, "two runs are the same job")


@group.must("SIM-JOB-017", "An async run of an unknown workflow is refused with 404", spec("executeWorkflow 404"))
def unknown_workflow(sim: Server) -> None:
    sim.start_job(NOBODYS_ID, {}).expect_status(404)


@group.must("SIM-JOB-018", "The answer does not wait for the run", CLAUSE, "slow", runs=1)
def answer_is_prompt(sim: Server) -> None:
    exchange = sim.start_job("slow", {"message": sim.token()})
    state = sim.job(sim.job_id(exchange)).fields()
    words = f"the slow job was {state.get('status')!r} when the answer came, after {exchange.seconds:.1f} s"
    expect(not has_ended(state), words)


@group.should(
    "SIM-JOB-019",
    "A job that has not ended says how long it may take",
    STATUS,
    "slow",
    runs=1,
    deviations=(NO_ESTIMATE,),
)
def estimate(sim: Server) -> None:
    fields = sim.job(sim.job_id(sim.start_job("slow", {"message": sim.token()}))).fields()
    sim.known(NO_ESTIMATE, "estimatedDuration" not in fields)
    expect(number_in(fields, "estimatedDuration") >= 0, "the estimate is negative")


def workflow_output(job: dict[str, Any]) -> Json:
    """The workflow's own output of a completed job, wrapped or not."""
    output = job.get("output")
    fields = as_object(output) or {}
    return fields["output"] if {"success", "output", "workflowId"} <= fields.keys() else output


def _path_of(link: str) -> str:
    try:
        return quote(urlsplit(link).path, safe="/%:")
    except ValueError as error:
        raise Failure(f"the link {link!r} is none: {error}") from error


def _states(sim: Server) -> list[str]:
    job_id = sim.job_id(sim.start_job("echo", {"message": sim.token()}))
    return [str(state.get("status")) for state in sim.follow_job(job_id)]


def _brief(state: dict[str, Any]) -> str:
    text = repr(state)
    return text if len(text) <= 200 else text[:200] + "…"
