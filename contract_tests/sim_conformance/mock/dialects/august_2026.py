"""Sim of August 2026: what changed since October 2025."""

from collections.abc import Mapping
from typing import ClassVar

from sim_conformance.mock.behaviours import Run
from sim_conformance.mock.clock import iso
from sim_conformance.mock.dialects.august_2026_logs import August2026Logs
from sim_conformance.mock.dialects.documented import REFUSALS, Documented
from sim_conformance.mock.dialects.october_2025 import LOG_OPERATIONS, October2025
from sim_conformance.mock.dialects.rendering import (
    Order,
    Refusal,
    Selection,
    authored_reply,
    correlation,
    derived_code,
    json_reply,
    parsed,
    picked,
    words,
)
from sim_conformance.mock.exchange import Call, Frame, Reply
from sim_conformance.mock.jobs import Job, JobState
from sim_conformance.mock.jsons import Json, as_array, as_object, without_none
from sim_conformance.mock.limits import Rate, RateWindow
from sim_conformance.mock.logs import Execution
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, Plan, State, Workflow

LARGEST_BODY = 10 * 1024 * 1024

CONTROL_KEYS = frozenset({"stream", "selectedOutputs", "triggerType", "includeThinking", "includeToolCalls"})

EVENTS_PROTOCOL = "agent-events-v1"

EXECUTE_REFUSALS: Mapping[Kind, Refusal] = {
    **REFUSALS,
    Kind.KEY_MISSING: Refusal(401, "Unauthorized"),
    Kind.WORKFLOW_FOREIGN: Refusal(403, "Unauthorized: Access denied to read this workflow"),
    Kind.BODY_TOO_LARGE: Refusal(413, "Request body exceeds the limit of 10 MB"),
    Kind.RATE_LIMITED: Refusal(429, "Rate limit exceeded. Please try again later."),
}

STATUS_REFUSALS: Mapping[Kind, Refusal] = {
    Kind.KEY_MISSING: Refusal(401, "Unauthorized"),
    Kind.KEY_INVALID: Refusal(401, "Unauthorized"),
    Kind.WORKFLOW_UNKNOWN: Refusal(404, "Workflow not found", "WORKFLOW_NOT_FOUND"),
}

JOB_REFUSALS: Mapping[Kind, Refusal] = {
    **REFUSALS,
    Kind.KEY_MISSING: Refusal(401, "Unauthorized", "UNAUTHORIZED"),
    Kind.KEY_INVALID: Refusal(401, "Invalid API key", "INVALID_API_KEY"),
}

BELOW_OUTPUT = "output."

ASYNC_TIMEOUT_ONLY = "X-Execution-Timeout-Seconds is supported only for async runs"
NO_ASYNC_CONTROLS = "Async execution does not support draft or override execution controls"
NO_TRIGGER_OVERRIDE = "External callers cannot override triggerType"
EVENTS_NEED_PROTOCOL = (
    "includeThinking and includeToolCalls require the X-Sim-Stream-Protocol: agent-events-v1 request header, "
    "which declares that the client understands agent-event frames."
)


class August2026(August2026Logs, October2025):
    """The servers that the recordings of this version come from."""

    name: ClassVar[str] = "2026-08"
    free_plan: ClassVar[Plan] = Plan("free", {"sync": Rate(50, 100), "async": Rate(200, 400), "api": Rate(60, 60)}, 5)
    run_cost: ClassVar[float] = 0.005
    execute_methods: ClassVar[frozenset[str]] = frozenset({"POST"})
    background_checks_usage: ClassVar[bool] = True
    no_trigger: ClassVar[str] = "No start block found. Add a start block to this workflow."

    # Before and after every operation

    def turn_away(self, call: Call) -> Reply | None:
        """Nobody is."""
        return None

    def refuse(self, call: Call, operation: str, problem: Problem) -> Reply:
        """The answer to a request that is refused."""
        if operation == "executeWorkflow":
            return self.refuse_run(problem)
        if operation == "getWorkflowStatus":
            refusal = STATUS_REFUSALS[problem.kind]
            body = {"error": refusal.message, "code": refusal.code, "requestId": call.request_id}
            return json_reply(refusal.status, without_none(body))
        if operation == "getJob":
            refusal = JOB_REFUSALS[problem.kind]
            body = {"error": refusal.message, "code": refusal.code or derived_code(refusal.message)}
            return json_reply(refusal.status, body)
        return super().refuse(call, operation, problem)

    def refuse_run(self, problem: Problem) -> Reply:
        """The answer to a run that is refused: one sentence."""
        refusal = EXECUTE_REFUSALS[problem.kind]
        body: dict[str, Json] = {"error": problem.message or refusal.message}
        if problem.kind is Kind.NOT_STARTED:
            body = {"success": False, **body}
        if problem.details:
            body["details"] = problem.details
        return json_reply(refusal.status, body)

    def log_error(self, message: str, problem: Problem) -> dict[str, Json]:
        """The first of the details is the message."""
        if problem.details:
            message = problem.details[0]["message"]
        return super().log_error(message, problem)

    def finish(self, call: Call, operation: str, reply: Reply) -> None:
        """Every answer names its request; the logs tell of their rate limit once the key is known."""
        reply.headers["x-request-id"] = call.request_id
        if operation in LOG_OPERATIONS and call.window is not None:
            reply.headers.update(self.rate_headers(call.window, call.now, refused=reply.status == 429))

    def usage_exceeded(self, account: Account) -> str:
        """The words for an account that has used up its money."""
        return (
            f"Usage limit exceeded: ${account.cost:.2f} used of ${account.usage_limit:.2f} limit. "
            "Please upgrade your plan or raise your usage limit to continue."
        )

    # Who asks for which workflow

    def authenticate(self, state: State, call: Call) -> Account:
        """An empty key is a wrong one."""
        key = call.headers.get("x-api-key")
        if key is None:
            raise Problem(Kind.KEY_MISSING)
        return self.known_key(state, key).account

    def admit(self, state: State, call: Call) -> tuple[Account, Workflow]:
        """The key comes first."""
        return Documented.admit(self, state, call)

    def visible_workflow(self, state: State, call: Call) -> Workflow:
        """Only those of the key's workspace."""
        return Documented.visible_workflow(self, state, call)

    def check_job_owner(self, job: Job, account: Account) -> None:
        """Other users are told that there is something."""
        if job.user_id != account.user_id:
            raise Problem(Kind.JOB_FOREIGN)

    # Running

    def read_order(self, call: Call) -> Order:
        """What the request's body and headers ask for, read strictly."""
        if len(call.body) > LARGEST_BODY:
            raise Problem(Kind.BODY_TOO_LARGE)
        body = self.checked_body(parsed(call.body))
        order = Order(
            run_input=self.run_input(body),
            stream=body.get("stream") is True or call.headers.get("x-stream-response") == "true",
            background=self.in_background(call),
            selected=words(body.get("selectedOutputs")),
            agent_events=self.agent_events(call, body),
            execution_id=self.chosen_id(call, body),
        )
        self.check_controls(call, body, order)
        return order

    def chosen_id(self, call: Call, body: Mapping[str, Json]) -> str | None:
        """The execution's id where the client chose one; any text will do."""
        chosen = call.headers.get("x-execution-id") or body.get("executionId")
        return chosen if isinstance(chosen, str) and chosen else None

    def checked_body(self, root: Json) -> dict[str, Json]:
        """The body, an object with control keys of the right types."""
        body = as_object(root)
        if body is None:
            raise invalid_body("", "object", root)
        if not isinstance(body.get("stream", False), bool):
            raise invalid_body("stream", "boolean", body["stream"])
        if as_array(body.get("selectedOutputs", [])) is None:
            raise invalid_body("selectedOutputs", "array", body["selectedOutputs"])
        return body

    def check_controls(self, call: Call, body: Mapping[str, Json], order: Order) -> None:
        """Refuse combinations that the server does not carry out."""
        wants_events = body.get("includeThinking") is True or body.get("includeToolCalls") is True
        refused = {
            NO_TRIGGER_OVERRIDE: body.get("triggerType", "api") != "api",
            EVENTS_NEED_PROTOCOL: wants_events and not order.agent_events,
            ASYNC_TIMEOUT_ONLY: "x-execution-timeout-seconds" in call.headers and not order.background,
            NO_ASYNC_CONTROLS: order.background and bool(order.selected),
        }
        for message, applies in refused.items():
            if applies:
                raise Problem(Kind.INVALID_BODY, message)

    def agent_events(self, call: Call, body: Mapping[str, Json]) -> frozenset[str]:
        """The kinds of agent events that the client understands and wants."""
        if call.headers.get("x-sim-stream-protocol") != EVENTS_PROTOCOL:
            return frozenset()
        wanted = {"thinking": body.get("includeThinking"), "tool": body.get("includeToolCalls"), "chunk_reset": True}
        return frozenset(kind for kind, wants in wanted.items() if wants is True)

    def run_input(self, body: Mapping[str, Json]) -> Json:
        """The workflow's input: `input`, even if null, else everything but control keys."""
        if "input" in body:
            return body["input"]
        return {key: value for key, value in body.items() if key not in CONTROL_KEYS}

    def result(self, execution: Execution) -> Reply:
        """The answer of a run; a run that failed is an error of the server, or of the workflow's author."""
        authored = authored_reply(execution)
        if authored is not None:
            return authored
        run = execution.run
        body = {
            "success": run.success,
            "executionId": execution.execution_id if run.success else None,
            "output": run.output,
            "error": failure(run),
            "metadata": Documented.metadata(self, execution) | {"duration": execution.duration + 0.25},
        }
        failed_status = 400 if run.author_mistake else 500
        # A null output is one, so only these keys are left out.
        absent = [key for key in ("executionId", "error") if body[key] is None]
        shown = {key: value for key, value in body.items() if key not in absent}
        return self.after(run, json_reply(200 if run.success else failed_status, shown))

    def selection_frames(self, selection: Selection, order: Order, *, following: bool) -> list[Frame]:
        """Only agents are streamed, and what is selected below `output`."""
        if selection.block.type != "agent":
            below = [path.removeprefix(BELOW_OUTPUT) for path in selection.paths if path.startswith(BELOW_OUTPUT)]
            selection = Selection(selection.block, tuple(below))
        return super().selection_frames(selection, order, following=following)

    def closing_frames(self, execution: Execution, order: Order, selections: list[Selection]) -> list[Frame]:
        """What was streamed is left out at the end; a failure ends without a result."""
        run = execution.run
        if not run.success:
            return [Frame({"event": "error", "error": failure(run)}), Frame("[DONE]")]
        # What was streamed from below output is not picked again: no block's own output has such a key.
        silent = [selection for selection in selections if selection.block.type != "agent"]
        output = picked(silent) if order.selected else run.output
        return [Frame({"event": "final", "data": {"success": True, "output": output}}), Frame("[DONE]")]

    def no_trigger_frames(self) -> list[Frame]:
        """An error, and the terminator."""
        return [Frame({"event": "error", "error": self.no_trigger}), Frame("[DONE]")]

    # Jobs

    def job_ids(self, state: State) -> tuple[str, str]:
        """The job is named after its execution."""
        execution_id = state.new_id()
        return f"workflow-execution:{execution_id}", execution_id

    def accepted(self, call: Call, job: Job) -> Reply:
        """The answer to an accepted background run."""
        body = {
            "success": True,
            "async": True,
            "jobId": job.id,
            "executionId": job.execution_id,
            "message": "Workflow execution queued",
            "statusUrl": f"{call.origin}/api/jobs/{job.id}",
        }
        return json_reply(202, body)

    def job(self, job: Job, now: float) -> dict[str, Json]:
        """How far a job has come; a workflow that failed is a failed job."""
        state = Documented.reported(self, job, job.poll(now))
        body: dict[str, Json] = {
            "success": True,
            "taskId": job.id,
            "status": "pending" if state is JobState.QUEUED else state.value,
            "metadata": self.job_metadata(job, state),
            "output": self.job_output(job) if state is JobState.COMPLETED else None,
        }
        return body | ({"error": failure(job.run) or "Job failed"} if state is JobState.FAILED else {})

    def job_metadata(self, job: Job, state: JobState) -> dict[str, Json]:
        """Whose job it is, and of which request."""
        return {
            "userId": job.user_id,
            "workflowId": job.workflow_id,
            "correlation": correlation(job.request_id, job.workflow_id, job.execution_id),
            "workspaceId": job.workspace_id,
            "maxDurationSeconds": 5700,
        }

    def job_output(self, job: Job) -> dict[str, Json]:
        """What the job itself returned."""
        return {
            "output": job.run.output,
            "success": True,
            "executedAt": iso(job.completed_at),
            "workflowId": job.workflow_id,
            "executionId": job.execution_id,
        }

    # Limits

    def bucket(self, window: RateWindow, now: float) -> dict[str, Json]:
        """A rate limit as reported."""
        return {
            "requestsPerMinute": window.rate.limit,
            "maxBurst": window.rate.burst,
            "remaining": window.remaining(now),
            "resetAt": iso(window.reset_at(now)),
        }


def failure(run: Run) -> str | None:
    """Why a run failed, with the name of the block."""
    if run.error is None:
        return None
    return f"{run.failed_block}: {run.error}" if run.failed_block else run.error


def invalid_body(path: str, expected: str, received: Json) -> Problem:
    """A control key, or the whole body, of the wrong JSON type."""
    message = f"Invalid input: expected {expected}, received {json_type(received)}"
    return Problem(Kind.INVALID_BODY, details=[{"path": path, "message": message}])


def json_type(value: Json) -> str:
    """The name of a value's JSON type."""
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int | float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"
