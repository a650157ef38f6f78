"""Every public method that sends something, in both clients, and what a good server answers to it."""

import enum
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contract_tests.sdk._server import Received, frame

_RECORDINGS = Path(__file__).parents[1] / "recordings"


class Kind(enum.Enum):
    """What a method sends, which decides what a fault means to it."""

    RUN = "runs"
    """Starts a run and waits for its answer."""
    QUEUE = "queues"
    """Has a run queued."""
    STREAM = "streams"
    """Starts a run and reads its events."""
    READ = "reads"
    """Changes nothing, so that it may be sent again."""


@dataclass(frozen=True)
class Method:
    """One public method.

    Attributes:
        name: As it is called.
        code: The documented error code of the method.
        call: Calls it on either client (the asynchronous one behind `BlockingClient`), with a deadline in seconds.
        tries: How often it sends a request at most that may be sent again.
        told: False where it says that it failed by its result.
        patient: Whether it asks on for as long as its deadline allows when it meets a limit.
    """

    name: str
    kind: Kind
    code: str
    call: Callable[[Any, float], object]
    tries: int = 1
    told: bool = True
    patient: bool = False


RETRIES = 1  # of reads and of execute_with_retry


def _stream(client: Any, timeout: float) -> object:
    with client.stream_workflow("wf", timeout=timeout) as stream:
        list(stream)
        return stream.result


def _batch(client: Any, timeout: float) -> object:
    (item,) = client.execute_batch([("wf", None)], timeout=timeout, max_retries=0)
    if item.error is not None:
        raise item.error
    return item.result


def _methods() -> Iterable[Method]:
    def execution(kind: Kind, name: str, call: Callable[[Any, float], object], tries: int = 1) -> Method:
        return Method(name, kind, "EXECUTION_ERROR", call, tries)

    def read(name: str, code: str, call: Callable[[Any, float], object], **others: bool) -> Method:
        return Method(name, Kind.READ, code, call, 1 + RETRIES, **others)

    return (
        execution(Kind.RUN, "execute_workflow", lambda client, timeout: client.execute_workflow("wf", timeout=timeout)),
        execution(
            Kind.RUN,
            "execute_workflow_sync",
            lambda client, timeout: client.execute_workflow_sync("wf", timeout=timeout),
        ),
        execution(
            Kind.RUN,
            "execute_with_retry",
            lambda client, timeout: client.execute_with_retry("wf", timeout=timeout, max_retries=RETRIES),
            tries=1 + RETRIES,
        ),
        execution(Kind.RUN, "execute_batch", _batch),
        execution(
            Kind.QUEUE,
            "execute_workflow(async_execution=True)",
            lambda client, timeout: client.execute_workflow("wf", timeout=timeout, async_execution=True),
        ),
        execution(
            Kind.QUEUE,
            "execute_and_wait",
            lambda client, timeout: client.execute_and_wait("wf", timeout=timeout),
        ),
        execution(
            Kind.STREAM,
            "execute_workflow(stream=True)",
            lambda client, timeout: client.execute_workflow("wf", timeout=timeout, stream=True),
        ),
        execution(Kind.STREAM, "stream_workflow", _stream),
        read("get_workflow_status", "STATUS_ERROR", lambda client, _: client.get_workflow_status("wf")),
        read("validate_workflow", "STATUS_ERROR", lambda client, _: client.validate_workflow("wf"), told=False),
        read("get_job_status", "STATUS_ERROR", lambda client, _: client.get_job_status("task")),
        read(
            "wait_for_job",
            "STATUS_ERROR",
            lambda client, timeout: client.wait_for_job("task", timeout=timeout),
            patient=True,
        ),
        read("get_usage_limits", "USAGE_ERROR", lambda client, _: client.get_usage_limits()),
        read("logs.list", "EXECUTION_ERROR", lambda client, _: client.logs.list(workspace_id="ws")),
        read("logs.iter", "EXECUTION_ERROR", lambda client, _: list(client.logs.iter(workspace_id="ws"))),
        read("logs.get", "EXECUTION_ERROR", lambda client, _: client.logs.get("log")),
        read("logs.get_execution", "EXECUTION_ERROR", lambda client, _: client.logs.get_execution("run")),
    )


METHODS = tuple(_methods())


@dataclass(frozen=True)
class Good:
    """What a server that works answers to a request.

    Attributes:
        target: What was asked for.
    """

    status: int
    content_type: str
    body: bytes
    target: str = ""


def recorded(name: str, dialect: str = "2026-08") -> Good:
    """What a real server answered."""
    response = json.loads((_RECORDINGS / dialect / f"{name}.json").read_text("utf-8"))["response"]
    return Good(response["status"], response["headers"]["content-type"], response["body"].encode())


_RESULT = {"success": True, "output": {"content": "hello"}, "metadata": {"duration": 12}}
_EVENTS = (
    {"blockId": "agent", "chunk": "hel"},
    {"blockId": "agent", "chunk": "lo"},
    {"event": "final", "data": {"success": True, "output": {}}},
    "[DONE]",
)
RUN = Good(200, "application/json", json.dumps(_RESULT).encode())
STREAM = Good(200, "text/event-stream", b"".join(map(frame, _EVENTS)))
STATUS = recorded("status_deployed_with_key")
_QUEUED = recorded("async_accepted_202")
_JOB = recorded("job_completed")
_READS = (
    ("/status", STATUS),
    ("/api/jobs/", _JOB),
    ("/usage-limits", recorded("usage_limits_with_key")),
    ("/logs/executions/", recorded("execution_by_id")),
    ("/logs/", recorded("log_by_id")),
    ("/logs", recorded("logs_last_page_no_cursor")),
    ("", STATUS),
)


def good(request: Received) -> Good:
    """What a server that works answers to this request."""
    return replace(_good(request), target=request.target)


def _good(request: Received) -> Good:
    if request.method == "GET":
        return next(answer for part, answer in _READS if part in request.target)
    if request.headers.get("x-execution-mode") == "async":
        return _QUEUED
    return STREAM if request.json().get("stream") is True else RUN
