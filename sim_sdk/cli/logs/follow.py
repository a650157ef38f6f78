"""Executions as they come."""

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Dict, Iterator, List

from sim_sdk.client import SimStudioClient
from sim_sdk.logs import LogFilters

if TYPE_CHECKING:
    from sim_api.v1.models import LogEntry

__all__ = ["Follower"]

_PAGE = 100
_PATIENCE = timedelta(hours=1)  # for an execution to end
_OVERLAP = timedelta(seconds=10)  # executions may appear in another order than the one in which they started
_LONG_AGO = datetime(1970, 1, 2, tzinfo=timezone.utc)
_LONGEST_WAIT = 60.0  # seconds


class Follower:
    """The executions of a workspace: each when it is seen first, and again when it has ended, if it had not.

    Pages are found by the time of their first entry. A cursor would do, but not on every server.

    Args:
        client: The client.
        workspace_id: The workspace.
        filters: Which executions; `limit` is how many of the past there are at first.
    """

    def __init__(self, client: SimStudioClient, workspace_id: str, filters: LogFilters) -> None:
        self._client = client
        self._workspace_id = workspace_id
        self._filters = filters
        self._ended: Dict[str, datetime] = {}
        self._running: Dict[str, datetime] = {}
        self._oldest = self._newest = _LONG_AGO
        self._began = False

    def poll(self) -> "Iterator[LogEntry]":
        """What is new, oldest first.

        Raises:
            SimStudioError: The server refuses or cannot be reached. What is new comes with another call.
        """
        if self._began:
            yield from self._newer()
        else:
            page = self._client.logs.list(workspace_id=self._workspace_id, **self._filters)
            self._began = True
            yield from self._new(page.data[::-1])
            self._oldest = min([*self._running.values(), *self._ended.values()], default=_LONG_AGO)
        self._forget()

    def wait(self, interval: float) -> float:
        """How long to wait before the next look, in seconds: `interval`, or longer where the rate limit asks for it."""
        info = self._client.get_rate_limit_info()
        if info is None or info.limit <= 0:
            return interval
        even = (info.reset - time.time()) / max(1, info.remaining)
        return max(interval, min(even, _LONGEST_WAIT))

    def _newer(self) -> "Iterator[LogEntry]":
        begin = self._begin()
        while True:
            filters: LogFilters = {**self._filters, "order": "asc", "limit": _PAGE}
            if begin > _LONG_AGO:
                filters["start_date"] = begin
            page = self._client.logs.list(workspace_id=self._workspace_id, **filters)
            yield from self._new(page.data)
            last = self._started(page.data[-1]) if page.data else begin
            if not page.next_cursor or last <= begin:
                return
            begin = last

    def _new(self, entries: "List[LogEntry]") -> "Iterator[LogEntry]":
        for entry in entries:
            is_running = entry.ended_at is None
            if entry.id not in self._ended and not (is_running and entry.id in self._running):
                yield entry
            self._note(entry)

    def _note(self, entry: "LogEntry") -> None:
        started = self._started(entry)
        if entry.ended_at is None:
            self._running[entry.id] = started
        else:
            self._running.pop(entry.id, None)
            self._ended[entry.id] = started
        self._newest = max(self._newest, started)

    def _started(self, entry: "LogEntry") -> datetime:
        # What could not be read as a time is the server's text.
        return entry.started_at if isinstance(entry.started_at, datetime) else self._newest

    def _begin(self) -> datetime:
        """When the first execution started that is not known to its end."""
        recent = max(self._newest - _OVERLAP, self._oldest)
        return min([recent, *self._running.values()])

    def _forget(self) -> None:
        """Forget what will not be asked for again."""
        horizon = self._newest - _PATIENCE
        self._running = {key: started for key, started in self._running.items() if started >= horizon}
        begin = self._begin()
        self._ended = {key: started for key, started in self._ended.items() if started >= begin}
