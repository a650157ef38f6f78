"""The API's operations, from a request to its answer, apart from any socket."""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from sim_conformance.mock.dialects import Dialect
from sim_conformance.mock.dialects.rendering import Order, json_reply, stream_reply
from sim_conformance.mock.exchange import Call, Reply
from sim_conformance.mock.jsons import Json
from sim_conformance.mock.logs import Execution, page
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, Mode, State, Workflow

PATHS: Mapping[str, str] = {
    "/api/workflows/{id}/execute": "executeWorkflow",
    "/api/workflows/{id}/status": "getWorkflowStatus",
    "/api/jobs/{taskId}": "getJob",
    "/api/users/me/usage-limits": "getUsageLimits",
    "/api/v1/logs": "listLogs",
    "/api/v1/logs/{id}": "getLog",
    "/api/v1/logs/executions/{executionId}": "getExecution",
}
"""The operation of each path of the API."""


def match(path: str) -> tuple[str, dict[str, str]] | None:
    """The operation of a path as sent, and its decoded parameters; None for a path that is none of the API's."""
    segments = path.split("/")
    for template, operation in PATHS.items():
        names = template.split("/")
        if len(names) == len(segments) and all(map(_fits, names, segments)):
            values = {name[1:-1]: unquote(text) for name, text in zip(names, segments, strict=True) if name[:1] == "{"}
            return operation, values
    return None


def _fits(name: str, segment: str) -> bool:
    return bool(segment) if name.startswith("{") else name == segment


class Operations:
    """Carries out calls on a state in a dialect. Hold the state's lock around it."""

    def __init__(self, state: State, dialect: Dialect) -> None:
        self.state = state
        self.dialect = dialect
        self._operations: Mapping[str, Callable[[Call], Reply]] = {
            "executeWorkflow": self._execute_workflow,
            "getWorkflowStatus": self._get_workflow_status,
            "getJob": self._get_job,
            "getUsageLimits": self._get_usage_limits,
            "listLogs": self._list_logs,
            "getLog": self._get_log,
            "getExecution": self._get_execution,
        }

    def methods(self, operation: str) -> frozenset[str]:
        """The HTTP methods that an operation takes."""
        return self.dialect.execute_methods if operation == "executeWorkflow" else frozenset({"GET"})

    def answer(self, operation: str, call: Call) -> Reply:
        """The answer to a call."""
        turned_away = self.dialect.turn_away(call)
        if turned_away is not None:
            return turned_away
        self.state.catch_up()
        try:
            reply = self._operations[operation](call)
        except Problem as problem:
            reply = self.dialect.refuse(call, operation, problem)
        self.dialect.finish(call, operation, reply)
        return reply

    def _execute_workflow(self, call: Call) -> Reply:
        account, workflow = self.dialect.admit(self.state, call)
        order = self.dialect.read_order(call)
        self._count(call, account, "async" if order.background else "sync")
        if not order.background or self.dialect.background_checks_usage:
            self._check_usage(account)
        if order.background:
            return self._enqueue(call, account, workflow, order)
        if not workflow.triggered:
            return self._not_started(order)
        run = workflow.behaviour.run(order.run_input)
        execution = self.state.record(
            workflow, account, order.run_input, run, call.request_id, execution_id=order.execution_id
        )
        if not order.stream:
            return self.dialect.result(execution)
        return stream_reply(self.dialect.stream(execution, order), run.seconds)

    def _enqueue(self, call: Call, account: Account, workflow: Workflow, order: Order) -> Reply:
        job_id, execution_id = self.dialect.job_ids(self.state)
        run = workflow.behaviour.run(order.run_input)
        job = self.state.enqueue(
            workflow, account, order.run_input, run, call.request_id, job_id=job_id, execution_id=execution_id
        )
        return self.dialect.accepted(call, job)

    def _not_started(self, order: Order) -> Reply:
        if order.stream:
            return stream_reply(self.dialect.no_trigger_frames())
        raise Problem(Kind.NOT_STARTED, self.dialect.no_trigger)

    def _get_workflow_status(self, call: Call) -> Reply:
        return json_reply(200, self.dialect.workflow_status(self.dialect.visible_workflow(self.state, call)))

    def _get_job(self, call: Call) -> Reply:
        return json_reply(200, self.dialect.job(self.dialect.visible_job(self.state, call), call.now))

    def _get_usage_limits(self, call: Call) -> Reply:
        return json_reply(200, self.dialect.usage_limits(self.dialect.authenticate(self.state, call), call.now))

    def _list_logs(self, call: Call) -> Reply:
        account = self._reader_of_logs(call)
        query = self.dialect.read_query(self.state, account, call.arguments)
        own = [record for record in self.state.logs() if record.workspace_id == account.workspace_id]
        records, more = page(own, query, self.dialect.position(query))
        items = [self.dialect.log_item(record, self._workflow_of(record), query) for record in records]
        body: dict[str, Json] = {"data": items}
        if more and records:
            body["nextCursor"] = self.dialect.next_cursor(query, records[-1])
        return json_reply(200, body | {"limits": self.dialect.limits(account, call.now)})

    def _get_log(self, call: Call) -> Reply:
        account = self._reader_of_logs(call)
        record = self.state.log(call.params["id"])
        if record is None or record.workspace_id != account.workspace_id:
            raise Problem(Kind.LOG_UNKNOWN)
        limits = self.dialect.limits(account, call.now)
        return json_reply(200, self.dialect.log_answer(record, self._workflow_of(record), limits))

    def _get_execution(self, call: Call) -> Reply:
        account = self._reader_of_logs(call)
        record = self.state.execution(call.params["executionId"])
        if record is None or record.workspace_id != account.workspace_id:
            raise Problem(Kind.EXECUTION_UNKNOWN)
        return json_reply(200, self.dialect.execution_answer(record, self.dialect.limits(account, call.now)))

    def _reader_of_logs(self, call: Call) -> Account:
        account = self.dialect.authenticate(self.state, call)
        self._count(call, account, "api")
        return account

    def _count(self, call: Call, account: Account, mode: Mode) -> None:
        call.window = account.windows[mode]
        if not call.window.take(call.now):
            raise Problem(Kind.RATE_LIMITED)

    def _check_usage(self, account: Account) -> None:
        if account.cost >= account.usage_limit:
            raise Problem(Kind.USAGE_EXCEEDED, self.dialect.usage_exceeded(account))

    def _workflow_of(self, record: Execution) -> Workflow:
        return self.state.workflows[record.workflow_id]
