"""Sim of October 2025: what real servers of the documentation's month do differently from it."""

import math
from collections.abc import Mapping
from typing import ClassVar

from sim_conformance.mock.clock import iso
from sim_conformance.mock.dialects.documented import REFUSALS, Documented
from sim_conformance.mock.dialects.october_2025_logs import October2025Logs
from sim_conformance.mock.dialects.rendering import (
    Order,
    Refusal,
    Selection,
    derived_code,
    json_reply,
    parsed,
    picked,
    words,
)
from sim_conformance.mock.exchange import Call, Frame, Headers, Reply
from sim_conformance.mock.jobs import Job, JobState
from sim_conformance.mock.jsons import Json, as_array, as_object
from sim_conformance.mock.limits import RateWindow
from sim_conformance.mock.logs import (
    Execution,
)
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, State, Workflow

LOG_OPERATIONS = frozenset({"listLogs", "getLog", "getExecution"})

EXECUTE_REFUSALS: Mapping[Kind, Refusal] = {
    **REFUSALS,
    Kind.KEY_MISSING: Refusal(401, "Unauthorized: API key required"),
    Kind.KEY_INVALID: Refusal(401, "Unauthorized: Invalid API key"),
    Kind.INVALID_JSON: Refusal(400, "Invalid JSON in request body"),
    Kind.INVALID_BODY: Refusal(500, "", "EXECUTION_ERROR"),
}

ACCOUNT_REFUSALS: Mapping[Kind, Refusal] = {
    **REFUSALS,
    Kind.KEY_MISSING: Refusal(401, "Authentication required"),
    Kind.KEY_INVALID: Refusal(401, "Authentication required"),
}

NO_AGENT_HEADERS = {
    "content-type": "text/plain",
    "cache-control": "no-store, no-cache, must-revalidate, proxy-revalidate",
    "expires": "0",
    "pragma": "no-cache",
}


class October2025(October2025Logs, Documented):
    """The servers that the recordings of this version come from."""

    name: ClassVar[str] = "2025-10"
    execute_methods: ClassVar[frozenset[str]] = frozenset({"POST", "GET"})
    background_checks_usage: ClassVar[bool] = False

    # Before and after every operation

    def turn_away(self, call: Call) -> Reply | None:
        """A request without a User-Agent is taken for a robot's."""
        if call.headers.get("user-agent"):
            return None
        return Reply(403, Headers(NO_AGENT_HEADERS), free=True)

    def refuse(self, call: Call, operation: str, problem: Problem) -> Reply:
        """The answer to a request that is refused."""
        if problem.kind is Kind.RATE_LIMITED and call.window is not None:
            return self.rate_limited(call, operation, call.window)
        refusal = self.refusal(operation, problem.kind)
        message = problem.message or refusal.message
        if operation in LOG_OPERATIONS:
            return json_reply(refusal.status, self.log_error(message, problem))
        return json_reply(refusal.status, {"error": message, "code": refusal.code or derived_code(message)})

    def log_error(self, message: str, problem: Problem) -> dict[str, Json]:
        """The body of a refusal by the logs: no code, but details."""
        return {"error": message, "details": problem.details} if problem.details else {"error": message}

    def refusal(self, operation: str, kind: Kind) -> Refusal:
        """How an operation refuses for a reason."""
        if operation == "executeWorkflow":
            return EXECUTE_REFUSALS[kind]
        return (REFUSALS if operation in LOG_OPERATIONS else ACCOUNT_REFUSALS)[kind]

    def rate_limited(self, call: Call, operation: str, window: RateWindow) -> Reply:
        """The three forms of a 429."""
        reset = iso(window.reset_at(call.now))
        if operation in LOG_OPERATIONS:
            body: dict[str, Json] = {
                "error": "Rate limit exceeded",
                "message": f"API rate limit exceeded. Please retry after {reset}",
                "retryAfter": math.floor(window.reset_at(call.now) * 1000),
            }
        elif call.headers.get("x-execution-mode") == "async":
            body = {"error": "Rate limit exceeded", "remaining": 0, "resetAt": reset}
        else:
            message = f"Rate limit exceeded. You have 0 requests remaining. Resets at {reset}"
            body = {"error": message, "code": "RATE_LIMIT_EXCEEDED"}
        return json_reply(429, body)

    def finish(self, call: Call, operation: str, reply: Reply) -> None:
        """Only the logs tell of rate limits, and only in these answers."""
        if operation not in LOG_OPERATIONS:
            return
        if call.window is not None and reply.status in (200, 429):
            reply.headers.update(self.rate_headers(call.window, call.now, refused=reply.status == 429))
        elif reply.status == 401:
            limit = str(self.free_plan.rates["api"].limit)
            reset = self.reset_header(call.now)
            reply.headers.update({"x-ratelimit-limit": limit, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})

    def reset_header(self, moment: float) -> str:
        """An ISO timestamp."""
        return iso(moment)

    # Who asks for which workflow

    def admit(self, state: State, call: Call) -> tuple[Account, Workflow]:
        """The workflow is looked for before the key."""
        workflow = self.find_workflow(state, call)
        if not workflow.deployed:
            raise Problem(Kind.NOT_DEPLOYED)
        account = self.authenticate(state, call)
        if workflow.workspace_id != account.workspace_id:
            raise Problem(Kind.KEY_INVALID)
        return account, workflow

    def visible_workflow(self, state: State, call: Call) -> Workflow:
        """Everybody may know."""
        return self.find_workflow(state, call)

    def check_job_owner(self, job: Job, account: Account) -> None:
        """Any valid key reads any job."""

    # Running

    def read_order(self, call: Call) -> Order:
        """What the request's body and headers ask for."""
        root = parsed(call.body)
        if root is None:
            raise Problem(Kind.INVALID_BODY, "Cannot read properties of null (reading 'isSecureMode')")
        body = as_object(root)
        if body is None:
            return Order(root, background=self.in_background(call))
        streamed = body.get("stream") is True or call.headers.get("x-stream-response") == "true"
        return Order(
            run_input=self.run_input(body),
            stream=streamed,
            background=self.in_background(call),
            selected=self.selected_outputs(call, body) if streamed else (),
        )

    def in_background(self, call: Call) -> bool:
        """Only this one spelling counts."""
        return call.headers.get("x-execution-mode") == "async"

    def run_input(self, body: Mapping[str, Json]) -> Json:
        """The workflow's input: `input`, else the whole root, control keys and all."""
        if "input" not in body:
            return dict(body)
        return {} if body["input"] is None else body["input"]

    def selected_outputs(self, call: Call, body: Mapping[str, Json]) -> tuple[str, ...]:
        """From the body, or from a header as JSON."""
        selected = body.get("selectedOutputs")
        if selected is None and "x-selected-outputs" in call.headers:
            selected = parsed(call.headers["x-selected-outputs"].encode())
        if selected is not None and as_array(selected) is None:
            raise Problem(Kind.INVALID_BODY, "selectedOutputs.map is not a function")
        return words(selected)

    def run_reply(self, execution: Execution) -> Reply:
        """The result without logs and trace spans; status 200 whatever came of it."""
        run = execution.run
        body: dict[str, Json] = {"success": run.success, "output": run.output}
        if run.error is not None:
            body["error"] = run.error
        return self.after(run, json_reply(200, body | {"metadata": self.metadata(execution)}))

    def metadata(self, execution: Execution) -> dict[str, Json]:
        """A run that failed has no end."""
        metadata = super().metadata(execution)
        if not execution.run.success:
            del metadata["endTime"]
        return metadata

    def closing_frames(self, execution: Execution, order: Order, selections: list[Selection]) -> list[Frame]:
        """The final frame and the terminator, a JSON string; a block that died does not count."""
        run = execution.run
        died = any(selection.block.failure for selection in selections)
        if run.success or died:
            output = picked(selections) if order.selected else run.output
            data: dict[str, Json] = {"success": True, "output": output}
        else:
            data = {"success": False, "error": run.error, "output": run.output}
        return [Frame({"event": "final", "data": data}), Frame("[DONE]")]

    def no_trigger_frames(self) -> list[Frame]:
        """The stream just ends."""
        return [Frame({"event": "error", "error": self.no_trigger})]

    # Jobs

    def reported(self, job: Job, state: JobState) -> JobState:
        """A workflow that failed is a completed job."""
        return state

    def job_outcome(self, job: Job, state: JobState) -> dict[str, Json]:
        """The output in a wrapper; an error as an object."""
        if state is JobState.COMPLETED:
            return {"output": self.job_output(job)}
        if state is JobState.FAILED:
            message = job.run.error or "Job failed"
            return {"error": {"message": message, "name": "Error", "stackTrace": f"Error: {message}\n    at run"}}
        return super().job_outcome(job, state)

    def job_output(self, job: Job) -> dict[str, Json]:
        """What the job itself returned."""
        return {
            "success": job.run.success,
            "workflowId": job.workflow_id,
            "executionId": job.execution_id,
            "output": job.run.output,
            "executedAt": iso(job.completed_at),
            "metadata": {"triggerType": "api"},
        }

    # Limits

    def usage_limits(self, account: Account, now: float) -> dict[str, Json]:
        """Storage comes along."""
        return super().usage_limits(account, now) | {
            "storage": {"usedBytes": 0, "limitBytes": 5_368_709_120, "percentUsed": 0}
        }
