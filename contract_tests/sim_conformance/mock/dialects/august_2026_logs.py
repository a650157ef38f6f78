"""The logs of August 2026: what changed since October 2025."""

import uuid
from collections.abc import Mapping, Sequence

from sim_conformance.mock.clock import iso
from sim_conformance.mock.dialects.documented_logs import DocumentedLogs
from sim_conformance.mock.dialects.october_2025_logs import October2025Logs
from sim_conformance.mock.dialects.rendering import correlation
from sim_conformance.mock.jsons import Json
from sim_conformance.mock.logs import DEFAULT_PAGE, LARGEST_PAGE, Execution, InvalidParameter, LogQuery, QueryReader
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, State, Workflow

ROOT_SPAN_KEYS = ("id", "name", "type", "duration", "startTime", "endTime", "status", "children")

BLOCK_SPAN_KEYS = (
    *("id", "name", "type", "duration", "startTime", "endTime", "status", "blockId", "executionOrder"),
    *("input", "output", "relativeStartMs", "children"),
)


class August2026Logs(October2025Logs):
    """How logs are asked for, and shown; much is now as documented."""

    def parse_query(self, reader: QueryReader) -> LogQuery:
        """Every filter works."""
        return DocumentedLogs.parse_query(self, reader)

    def page_size(self, reader: QueryReader) -> int:
        """The size is brought within bounds."""
        limit = reader.number("limit")
        return DEFAULT_PAGE if limit is None else min(max(1, int(limit)), LARGEST_PAGE)

    def flag(self, text: str | None) -> bool:
        """A boolean parameter."""
        return text == "true"

    def parameter_issue(self, error: InvalidParameter) -> dict[str, Json]:
        """What is wrong with a parameter."""
        if error.expected == "option":
            message = "Invalid option: expected one of " + "|".join(f'"{option}"' for option in error.options)
            return {"code": "invalid_value", "values": list(error.options), "path": [error.name], "message": message}
        if error.expected == "number":
            return {
                "expected": "number",
                "code": "invalid_type",
                "received": "NaN",
                "path": [error.name],
                "message": "Invalid input: expected number, received NaN",
            }
        return {
            "expected": "string",
            "code": "invalid_type",
            "path": [error.name],
            "message": "Workspace ID is required",
        }

    def check_workspace(self, state: State, account: Account, query: LogQuery) -> None:
        """Keep strangers out of a workspace."""
        if query.workspace_id not in {known.workspace_id for known in state.accounts.values()}:
            raise Problem(Kind.WORKSPACE_FOREIGN, "Personal API keys are not allowed for this workspace")
        DocumentedLogs.check_workspace(self, state, account, query)

    def position(self, query: LogQuery) -> tuple[str, str] | None:
        """Where the query's cursor points."""
        return DocumentedLogs.position(self, query)

    def next_cursor(self, query: LogQuery, last: Execution) -> str:
        """The cursor names its order."""
        return DocumentedLogs.next_cursor(self, query, last)

    def log_item(self, record: Execution, workflow: Workflow, query: LogQuery) -> dict[str, Json]:
        """A record names the deployed version."""
        item = super().log_item(record, workflow, query)
        version = str(uuid.uuid5(uuid.NAMESPACE_URL, workflow.id))
        head = {key: item.pop(key) for key in ("id", "workflowId", "executionId")}
        return {**head, "deploymentVersionId": version, **item}

    def workflow_brief(self, workflow: Workflow) -> dict[str, Json]:
        """A workflow in a page of logs."""
        return super().workflow_brief(workflow) | {"deleted": False}

    def workflow_full(self, workflow: Workflow) -> dict[str, Json]:
        """A workflow in a single log."""
        fields = super().workflow_full(workflow)
        del fields["color"]
        return fields | {"deleted": False}

    def cost(self, record: Execution, *, full: bool) -> dict[str, Json]:
        """The total alone."""
        return {"total": record.cost}

    def execution_data(self, record: Execution) -> dict[str, Json]:
        """What was kept of a run, and of its circumstances."""
        origin = correlation(record.request_id, record.workflow_id, record.execution_id)
        return {
            "environment": {
                "userId": record.user_id,
                "variables": {},
                "workflowId": record.workflow_id,
                "executionId": record.execution_id,
                "workspaceId": record.workspace_id,
            },
            "trigger": {
                "data": {"correlation": origin},
                "type": "api",
                "source": "api",
                "timestamp": iso(record.started_at),
            },
            "billingAttribution": self.billing(record),
            "correlation": origin,
            **self.last_block(record),
            "finalizationPath": "completed",
            "hasTraceSpans": True,
            "traceSpanCount": 1 + len(record.run.blocks),
            "tokens": {"input": 0, "output": 0, "total": 0},
            "models": {},
            "finalOutput": record.run.output,
            "workflowInput": record.run_input,
            "traceSpans": self.trace_spans(record),
        }

    def billing(self, record: Execution) -> dict[str, Json]:
        """Who pays for a run."""
        return {
            "actorUserId": record.user_id,
            "workspaceId": record.workspace_id,
            "billingEntity": {"id": record.user_id, "type": "user"},
            "billingPeriod": {
                "end": "9999-12-31T00:00:00.000Z",
                "start": "1970-01-01T00:00:00.000Z",
                "source": "default",
            },
            "organizationId": None,
            "payerSubscription": None,
            "billedAccountUserId": record.user_id,
        }

    def last_block(self, record: Execution) -> dict[str, Json]:
        """Which block ran last."""
        block = record.run.blocks[-1]
        name = {"blockName": block.name, "blockType": block.type}
        return {
            "lastStartedBlock": {"blockId": block.id, **name, "startedAt": iso(record.started_at)},
            "lastCompletedBlock": {
                "blockId": block.id,
                "endedAt": iso(record.ended_at),
                "success": record.run.success,
                **name,
            },
        }

    def trace_spans(self, record: Execution) -> list[Json]:
        """The spans, with their keys in another order."""
        return [ordered(span, ROOT_SPAN_KEYS) for span in super().trace_spans(record)]

    def block_span(self, record: Execution, number: int) -> dict[str, Json]:
        """A block's span tells its place in the order."""
        return ordered(super().block_span(record, number) | {"executionOrder": number + 1}, BLOCK_SPAN_KEYS)


def ordered(fields: Mapping[str, Json], keys: Sequence[str]) -> dict[str, Json]:
    """The fields in the order of the keys."""
    return {key: fields[key] for key in keys}
