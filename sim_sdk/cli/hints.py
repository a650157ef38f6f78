"""What to try when a command has failed."""

from typing import Optional

from sim_sdk.errors import (
    AuthenticationError,
    ConnectionFailedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SimStudioError,
    StreamError,
    UsageLimitError,
)
from sim_sdk.retry import RetryPolicy

from .failures import ConfigurationError
from .settings import Settings

__all__ = ["hint_for", "hint_for_run"]

_FATE = "sim logs --workspace ID shows what became of the run"


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


def hint_for_run(error: SimStudioError, *, retried: bool) -> Optional[str]:
    """What to try when it was a run that failed; None where it is what `hint_for` says.

    Args:
        error: Why it failed.
        retried: Whether it was tried again after rate limits.
    """
    if isinstance(error, PermissionDeniedError):
        return "is it one of the key's owner, and deployed? sim status WORKFLOW_ID tells"
    if isinstance(error, RateLimitError) and not retried and _is_waited_for(error):
        return "sim run --retry waits for it; sim limits shows what is left"
    if error.task_id is not None or not error.request_sent:
        return None
    if isinstance(error, RequestTimeoutError):
        return f"--timeout SECONDS gives it longer, or sim run --async queues it; but this run may go on: {_FATE}"
    if isinstance(error, (ConnectionFailedError, ServerError)):
        return f"it may have begun: {_FATE}"
    return _FATE if isinstance(error, StreamError) else None


def _is_waited_for(error: RateLimitError) -> bool:
    return error.retry_after is None or error.retry_after <= RetryPolicy().max_retry_after


def _of_connection(error: SimStudioError, settings: Settings) -> Optional[str]:
    server = f"{settings.base_url.value} (from {settings.base_url.source})"
    if isinstance(error, AuthenticationError) and settings.api_key is not None:
        return f"is the key in {settings.api_key.source} one of {server}?"
    if isinstance(error, NotFoundError):
        return f"is the id right, and is it one of {server}?"
    if isinstance(error, ConnectionFailedError) or _could_not_connect(error):
        return f"is {server} right, and can it be reached from here?"
    return None


def _could_not_connect(error: SimStudioError) -> bool:
    return isinstance(error, RequestTimeoutError) and error.request_sent is False and error.task_id is None


def _of_call(error: SimStudioError) -> Optional[str]:
    if isinstance(error, PermissionDeniedError):
        return "is it one of the key's owner?"
    if isinstance(error, RateLimitError):
        return "sim limits shows what is left"
    if isinstance(error, UsageLimitError):
        return "sim limits shows what is used up"
    return None


def _of_argument(error: Exception, settings: Settings) -> Optional[str]:
    """Where a bad setting comes from. The SDK's errors begin with the argument's name."""
    name = str(error).partition(":")[0]
    setting = {"base_url": settings.base_url, "api_key": settings.api_key}.get(name)
    return None if setting is None else f"it comes from {setting.source}"
