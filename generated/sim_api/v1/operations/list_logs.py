# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""GET /api/v1/logs

Authentication: ApiKey (header X-API-Key)

Documented in:
- execution/api: Query Logs
- execution/api: Rate Limiting
"""

from __future__ import annotations

import datetime
from typing import Mapping, Optional, Sequence

from ...encode import query_pairs
from ...request import Request
from ...response import ResponseTypes, decode
from .. import models

OPERATION_ID = "listLogs"


def build(
    *,
    workspace_id: str,
    workflow_ids: Optional[Sequence[str]] = None,
    folder_ids: Optional[Sequence[str]] = None,
    triggers: Optional[Sequence[str]] = None,
    level: Optional[models.ListLogsLevel] = None,
    start_date: Optional[datetime.datetime] = None,
    end_date: Optional[datetime.datetime] = None,
    execution_id: Optional[str] = None,
    min_duration_ms: Optional[int] = None,
    max_duration_ms: Optional[int] = None,
    min_cost: Optional[float] = None,
    max_cost: Optional[float] = None,
    model: Optional[str] = None,
    limit: Optional[int] = None,
    cursor: Optional[str] = None,
    order: Optional[models.ListLogsOrder] = None,
    details: Optional[models.ListLogsDetails] = None,
    include_trace_spans: Optional[bool] = None,
    include_final_output: Optional[bool] = None,
) -> Request[models.LogPage]:
    """List execution logs

    One page of a workspace's executions, newest first by default. Pass `nextCursor` of a page as `cursor`, with the
    other parameters unchanged, to get the page after it; the last page has none.

    Args:
        workspace_id: The workspace whose executions are listed. Not empty.
        workflow_ids: Only executions of these workflows; a comma-separated list.
        folder_ids: Only executions of workflows in these folders; a comma-separated list.
        triggers: Only executions that were started this way (api, webhook, schedule, manual, chat); a comma-separated
          list.
        level: Only executions of this level; `error` is those that failed.
        start_date: Only executions that started at this time or later, as an ISO 8601 timestamp.
        end_date: Only executions that started at this time or earlier, as an ISO 8601 timestamp.
        execution_id: Only the execution with this id.
        min_duration_ms: Only executions that took at least this many milliseconds. At least 0.
        max_duration_ms: Only executions that took at most this many milliseconds. At least 0.
        min_cost: Only executions that cost at least this much, in US dollars. At least 0.
        max_cost: Only executions that cost at most this much, in US dollars. At least 0.
        model: Only executions that used this AI model.
        limit: The largest number of entries on the page. At least 1. Default: 100.
        cursor: nextCursor of the page before. An opaque text.
        order: By start time, newest first (`desc`) or oldest first (`asc`). Default: "desc".
        details: With `full` each entry also holds its workflow and the details of its cost. Default: "basic".
        include_trace_spans: With `details=full`, adds the trace spans. Leave it out for false, which real servers read
          as true. Default: false.
        include_final_output: With `details=full`, adds the workflow's output. Leave it out for false, which real
          servers read as true. Default: false.

    Raises:
        ValueError, TypeError: An argument cannot be sent; the message names it.
    """
    return Request(
        operation="list_logs",
        method="GET",
        path="/api/v1/logs",
        query=query_pairs(
            ("workspaceId", workspace_id, "repeat"),
            ("workflowIds", workflow_ids, "comma"),
            ("folderIds", folder_ids, "comma"),
            ("triggers", triggers, "comma"),
            ("level", level, "repeat"),
            ("startDate", start_date, "repeat"),
            ("endDate", end_date, "repeat"),
            ("executionId", execution_id, "repeat"),
            ("minDurationMs", min_duration_ms, "repeat"),
            ("maxDurationMs", max_duration_ms, "repeat"),
            ("minCost", min_cost, "repeat"),
            ("maxCost", max_cost, "repeat"),
            ("model", model, "repeat"),
            ("limit", limit, "repeat"),
            ("cursor", cursor, "repeat"),
            ("order", order, "repeat"),
            ("details", details, "repeat"),
            ("includeTraceSpans", include_trace_spans, "repeat"),
            ("includeFinalOutput", include_final_output, "repeat"),
        ),
        accept="application/json",
        auth=True,
        responses=responses,
    )


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: models.LogPage,
        400: models.ErrorBody,
        401: models.ErrorBody,
        403: models.ErrorBody,
        429: models.ErrorBody,
        500: models.ErrorBody,
    }


def parse(status: int, headers: Mapping[str, str], body: bytes) -> models.LogPage:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: models.LogPage = decode(responses(), status, headers, body)
    return parsed
