"""Sim as its documentation describes it."""

from collections.abc import Mapping
from typing import ClassVar

from sim_conformance.mock.behaviours import Run
from sim_conformance.mock.clock import iso
from sim_conformance.mock.dialects.documented_logs import DocumentedLogs
from sim_conformance.mock.dialects.rendering import (
    Order,
    Refusal,
    Selection,
    agent_frames,
    authored_reply,
    derived_code,
    json_reply,
    parsed,
    select,
    shown,
    usage,
    value_at,
    words,
)
from sim_conformance.mock.exchange import Call, Frame, Reply
from sim_conformance.mock.jobs import Job, JobState
from sim_conformance.mock.jsons import Json, as_object, without_none
from sim_conformance.mock.limits import Rate, RateWindow
from sim_conformance.mock.logs import Execution
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, ApiKey, Plan, State, Workflow

GENEROUS = Plan(
    "enterprise",
    {"sync": Rate(100_000, 100_000), "async": Rate(100_000, 100_000), "api": Rate(100_000, 100_000)},
    usage_limit=1_000,
)
"""The default plan: a test meets its limits only where it sets them."""

CONTROL_KEYS = frozenset({"stream", "selectedOutputs"})

REFUSALS: Mapping[Kind, Refusal] = {
    Kind.KEY_MISSING: Refusal(401, "API key required", "UNAUTHORIZED"),
    Kind.KEY_INVALID: Refusal(401, "Invalid API key", "UNAUTHORIZED"),
    Kind.WORKFLOW_FOREIGN: Refusal(403, "Access denied"),
    Kind.WORKSPACE_FOREIGN: Refusal(403, "Access denied"),
    Kind.WORKFLOW_UNKNOWN: Refusal(404, "Workflow not found"),
    Kind.NOT_DEPLOYED: Refusal(403, "Workflow is not deployed"),
    Kind.NOT_STARTED: Refusal(500, "", "EXECUTION_ERROR"),
    Kind.INVALID_JSON: Refusal(400, "Invalid JSON in request body", "INVALID_JSON"),
    Kind.INVALID_BODY: Refusal(400, "Invalid request body", "INVALID_JSON"),
    Kind.USAGE_EXCEEDED: Refusal(402, "", "USAGE_LIMIT_EXCEEDED"),
    Kind.RATE_LIMITED: Refusal(429, "Rate limit exceeded", "RATE_LIMIT_EXCEEDED"),
    Kind.JOB_UNKNOWN: Refusal(404, "Task not found"),
    Kind.JOB_FOREIGN: Refusal(403, "Access denied"),
    Kind.LOG_UNKNOWN: Refusal(404, "Log not found"),
    Kind.EXECUTION_UNKNOWN: Refusal(404, "Workflow execution not found"),
    Kind.INVALID_QUERY: Refusal(400, "Invalid parameters"),
    Kind.INVALID_CURSOR: Refusal(400, "Invalid cursor"),
    Kind.SERVER_FAULT: Refusal(500, "Internal server error"),
}


class Documented(DocumentedLogs):
    """Every decision in which versions of Sim differ, taken as the documentation has it.

    Where the documentation is silent, the version of the same month decides.
    """

    name: ClassVar[str] = "documented"
    free_plan: ClassVar[Plan] = Plan("free", {"sync": Rate(10, 10), "async": Rate(50, 50), "api": Rate(10, 10)}, 10)
    run_cost: ClassVar[float] = 0.001
    execute_methods: ClassVar[frozenset[str]] = frozenset({"POST"})
    background_checks_usage: ClassVar[bool] = True
    no_trigger: ClassVar[str] = "No API trigger block found. Add an API Trigger block to this workflow."

    def plan(self, name: str) -> Plan:
        """The plan of that name.

        Raises:
            ValueError: when there is none.
        """
        plans = {plan.name: plan for plan in (GENEROUS, self.free_plan)}
        if name not in plans:
            raise ValueError(f"unknown plan {name!r}; known: {', '.join(plans)}")
        return plans[name]

    # Before and after every operation

    def turn_away(self, call: Call) -> Reply | None:
        """The answer to a request that gets no further than the door, else None."""
        return None

    def refuse(self, call: Call, operation: str, problem: Problem) -> Reply:
        """The answer to a request that is refused."""
        refusal = self.refusal(operation, problem.kind)
        message = problem.message or refusal.message
        body = {"error": message, "code": refusal.code or derived_code(message)}
        return json_reply(refusal.status, body | ({"details": problem.details} if problem.details else {}))

    def refusal(self, operation: str, kind: Kind) -> Refusal:
        """How an operation refuses for a reason."""
        return REFUSALS[kind]

    def finish(self, call: Call, operation: str, reply: Reply) -> None:
        """Put on the headers that an operation's answers have in common."""
        if call.window is not None:
            reply.headers.update(self.rate_headers(call.window, call.now, refused=reply.status == 429))

    def rate_headers(self, window: RateWindow, now: float, *, refused: bool) -> dict[str, str]:
        """What the headers tell of a rate limit."""
        headers = {
            "x-ratelimit-limit": str(window.rate.limit),
            "x-ratelimit-remaining": str(window.remaining(now)),
            "x-ratelimit-reset": self.reset_header(window.reset_at(now)),
        }
        return {"retry-after": str(window.seconds_left(now))} | headers if refused else headers

    def reset_header(self, moment: float) -> str:
        """The end of a rate window, given in epoch seconds, as the header has it."""
        return str(int(moment))

    def usage_exceeded(self, account: Account) -> str:
        """The words for an account that has used up its money."""
        return (
            f"Usage limit exceeded: {account.cost:.2f}$ used of {account.usage_limit:.2f}$ limit. "
            "Please upgrade your plan to continue."
        )

    # Who asks for which workflow

    def authenticate(self, state: State, call: Call) -> Account:
        """The account behind the request's key."""
        key = call.headers.get("x-api-key")
        if not key:
            raise Problem(Kind.KEY_MISSING)
        return self.known_key(state, key).account

    def known_key(self, state: State, key: str) -> ApiKey:
        """The key's record."""
        record = state.keys.get(key)
        if record is None or record.expired:
            raise Problem(Kind.KEY_INVALID)
        return record

    def admit(self, state: State, call: Call) -> tuple[Account, Workflow]:
        """Who runs which workflow."""
        account = self.authenticate(state, call)
        workflow = self.find_workflow(state, call)
        if workflow.workspace_id != account.workspace_id:
            raise Problem(Kind.WORKFLOW_FOREIGN)
        if not workflow.deployed:
            raise Problem(Kind.NOT_DEPLOYED)
        return account, workflow

    def visible_workflow(self, state: State, call: Call) -> Workflow:
        """The workflow whose status may be told."""
        account = self.authenticate(state, call)
        workflow = self.find_workflow(state, call)
        if workflow.workspace_id != account.workspace_id:
            raise Problem(Kind.WORKFLOW_UNKNOWN)
        return workflow

    def find_workflow(self, state: State, call: Call) -> Workflow:
        """The workflow of the path."""
        workflow = state.workflows.get(call.params["id"])
        if workflow is None:
            raise Problem(Kind.WORKFLOW_UNKNOWN)
        return workflow

    def visible_job(self, state: State, call: Call) -> Job:
        """The job whose progress may be told."""
        account = self.authenticate(state, call)
        job = state.jobs.get(call.params["taskId"])
        if job is None:
            raise Problem(Kind.JOB_UNKNOWN)
        self.check_job_owner(job, account)
        return job

    def check_job_owner(self, job: Job, account: Account) -> None:
        """Keep other users out."""
        if job.user_id != account.user_id:
            raise Problem(Kind.JOB_UNKNOWN)

    # Running

    def read_order(self, call: Call) -> Order:
        """What the request's body and headers ask for."""
        body = as_object(parsed(call.body))
        if body is None:
            raise Problem(Kind.INVALID_BODY, "Request body must be a JSON object")
        return Order(
            run_input=self.run_input(body),
            stream=body.get("stream") is True,
            background=call.headers.get("x-execution-mode") == "async",
            selected=words(body.get("selectedOutputs")),
        )

    def run_input(self, body: Mapping[str, Json]) -> Json:
        """The workflow's input: `input`, else everything else at the root."""
        if "input" in body:
            return body["input"]
        return {key: value for key, value in body.items() if key not in CONTROL_KEYS}

    def result(self, execution: Execution) -> Reply:
        """The answer of a run."""
        return authored_reply(execution) or self.run_reply(execution)

    def run_reply(self, execution: Execution) -> Reply:
        """The answer of a run without an answer of its own."""
        run = execution.run
        body = {
            "success": run.success,
            "output": run.output,
            "error": run.error,
            "logs": [],
            "metadata": self.metadata(execution),
            "traceSpans": self.trace_spans(execution),
            "totalDuration": execution.duration,
        }
        return self.after(run, json_reply(200, without_none(body)))

    def after(self, run: Run, reply: Reply) -> Reply:
        """The reply, once the run is over."""
        reply.delay = run.seconds
        return reply

    def metadata(self, execution: Execution) -> dict[str, Json]:
        """When a run was, and its milliseconds."""
        return {
            "duration": execution.duration,
            "startTime": iso(execution.started_at),
            "endTime": iso(execution.ended_at),
        }

    def stream(self, execution: Execution, order: Order) -> list[Frame]:
        """The frames of a streamed run."""
        selections = select(execution.run.blocks, order.selected)
        return [*self.block_frames(selections, order), *self.closing_frames(execution, order, selections)]

    def block_frames(self, selections: list[Selection], order: Order) -> list[Frame]:
        """The frames of the selected outputs."""
        frames: list[Frame] = []
        for selection in selections:
            frames += self.selection_frames(selection, order, following=bool(frames))
        return frames

    def selection_frames(self, selection: Selection, order: Order, *, following: bool) -> list[Frame]:
        """The frames of one block's outputs; a blank line sets them apart from what they follow."""
        block = selection.block
        if block.type == "agent":
            return agent_frames(block, agent_events=order.agent_events, following=following)
        frames: list[Frame] = []
        for path in selection.paths:
            try:
                text = shown(value_at(block.output, path))
            except KeyError:
                continue
            apart = "\n\n" if following or frames else ""
            frames.append(Frame({"blockId": block.id, "chunk": apart + text}))
        return frames

    def closing_frames(self, execution: Execution, order: Order, selections: list[Selection]) -> list[Frame]:
        """The final frame and what ends the stream."""
        run = execution.run
        done = {
            "event": "done",
            "success": run.success,
            "output": {} if order.selected else run.output,
            "error": run.error,
            "metadata": {"duration": execution.duration},
        }
        return [Frame(without_none(done)), Frame("[DONE]", bare=True)]

    def no_trigger_frames(self) -> list[Frame]:
        """The frames for a workflow that nothing can start."""
        return [Frame({"event": "error", "error": self.no_trigger}), Frame("[DONE]", bare=True)]

    # Jobs

    def job_ids(self, state: State) -> tuple[str, str]:
        """Ids of a new job and of its execution."""
        return f"run_{state.new_hex(25)}", state.new_id()

    def accepted(self, call: Call, job: Job) -> Reply:
        """The answer to an accepted background run."""
        body = {
            "success": True,
            "taskId": job.id,
            "status": "queued",
            "createdAt": iso(job.created_at),
            "links": {"status": f"/api/jobs/{job.id}"},
        }
        return json_reply(202, body)

    def job(self, job: Job, now: float) -> dict[str, Json]:
        """How far a job has come."""
        state = self.reported(job, job.poll(now))
        body = {"success": True, "taskId": job.id, "status": state.value, "metadata": self.job_metadata(job, state)}
        return body | self.job_outcome(job, state)

    def reported(self, job: Job, state: JobState) -> JobState:
        """The state as told: a workflow that failed is a failed job."""
        return JobState.FAILED if state is JobState.COMPLETED and not job.run.success else state

    def job_metadata(self, job: Job, state: JobState) -> dict[str, Json]:
        """When a job started and ended, as far as it has; milliseconds."""
        if state is JobState.QUEUED or not job.began:
            return {}
        started: dict[str, Json] = {"startedAt": iso(job.started_at)}
        if state not in (JobState.COMPLETED, JobState.FAILED):
            return started
        ended = {"completedAt": iso(job.completed_at), "duration": round(job.processing_seconds * 1000)}
        return started | ended

    def job_outcome(self, job: Job, state: JobState) -> dict[str, Json]:
        """A job's output or error, or how long it may take yet in milliseconds."""
        if state is JobState.COMPLETED:
            return {"output": job.run.output}
        if state is JobState.FAILED:
            return {"error": job.run.error or "Job failed"}
        if state in (JobState.QUEUED, JobState.PROCESSING):
            return {"estimatedDuration": 180_000}
        return {}

    # Status and limits

    def workflow_status(self, workflow: Workflow) -> dict[str, Json]:
        """Whether a workflow is deployed."""
        return {
            "isDeployed": workflow.deployed,
            "deployedAt": iso(workflow.created_at) if workflow.deployed else None,
            "needsRedeployment": workflow.needs_redeployment,
        }

    def bucket(self, window: RateWindow, now: float) -> dict[str, Json]:
        """A rate limit as reported."""
        return {
            "limit": window.rate.limit,
            "remaining": window.remaining(now),
            "resetAt": iso(window.reset_at(now)),
        }

    def usage_limits(self, account: Account, now: float) -> dict[str, Json]:
        """An account's limits."""
        windows = (("sync", account.windows["sync"]), ("async", account.windows["async"]))
        buckets = {mode: {"isLimited": not w.remaining(now)} | self.bucket(w, now) for mode, w in windows}
        return {"success": True, "rateLimit": {**buckets, "authType": "api"}, "usage": usage(account)}

    def limits(self, account: Account, now: float) -> dict[str, Json]:
        """The limits that come along with logs."""
        return {
            "workflowExecutionRateLimit": {
                "sync": self.bucket(account.windows["sync"], now),
                "async": self.bucket(account.windows["async"], now),
            },
            "usage": usage(account) | {"isExceeded": account.cost >= account.usage_limit},
        }
