"""The documented data classes, and how they are read from an answer.

One reading for every server generation: what a field is called, and with which status a failed workflow comes, differs
between them (see `x-sim-observed` in `spec/v1/openapi.yaml`); the result doesn't.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Type, TypeVar, Union
from urllib.parse import unquote, urlsplit

from ._answer import Answer
from ._shown import shown
from ._validate import is_identifier
from .errors import NESTED_TOO_DEEPLY, error_text, parse_json, printable

if TYPE_CHECKING:
    from .events import Completed

__all__ = ["AsyncExecutionResult", "UsageLimits", "WorkflowExecutionResult", "WorkflowStatus"]

QUEUED = "queued"
TERMINAL_STATES = frozenset({"completed", "failed", "cancelled"})

_ENVELOPE_KEYS = frozenset(
    {"success", "output", "error", "logs", "metadata", "traceSpans", "totalDuration", "executionId", "status"}
)
_ACCEPTED = 202
_JOBS = "/api/jobs/"
_JOB_METADATA = ("startedAt", "completedAt", "duration")
_T = TypeVar("_T")


@shown
@dataclass
class WorkflowExecutionResult:
    """What a run put out (Python SDK page, "WorkflowExecutionResult").

    Attributes:
        success: Whether the workflow succeeded. A workflow that fails is a result too.
        output: Its output: any JSON value; a Response block's body as it was answered. Streams and jobs bring all of
            such a block: `data`, `status` and `headers`.
        error: Why it failed, or None. On a stream also what befell a block of a run that went on.
        logs: Block logs, where the server sends them.
        metadata: `duration` in milliseconds, `startTime` and `endTime`, or None.
        trace_spans: Trace spans, where the server sends them.
        total_duration: Milliseconds, where the server sends it.
        execution_id: The run's id, where the server sends it.
        request_id: The server's id of the request, where it sends one.
        status: The state of a run that is neither done nor failed ("paused"), or None.
        status_code: The HTTP status of the answer.
    """

    success: bool
    output: Optional[Any] = None
    error: Optional[str] = None
    logs: Optional[List[Any]] = None
    metadata: Optional[Dict[str, Any]] = None
    trace_spans: Optional[List[Any]] = None
    total_duration: Optional[float] = None
    execution_id: Optional[str] = None
    request_id: Optional[str] = None
    status: Optional[str] = None
    status_code: Optional[int] = None


@shown
@dataclass
class AsyncExecutionResult:
    """A run that was queued (Python SDK page, "AsyncExecutionResult").

    Attributes:
        success: Whether it was queued.
        task_id: What `get_job_status` and `wait_for_job` take.
        status: "queued".
        created_at: When, as the server writes it; "" where it doesn't.
        links: `{"status": path of the job}`.
        execution_id: The run's id, where the server sends it.
        request_id: The server's id of the request, where it sends one.
    """

    success: bool
    task_id: str
    status: str
    created_at: str
    links: Dict[str, str]
    execution_id: Optional[str] = None
    request_id: Optional[str] = None


@shown
@dataclass
class WorkflowStatus:
    """Whether a workflow can be run (Python SDK page, "WorkflowStatus").

    Attributes:
        is_deployed: Whether it is deployed.
        deployed_at: Since when, as the server writes it, or None.
        needs_redeployment: Whether it was changed since.
    """

    is_deployed: bool
    deployed_at: Optional[str] = None
    needs_redeployment: bool = False


@shown
@dataclass
class UsageLimits:
    """Rate limits and quota of the account (Python SDK page, "get_usage_limits").

    Attributes:
        success: Whether the server could tell.
        rate_limit: `sync` and `async` buckets (`isLimited`, `limit`, `remaining`, `resetAt`) and `authType`, under the
            server's names.
        usage: `currentPeriodCost` and `limit` (US dollars), `plan`.
        storage: `usedBytes`, `limitBytes`, `percentUsed`, where the server sends them.
        extra: Whatever else the server sends, under its names.
    """

    success: bool
    rate_limit: Dict[str, Any]
    usage: Dict[str, Any]
    storage: Optional[Dict[str, Any]] = None
    extra: Dict[str, Any] = field(default_factory=dict)


ExecutionResult = Union[WorkflowExecutionResult, AsyncExecutionResult]


def read_result(answer: Answer) -> WorkflowExecutionResult:
    """The result that an answer to an execution holds.

    Raises:
        SimStudioError: The request could not run; or the run was queued although its result was asked for (the error's
            `task_id` is the job's).
    """
    if not answer.ok:
        failure = parse_json(answer.body)
        if _is_failure(failure):
            return read_envelope(failure, answer)
        raise answer.error()
    value = answer.value()
    if _is_envelope(value):
        return read_envelope(value, answer)
    task_id = _queued_as(value, answer)
    if task_id is not None:
        queued = answer.invalid(f"the server queued the run as job {task_id!r} instead of waiting for it")
        queued.task_id = task_id
        raise queued
    # A Response block's own body. Where that says that there was no success, nobody else knows better.
    failed = isinstance(value, dict) and value.get("success") is False
    error = _told(error_text(value.get("error")), answer) if failed else None
    return WorkflowExecutionResult(
        not failed, output=value, error=error, request_id=answer.request_id, status_code=answer.status
    )


def read_queued(answer: Answer) -> ExecutionResult:
    """The job that an answer to an asynchronous execution names; the result where the server did not queue the run.

    Raises:
        SimStudioError: The request could not run, or no id came back.
    """
    if not answer.ok:
        return read_result(answer)
    value = answer.value()
    task_id = _task_id(value, answer) if isinstance(value, dict) else None
    if task_id is None:
        if _is_envelope(value):
            return read_result(answer)
        raise answer.invalid("the run may have been queued, but the server sent no id to follow it")
    state = value.get("status")
    return AsyncExecutionResult(
        success=value.get("success", True) is True,
        task_id=task_id,
        status=state if isinstance(state, str) and state != "pending" else QUEUED,
        created_at=_of_type(value.get("createdAt"), str) or "",
        links=_links(value),
        execution_id=_of_type(value.get("executionId"), str),
        request_id=answer.request_id,
    )


def read_envelope(body: Mapping[str, Any], answer: Answer) -> WorkflowExecutionResult:
    """The result that a body of the form `{success, output, …}` holds."""
    error = body.get("error")
    return WorkflowExecutionResult(
        success=body["success"] is True,
        output=body.get("output"),
        error=None if error is None else _told(error_text(error), answer),
        logs=_of_type(body.get("logs"), list),
        metadata=_of_type(body.get("metadata"), dict),
        trace_spans=_of_type(body.get("traceSpans"), list),
        total_duration=_number(body.get("totalDuration")),
        execution_id=_of_type(body.get("executionId"), str),
        request_id=answer.request_id,
        status=_of_type(body.get("status"), str),
        status_code=answer.status,
    )


def read_completed(event: "Completed", output: Any, failure: Optional[str], answer: Answer) -> WorkflowExecutionResult:
    """The result of a stream.

    Args:
        event: Its last event.
        output: The output, with what was streamed put back in.
        failure: What befell a block of a run that went on, or None.
        answer: The head of the answer.
    """
    result = read_envelope({**event.details, "success": event.success}, answer)
    result.output = output
    result.error = _told(event.error or failure, answer)
    return result


def read_job_result(job: Mapping[str, Any]) -> WorkflowExecutionResult:
    """The result of a run that was followed as a job, from its last status.

    The output of a completed job is a wrapper with the run's own success and output; a workflow that failed is a
    completed job on servers of 2025 and a failed one on later ones.
    """
    output = job["output"]
    error = error_text(job["error"])
    success = job["status"] == "completed"
    execution_id = None
    if _is_wrapper(output):
        success = success and output["success"]
        error = error or error_text(output.get("error"))
        execution_id = _of_type(output.get("executionId"), str)
        output = output.get("output")
    if not success and error is None:
        completed = job["status"] == "completed"
        error = "the workflow failed; its server does not say why" if completed else f"the job is {job['status']}"
    return WorkflowExecutionResult(success, output, error, metadata=job["metadata"], execution_id=execution_id)


def read_status(answer: Answer) -> WorkflowStatus:
    """The deployment status.

    Raises:
        SimStudioError: The server refuses, or its answer cannot be read.
    """
    body = answer.object()
    deployed = body.get("isDeployed")
    if not isinstance(deployed, bool):
        raise answer.invalid("the answer has no isDeployed")
    return WorkflowStatus(deployed, _of_type(body.get("deployedAt"), str), body.get("needsRedeployment") is True)


def read_job(answer: Answer, task_id: str) -> Dict[str, Any]:
    """A job's status under the documented keys; those that the server leaves out are None.

    Raises:
        SimStudioError: The server refuses, or its answer cannot be read.
    """
    body = answer.object()
    state = body.get("status")
    if not isinstance(state, str):
        raise answer.invalid("the answer has no status")
    metadata = _of_type(body.get("metadata"), dict) or {}
    output: Any = body.get("output")
    if _is_wrapper(output) and "error" in output:
        output = {**output, "error": _told(output["error"], answer)}
    return {
        "success": True,
        "taskId": task_id,
        **body,
        "output": output,
        "status": QUEUED if state == "pending" else state,
        "error": _told(body.get("error"), answer),
        "metadata": {**dict.fromkeys(_JOB_METADATA), **metadata},
    }


def read_usage(answer: Answer) -> UsageLimits:
    """Limits and usage.

    Raises:
        SimStudioError: The server refuses, or its answer cannot be read.
    """
    body = answer.object()
    rate_limit, usage = body.get("rateLimit"), body.get("usage")
    if not isinstance(rate_limit, dict) or not isinstance(usage, dict):
        raise answer.invalid("the answer has no rateLimit and usage")
    known = ("success", "rateLimit", "usage", "storage")
    return UsageLimits(
        success=body.get("success", True) is True,
        rate_limit={name: with_documented_limit(bucket) for name, bucket in rate_limit.items()},
        usage=usage,
        storage=_of_type(body.get("storage"), dict),
        extra={key: value for key, value in body.items() if key not in known},
    )


def with_documented_limit(bucket: Any) -> Any:
    """A rate-limit bucket as documented: servers of 2026 call its limit requestsPerMinute."""
    if not isinstance(bucket, dict) or "limit" in bucket or "requestsPerMinute" not in bucket:
        return bucket
    return {**bucket, "limit": bucket["requestsPerMinute"]}


def _is_envelope(value: Any) -> bool:
    """Whether a successful answer is the run's envelope, not the raw body of a Response block."""
    if not isinstance(value, dict) or not isinstance(value.get("success"), bool):
        return False
    if "output" in value:
        return True
    # Servers leave out an output that is undefined. What has other keys then, or only says how things are, is raw.
    return value.keys() <= _ENVELOPE_KEYS and ("status" not in value or "executionId" in value)


def _is_wrapper(output: Any) -> bool:
    """Whether a job's output wraps that of the run, not is it; servers leave out an output that is undefined."""
    if not isinstance(output, dict) or not isinstance(output.get("success"), bool):
        return False
    return "output" in output or "executionId" in output


def _is_failure(value: Any) -> bool:
    """Whether an error answer is the result of a run that failed: it holds more than the error."""
    return isinstance(value, dict) and value.get("success") is False and ("output" in value or "metadata" in value)


def _queued_as(value: Any, answer: Answer) -> Optional[str]:
    """The id of the job that a run was queued as whose result was asked for, None where it was not."""
    if not isinstance(value, dict) or value.get("success") is not True:
        return None
    # A Response block's answer may have an id and links too, but hardly that path, or that status beside them.
    accepted = answer.status == _ACCEPTED and ("links" in value or "statusUrl" in value)
    return _task_id(value, answer) if accepted or _JOBS in _links(value).get("status", "") else None


def _task_id(value: Mapping[str, Any], answer: Answer) -> Optional[str]:
    """The job's id. One that holds the API key is none: it would be in the URL, and in every log of it."""
    link = _links(value).get("status", "").rstrip("/").rpartition("/")[2]
    named: List[Any] = [value.get("taskId"), value.get("jobId"), unquote(link)]
    return next((name for name in named if is_identifier(name) and answer.redact(name) == name), None)


def _links(value: Mapping[str, Any]) -> Dict[str, str]:
    links = value.get("links")
    if isinstance(links, dict):
        return {str(name): link for name, link in links.items() if isinstance(link, str)}
    url = value.get("statusUrl")
    try:
        return {"status": urlsplit(url).path} if isinstance(url, str) else {}
    except ValueError:
        return {}  # it is no URL


def _told(error: Any, answer: Answer) -> Any:
    """What a server says of an error, the API key taken out: errors are printed and logged as outputs are not."""
    if isinstance(error, str):
        return answer.redact(printable(error))
    if not isinstance(error, dict):
        return error
    try:
        return {name: _told(value, answer) for name, value in error.items()}
    except RecursionError:
        return NESTED_TOO_DEEPLY


def _of_type(value: Any, kind: Type[_T]) -> Optional[_T]:
    return value if isinstance(value, kind) else None


def _number(value: Any) -> Optional[float]:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
