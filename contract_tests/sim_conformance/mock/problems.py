"""Why a request is refused, whatever words a dialect finds for it."""

import enum
from collections.abc import Sequence

from sim_conformance.mock.jsons import Json


class Kind(enum.Enum):
    """The reasons."""

    KEY_MISSING = enum.auto()
    KEY_INVALID = enum.auto()
    WORKFLOW_FOREIGN = enum.auto()
    WORKSPACE_FOREIGN = enum.auto()
    WORKFLOW_UNKNOWN = enum.auto()
    NOT_DEPLOYED = enum.auto()
    INVALID_JSON = enum.auto()
    NOT_STARTED = enum.auto()
    INVALID_BODY = enum.auto()
    BODY_TOO_LARGE = enum.auto()
    USAGE_EXCEEDED = enum.auto()
    RATE_LIMITED = enum.auto()
    JOB_UNKNOWN = enum.auto()
    JOB_FOREIGN = enum.auto()
    LOG_UNKNOWN = enum.auto()
    EXECUTION_UNKNOWN = enum.auto()
    INVALID_QUERY = enum.auto()
    INVALID_CURSOR = enum.auto()
    SERVER_FAULT = enum.auto()


class Problem(Exception):
    """A request that is refused.

    Args:
        kind: the reason.
        message: the exact words, where the reason alone does not fix them.
        details: what a validation found.
    """

    def __init__(self, kind: Kind, message: str = "", details: Sequence[Json] = ()) -> None:
        super().__init__(message or kind.name)
        self.kind = kind
        self.message = message
        self.details = list(details)
