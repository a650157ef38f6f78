# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""GET /api/workflows/{id}/status

Authentication: ApiKey (header X-API-Key)

Documented in:
- sdks/python: get_workflow_status()
- sdks/python: WorkflowStatus
"""

from __future__ import annotations

from typing import Mapping

from ...encode import path_segment
from ...request import Request
from ...response import ResponseTypes, decode
from .. import models

OPERATION_ID = "getWorkflowStatus"


def build(
    id: str,
) -> Request[models.WorkflowStatus]:
    """Get a workflow's deployment status

    Says whether the workflow is deployed, since when, and whether it changed since then.

    Args:
        id: The id of the workflow. Not empty.

    Raises:
        ValueError, TypeError: An argument cannot be sent; the message names it.
    """
    return Request(
        operation="get_workflow_status",
        method="GET",
        path=f"/api/workflows/{path_segment('id', id)}/status",
        accept="application/json",
        auth=True,
        responses=responses,
    )


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: models.WorkflowStatus,
        401: models.ErrorBody,
        403: models.ErrorBody,
        404: models.ErrorBody,
        500: models.ErrorBody,
    }


def parse(status: int, headers: Mapping[str, str], body: bytes) -> models.WorkflowStatus:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: models.WorkflowStatus = decode(responses(), status, headers, body)
    return parsed
