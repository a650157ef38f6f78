# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""GET /api/v1/logs/{id}

Authentication: ApiKey (header X-API-Key)

Documented in:
- execution/api: Get Log Details
- execution/api: Rate Limiting
"""

from __future__ import annotations

from typing import Mapping

from ...encode import path_segment
from ...request import Request
from ...response import ResponseTypes, decode
from .. import models

OPERATION_ID = "getLog"


def build(
    id: str,
) -> Request[models.LogDetail]:
    """Get one log entry

    One execution with its trace spans, output and cost.

    Args:
        id: The id of the entry (not of its execution). Not empty.

    Raises:
        ValueError, TypeError: An argument cannot be sent; the message names it.
    """
    return Request(
        operation="get_log",
        method="GET",
        path=f"/api/v1/logs/{path_segment('id', id)}",
        accept="application/json",
        auth=True,
        responses=responses,
    )


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: models.LogDetail,
        401: models.ErrorBody,
        403: models.ErrorBody,
        404: models.ErrorBody,
        429: models.ErrorBody,
        500: models.ErrorBody,
    }


def parse(status: int, headers: Mapping[str, str], body: bytes) -> models.LogDetail:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: models.LogDetail = decode(responses(), status, headers, body)
    return parsed
