"""What to try when a command has failed."""

from typing import Optional

from sim_sdk.errors import (
    AmbiguousStateError,
    AuthenticationError,
    ConnectionFailedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    SimStudioError,
    StreamError,
    UsageLimitError,
)

from .failures import ConfigurationError
from .settings import Settings

__all__ = ["hint_for"]


def hint_for(error: Exception, settings: Optional[Settings]) -> Optional[str]:
    """What to try, in a line; None where the error says it all.

    Args:
        error: Why the command failed.
        settings: What it used; None where it did not come so far.
    """
    if isinstance(error, ConfigurationError):
        return error.hint
    if settings is None:
        return None
    if isinstance(error, SimStudioError):
        return _of_connection(error, settings) or _of_call(error)
    return _of_argument(error, settings)


def _of_connection(error: SimStudioError, settings: Settings) -> Optional[str]:
    server = f"{settings.base_url.value} (from {settings.base_url.source})"
    if isinstance(error, AuthenticationError) and settings.api_key is not None:
        return f"is the key in {settings.api_key.source} one of {server}?"
    if isinstance(error, NotFoundError):
        return f"is the id right, and is it one of {server}?"
    if isinstance(error, ConnectionFailedError):
        return f"is {server} right, and can it be reached from here?"
    return None


def _of_call(error: SimStudioError) -> Optional[str]:
    if isinstance(error, PermissionDeniedError):
        return "is it one of the key's owner? A workflow has to be deployed, too: sim status WORKFLOW_ID tells"
    if isinstance(error, RateLimitError):
        return "sim run --retry waits for it; sim limits shows what is left"
    if isinstance(error, UsageLimitError):
        return "sim limits shows what is used up"
    if isinstance(error, RequestTimeoutError) and error.task_id is None:
        return "--timeout SECONDS gives it longer; sim run --async waits for it without holding a connection"
    if isinstance(error, (AmbiguousStateError, StreamError)):
        return "sim logs --workspace ID shows what became of the run"
    return None


def _of_argument(error: Exception, settings: Settings) -> Optional[str]:
    """Where a bad setting comes from. The SDK's errors begin with the argument's name."""
    name = str(error).partition(":")[0]
    setting = {"base_url": settings.base_url, "api_key": settings.api_key}.get(name)
    return None if setting is None else f"it comes from {setting.source}"
