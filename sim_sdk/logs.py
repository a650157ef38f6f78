"""Execution logs: `client.logs`."""

import datetime
from typing import TYPE_CHECKING, Iterator, Sequence, TypedDict, Union

from ._calls import Calls
from ._driver import Driver
from ._log_calls import LogCalls, PageFlow

if TYPE_CHECKING:
    import sys

    from sim_api.v1.models import (
        ExecutionSnapshot,
        ListLogsDetails,
        ListLogsLevel,
        ListLogsOrder,
        LogDetail,
        LogEntry,
        LogPage,
    )

    if sys.version_info >= (3, 11):
        from typing import Unpack
    else:
        from typing_extensions import Unpack

__all__ = ["LogFilters", "Logs"]


class LogFilters(TypedDict, total=False):
    """The filters of a listing (logs API, "GET /api/v1/logs"). One that is None or False is left out."""

    workflow_ids: Sequence[str]
    """Executions of these workflows."""
    folder_ids: Sequence[str]
    """Executions of workflows in these folders."""
    triggers: Sequence[str]
    """Executions started this way: api, webhook, schedule, manual, chat."""
    level: "ListLogsLevel"
    """"info", or "error" for those that failed."""
    start_date: Union[datetime.datetime, str]
    """Executions that started then or later. A datetime without a zone is local time, an ISO text without one UTC."""
    end_date: Union[datetime.datetime, str]
    """Executions that started then or earlier, as for `start_date`."""
    execution_id: str
    """One execution."""
    min_duration_ms: int
    """Executions that took at least this long, in milliseconds."""
    max_duration_ms: int
    """Executions that took at most this long, in milliseconds."""
    min_cost: float
    """Executions that cost at least this much, in US dollars."""
    max_cost: float
    """Executions that cost at most this much, in US dollars."""
    model: str
    """Executions that used this model."""
    limit: int
    """Entries on a page; 100 where it is left out."""
    cursor: str
    """Where to begin: `next_cursor` of an earlier page, with the same filters."""
    order: "ListLogsOrder"
    """"desc" for newest first (the server's default), or "asc"."""
    details: "ListLogsDetails"
    """"basic" (the server's default), or "full"."""
    include_trace_spans: bool
    """With full details: the trace spans."""
    include_final_output: bool
    """With full details: the final output."""


class Logs:
    """What a workspace's executions did. Results are the generated models of `sim_api.v1.models`."""

    def __init__(self, calls: Calls, driver: Driver) -> None:
        self._calls = LogCalls(calls)
        self._driver = driver

    def list(self, *, workspace_id: str, **filters: "Unpack[LogFilters]") -> "LogPage":
        """One page of a workspace's executions: `data`, `next_cursor` (None on the last page), `limits`.

        Args:
            workspace_id: The workspace.
            filters: See `LogFilters`.

        Raises:
            SimStudioError: The server refuses or cannot be reached.
            TypeError, ValueError: An argument is not what it should be. Nothing was sent.
        """
        return self._driver.run(self._calls.list(workspace_id, filters))

    def iter(self, *, workspace_id: str, **filters: "Unpack[LogFilters]") -> "Iterator[LogEntry]":
        """All of a workspace's executions, page after page in constant memory. Arguments and errors as for `list`."""
        return self._entries(PageFlow(self._calls, workspace_id, filters))

    def get(self, log_id: str) -> "LogDetail":
        """One log in full: `data` with `workflow`, `execution_data`, `cost` and so on; `limits`.

        Raises:
            SimStudioError: The server refuses or cannot be reached.
            TypeError, ValueError: The id is none. Nothing was sent.
        """
        return self._driver.run(self._calls.get(log_id))

    def get_execution(self, execution_id: str) -> "ExecutionSnapshot":
        """One execution with the state that its workflow had: `workflow_state`, `execution_metadata`, `limits`.

        Raises:
            SimStudioError: The server refuses or cannot be reached.
            TypeError, ValueError: The id is none. Nothing was sent.
        """
        return self._driver.run(self._calls.get_execution(execution_id))

    def _entries(self, pages: PageFlow) -> "Iterator[LogEntry]":
        while True:
            page = self._driver.run(pages.next_page())
            if page is None:
                return
            yield from page.data
