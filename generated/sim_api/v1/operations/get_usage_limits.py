# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""GET /api/users/me/usage-limits

Authentication: ApiKey (header X-API-Key)

Documented in:
- sdks/python: get_usage_limits()
- sdks/python: UsageLimits
"""

from __future__ import annotations

from typing import Mapping

from ...request import Request
from ...response import ResponseTypes, decode
from .. import models

OPERATION_ID = "getUsageLimits"


def build() -> Request[models.UsageLimits]:
    """Get the account's limits

    Rate limits, spending and storage of the account that the key belongs to.
    """
    return Request(
        operation="get_usage_limits",
        method="GET",
        path="/api/users/me/usage-limits",
        accept="application/json",
        auth=True,
        responses=responses,
    )


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: models.UsageLimits,
        401: models.ErrorBody,
        500: models.ErrorBody,
    }


def parse(status: int, headers: Mapping[str, str], body: bytes) -> models.UsageLimits:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: models.UsageLimits = decode(responses(), status, headers, body)
    return parsed
