# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""GET /api/jobs/{taskId}

Authentication: ApiKey (header X-API-Key)

Documented in:
- sdks/python: get_job_status()
- sdks/python: Async workflow execution
"""

from __future__ import annotations

from typing import Mapping

from ...encode import path_segment
from ...request import Request
from ...response import ResponseTypes, decode
from .. import models

OPERATION_ID = "getJob"


def build(
    task_id: str,
) -> Request[models.JobStatus]:
    """Get a job's state

    State of a run that was started in async mode, with its output once it has completed.

    Args:
        task_id: The taskId (jobId on servers of August 2026) of the answer that queued the run. It may hold a colon.
          Not empty.

    Raises:
        ValueError, TypeError: An argument cannot be sent; the message names it.
    """
    return Request(
        operation="get_job",
        method="GET",
        path=f"/api/jobs/{path_segment('taskId', task_id)}",
        accept="application/json",
        auth=True,
        responses=responses,
    )


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: models.JobStatus,
        401: models.ErrorBody,
        403: models.ErrorBody,
        404: models.ErrorBody,
        500: models.ErrorBody,
    }


def parse(status: int, headers: Mapping[str, str], body: bytes) -> models.JobStatus:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: models.JobStatus = decode(responses(), status, headers, body)
    return parsed
