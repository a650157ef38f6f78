"""The logs of October 2025: what real servers do differently from the documentation."""

from sim_conformance.mock.clock import iso
from sim_conformance.mock.dialects.documented_logs import DocumentedLogs
from sim_conformance.mock.jsons import Json
from sim_conformance.mock.logs import (
    DEFAULT_PAGE,
    Execution,
    InvalidParameter,
    LogQuery,
    QueryReader,
    cursor,
    cursor_fields,
)
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account, State, Workflow


class October2025Logs(DocumentedLogs):
    """How logs are asked for, and shown."""

    def parse_query(self, reader: QueryReader) -> LogQuery:
        """The filter by model is broken."""
        if reader.text("model") is not None:
            raise Problem(Kind.SERVER_FAULT)
        return super().parse_query(reader)

    def page_size(self, reader: QueryReader) -> int:
        """Nothing is too small or too large."""
        limit = reader.number("limit")
        return DEFAULT_PAGE if limit is None else max(0, int(limit))

    def flag(self, text: str | None) -> bool:
        """Any text counts as true, `false` too."""
        return bool(text)

    def invalid_parameter(self, error: InvalidParameter) -> Problem:
        """A bad date breaks the server; the rest is told in detail."""
        if error.expected == "date":
            return Problem(Kind.SERVER_FAULT)
        return Problem(Kind.INVALID_QUERY, details=[self.parameter_issue(error)])

    def parameter_issue(self, error: InvalidParameter) -> dict[str, Json]:
        """What is wrong with a parameter."""
        if error.expected == "option":
            options = " | ".join(f"'{option}'" for option in error.options)
            return {
                "received": error.received,
                "code": "invalid_enum_value",
                "options": list(error.options),
                "path": [error.name],
                "message": f"Invalid enum value. Expected {options}, received '{error.received}'",
            }
        expected, received, message = (
            ("number", "nan", "Expected number, received nan")
            if error.expected == "number"
            else ("string", "undefined", "Required")
        )
        return {
            "code": "invalid_type",
            "expected": expected,
            "received": received,
            "path": [error.name],
            "message": message,
        }

    def check_workspace(self, state: State, account: Account, query: LogQuery) -> None:
        """Strangers see an empty page."""

    def position(self, query: LogQuery) -> tuple[str, str] | None:
        """Following a cursor breaks the server; what is no cursor is ignored."""
        if query.cursor is None:
            return None
        try:
            cursor_fields(query.cursor)
        except Problem:
            return None
        raise Problem(Kind.SERVER_FAULT)

    def next_cursor(self, query: LogQuery, last: Execution) -> str:
        """The cursor behind the last record of a page."""
        return cursor({"startedAt": iso(last.started_at), "id": last.id})

    def log_answer(self, record: Execution, workflow: Workflow, limits: dict[str, Json]) -> dict[str, Json]:
        """The limits stand beside the record."""
        return {"data": self.log_detail(record, workflow), "limits": limits}

    def execution_answer(self, record: Execution, limits: dict[str, Json]) -> dict[str, Json]:
        """The limits come along."""
        return self.execution(record) | {"limits": limits}
