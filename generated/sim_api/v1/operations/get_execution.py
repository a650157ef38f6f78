# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""GET /api/v1/logs/executions/{executionId}

Authentication: ApiKey (header X-API-Key)

Documented in:
- execution/api: Get Execution Details
- execution/api: Rate Limiting
"""

from __future__ import annotations

from typing import Mapping

from ...encode import path_segment
from ...request import Request
from ...response import ResponseTypes, decode
from .. import models

OPERATION_ID = "getExecution"


def build(
    execution_id: str,
) -> Request[models.ExecutionSnapshot]:
    """Get an execution's snapshot

    The workflow as it was when the execution ran, block by block.

    Args:
        execution_id: The id of the execution. Not empty.

    Raises:
        ValueError, TypeError: An argument cannot be sent; the message names it.
    """
    return Request(
        operation="get_execution",
        method="GET",
        path=f"/api/v1/logs/executions/{path_segment('executionId', execution_id)}",
        accept="application/json",
        auth=True,
        responses=responses,
    )


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: models.ExecutionSnapshot,
        401: models.ErrorBody,
        403: models.ErrorBody,
        404: models.ErrorBody,
        429: models.ErrorBody,
        500: models.ErrorBody,
    }


def parse(status: int, headers: Mapping[str, str], body: bytes) -> models.ExecutionSnapshot:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: models.ExecutionSnapshot = decode(responses(), status, headers, body)
    return parsed
