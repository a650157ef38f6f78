"""The logs as the documentation describes them."""

from collections.abc import Mapping

from sim_conformance.mock.clock import iso
from sim_conformance.mock.dialects.rendering import workflow_state
from sim_conformance.mock.jsons import Json
from sim_conformance.mock.logs import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    Execution,
    InvalidParameter,
    LogQuery,
    QueryReader,
    cursor,
    cursor_fields,
)
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, State, Workflow


class DocumentedLogs:
    """How logs are asked for, and shown."""

    def read_query(self, state: State, account: Account, arguments: Mapping[str, str]) -> LogQuery:
        """What a query of the logs asks for."""
        try:
            query = self.parse_query(QueryReader(arguments))
        except InvalidParameter as error:
            raise self.invalid_parameter(error) from error
        self.check_workspace(state, account, query)
        return query

    def parse_query(self, reader: QueryReader) -> LogQuery:
        """The query's parameters."""
        return LogQuery(
            workspace_id=reader.required("workspaceId"),
            workflow_ids=reader.items("workflowIds"),
            folder_ids=reader.items("folderIds"),
            triggers=reader.items("triggers"),
            level=reader.option("level", ("info", "error")),
            start=reader.moment("startDate"),
            end=reader.moment("endDate"),
            execution_id=reader.text("executionId"),
            min_duration=reader.number("minDurationMs"),
            max_duration=reader.number("maxDurationMs"),
            min_cost=reader.number("minCost"),
            max_cost=reader.number("maxCost"),
            model=reader.text("model"),
            limit=self.page_size(reader),
            cursor=reader.text("cursor"),
            order=reader.option("order", ("desc", "asc"), "desc") or "desc",
            details=reader.option("details", ("basic", "full"), "basic") or "basic",
            trace_spans=self.flag(reader.text("includeTraceSpans")),
            final_output=self.flag(reader.text("includeFinalOutput")),
        )

    def page_size(self, reader: QueryReader) -> int:
        """How many records a page has at most."""
        limit = reader.number("limit")
        if limit is None:
            return DEFAULT_PAGE
        if not 1 <= limit <= LARGEST_PAGE:
            raise InvalidParameter("limit", "number")
        return int(limit)

    def flag(self, text: str | None) -> bool:
        """A boolean parameter."""
        return text == "true"

    def invalid_parameter(self, error: InvalidParameter) -> Problem:
        """How a bad parameter is refused."""
        return Problem(Kind.INVALID_QUERY, details=[{"path": error.name, "message": str(error)}])

    def check_workspace(self, state: State, account: Account, query: LogQuery) -> None:
        """Keep strangers out of a workspace."""
        if query.workspace_id != account.workspace_id:
            raise Problem(Kind.WORKSPACE_FOREIGN)

    def position(self, query: LogQuery) -> tuple[str, str] | None:
        """Where the query's cursor points."""
        if query.cursor is None:
            return None
        fields = cursor_fields(query.cursor)
        if fields.get("order") != query.order:
            raise Problem(Kind.INVALID_CURSOR)
        return fields["startedAt"], fields["id"]

    def next_cursor(self, query: LogQuery, last: Execution) -> str:
        """The cursor behind the last record of a page."""
        return cursor({"startedAt": iso(last.started_at), "id": last.id, "order": query.order})

    def log_item(self, record: Execution, workflow: Workflow, query: LogQuery) -> dict[str, Json]:
        """A record in a page."""
        item = self.log_head(record) | {
            "cost": self.cost(record, full=query.details == "full"),
            "files": None,
        }
        if query.details != "full":
            return item
        item["workflow"] = self.workflow_brief(workflow)
        if query.final_output:
            item["finalOutput"] = record.run.output
        if query.trace_spans:
            item["traceSpans"] = self.trace_spans(record)
        return item

    def log_head(self, record: Execution) -> dict[str, Json]:
        """What every form of a record starts with."""
        return {
            "id": record.id,
            "workflowId": record.workflow_id,
            "executionId": record.execution_id,
            "level": record.level,
            "trigger": record.trigger,
            "startedAt": iso(record.started_at),
            "endedAt": iso(record.ended_at),
            "totalDurationMs": record.duration,
        }

    def workflow_brief(self, workflow: Workflow) -> dict[str, Json]:
        """A workflow in a page of logs."""
        return {"id": workflow.id, "name": workflow.name, "description": f"wf {workflow.name}"}

    def workflow_full(self, workflow: Workflow) -> dict[str, Json]:
        """A workflow in a single log."""
        created = iso(workflow.created_at)
        return {
            "id": workflow.id,
            "name": workflow.name,
            "description": f"wf {workflow.name}",
            "color": "#3972F6",
            "folderId": None,
            "userId": workflow.user_id,
            "workspaceId": workflow.workspace_id,
            "createdAt": created,
            "updatedAt": created,
        }

    def log_answer(self, record: Execution, workflow: Workflow, limits: dict[str, Json]) -> dict[str, Json]:
        """The answer with one record."""
        return {"data": self.log_detail(record, workflow) | {"limits": limits}}

    def execution_answer(self, record: Execution, limits: dict[str, Json]) -> dict[str, Json]:
        """The answer with one execution."""
        return self.execution(record)

    def log_detail(self, record: Execution, workflow: Workflow) -> dict[str, Json]:
        """A record alone."""
        return self.log_head(record) | {
            "workflow": self.workflow_full(workflow),
            "executionData": self.execution_data(record),
            "cost": self.cost(record, full=True),
            "createdAt": iso(record.started_at),
        }

    def execution_data(self, record: Execution) -> dict[str, Json]:
        """What was kept of a run."""
        return {
            "models": {},
            "traceSpans": self.trace_spans(record),
            "finalOutput": record.run.output,
            "tokenBreakdown": {"total": 0, "prompt": 0, "completion": 0},
        }

    def cost(self, record: Execution, *, full: bool) -> dict[str, Json]:
        """What a run cost, in dollars."""
        if not full:
            return {"total": record.cost}
        tokens = {"total": 0, "prompt": 0, "completion": 0}
        return {"input": 0, "total": record.cost, "models": {}, "output": 0, "tokens": tokens}

    def trace_spans(self, record: Execution) -> list[Json]:
        """The run's blocks as spans, inside one of the whole run."""
        return [
            {
                "id": "workflow-execution",
                "name": "Workflow Execution",
                "type": "workflow",
                "status": "success" if record.run.success else "error",
                "endTime": iso(record.ended_at),
                "children": [self.block_span(record, number) for number in range(len(record.run.blocks))],
                "duration": record.duration,
                "startTime": iso(record.started_at),
            }
        ]

    def block_span(self, record: Execution, number: int) -> dict[str, Json]:
        """One block of a run as a span."""
        block = record.run.blocks[number]
        failed = block.name == record.run.failed_block
        return {
            "id": f"{block.id}-{int(record.started_at * 1000)}",
            "name": block.name,
            "type": block.type,
            "input": {},
            "output": dict(block.output),
            "status": "error" if failed else "success",
            "blockId": block.id,
            "endTime": iso(record.ended_at),
            "children": [],
            "duration": record.duration,
            "startTime": iso(record.started_at),
            "relativeStartMs": 0,
        }

    def execution(self, record: Execution) -> dict[str, Json]:
        """A run with the workflow as it was."""
        return {
            "executionId": record.execution_id,
            "workflowId": record.workflow_id,
            "workflowState": workflow_state(record.run),
            "executionMetadata": {
                "trigger": record.trigger,
                "startedAt": iso(record.started_at),
                "endedAt": iso(record.ended_at),
                "totalDurationMs": record.duration,
                "cost": self.cost(record, full=True),
            },
        }
