"""How the command fails: exit codes, and what is told of an error."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Optional

import click

from sim_sdk.errors import (
    ConnectionFailedError,
    RateLimitError,
    RequestTimeoutError,
    SimStudioError,
    StreamError,
    UsageLimitError,
)

__all__ = ["ConfigurationError", "ExitCode", "Failure", "FileFailed", "Interrupted", "explain"]


class ExitCode(IntEnum):
    """What the exit code says. `sim --help` explains them."""

    SUCCESS = 0
    WORKFLOW_FAILED = 1
    USAGE = 2
    REFUSED = 3
    LIMITED = 4
    TIMED_OUT = 5
    DISCONNECTED = 6
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141


_OF_ERROR = (
    (RateLimitError, ExitCode.LIMITED),
    (UsageLimitError, ExitCode.LIMITED),
    (RequestTimeoutError, ExitCode.TIMED_OUT),
    (ConnectionFailedError, ExitCode.DISCONNECTED),
    (StreamError, ExitCode.DISCONNECTED),
    (SimStudioError, ExitCode.REFUSED),
)


class Interrupted(Exception):
    """Ctrl-C while a run was under way.

    Args:
        message: What became of the run.
        task_id: The job that goes on, if there is one.
    """

    def __init__(self, message: str, task_id: Optional[str] = None) -> None:
        super().__init__(message)
        self.task_id = task_id


class ConfigurationError(click.ClickException):
    """What was configured, or was not, so that nothing can be sent.

    Args:
        message: What is wrong.
        hint: What to do about it.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, hint: Optional[str] = None) -> None:
        super().__init__(message)
        self.hint = hint


class FileFailed(click.ClickException):
    """A file cannot be read or written, in the midst of something.

    Args:
        message: Which one, and why.
        request_sent: Whether anything may have been sent before.
    """

    def __init__(self, message: str, *, request_sent: bool) -> None:
        super().__init__(message)
        self.request_sent = request_sent


@dataclass(frozen=True)
class Failure:
    """What is told of an error. The fields from `code` to `task_id` mean what they mean on `SimStudioError`."""

    exit_code: ExitCode
    message: str
    code: Optional[str] = None
    status: Optional[int] = None
    server_code: Optional[str] = None
    request_sent: Optional[bool] = None
    retry_after: Optional[float] = None
    request_id: Optional[str] = None
    task_id: Optional[str] = None


def explain(error: Exception) -> Failure:
    """What is told of an error."""
    if isinstance(error, SimStudioError):
        return _explain_call(error)
    if isinstance(error, Interrupted):
        return Failure(ExitCode.INTERRUPTED, str(error), request_sent=True, task_id=error.task_id)
    if isinstance(error, click.Abort):
        return Failure(ExitCode.INTERRUPTED, "interrupted")
    if isinstance(error, click.ClickException):
        sent = isinstance(error, FileFailed) and error.request_sent
        return Failure(ExitCode(error.exit_code), _word_usage(error), request_sent=sent)
    if isinstance(error, RecursionError):
        return Failure(ExitCode.REFUSED, "the answer is nested too deeply to be shown", request_sent=True)
    return Failure(ExitCode.USAGE, str(error), request_sent=False)


def _explain_call(error: SimStudioError) -> Failure:
    return Failure(
        exit_code=next(code for kind, code in _OF_ERROR if isinstance(error, kind)),
        message=str(error),
        code=error.code,
        status=error.status,
        server_code=error.server_code,
        request_sent=error.request_sent,
        retry_after=error.retry_after,
        request_id=error.request_id,
        task_id=error.task_id,
    )


def _word_usage(error: click.ClickException) -> str:
    message = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        end = "" if message.endswith(("?", ".")) else "."
        return f"{message}{end} Try '{error.ctx.command_path} --help'."
    return message
