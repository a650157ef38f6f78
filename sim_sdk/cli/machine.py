"""Output for programs: one JSON document, or one line of JSON an event; errors as JSON on standard error."""

import json
import time
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Iterator, Optional

import click

from sim_sdk._calls import OnStatus
from sim_sdk._clock import Clock, SystemClock
from sim_sdk.errors import SimStudioError
from sim_sdk.events import (
    BlockChunk,
    ChunkReset,
    Completed,
    StreamEvent,
    StreamFailure,
    Thinking,
    ToolCall,
    UnknownEvent,
)
from sim_sdk.results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus
from sim_sdk.streams import WorkflowStream

from .batch.standing import Found, Standing
from .failures import Failure, explain
from .settings import Settings
from .webhook.delivery import Delivery, Sent

if TYPE_CHECKING:
    from sim_api.v1.models import LogDetail, LogEntry, LogPage

_EVENT_TYPES = {
    BlockChunk: "chunk",
    ChunkReset: "chunk_reset",
    Thinking: "thinking",
    ToolCall: "tool",
    StreamFailure: "stream_error",
    UnknownEvent: "unknown",
}


class MachineView:
    """Shows everything as JSON, in ASCII, with the names of the SDK's data classes."""

    def __init__(self) -> None:
        self.clock: Clock = SystemClock()

    def result(self, result: WorkflowExecutionResult, task_id: Optional[str] = None) -> None:
        _print({**_fields(result), "task_id": task_id})

    def stream(self, stream: WorkflowStream) -> WorkflowExecutionResult:
        for event in stream:
            _print(_event(event, stream))
        return stream.result

    def queued(self, queued: AsyncExecutionResult) -> None:
        _print(asdict(queued))

    def waiting(self, what: str, limit: Optional[float] = None) -> ContextManager[None]:
        return nullcontext()

    def pause(self, seconds: float, what: str) -> None:
        self.clock.sleep(seconds)

    def stopped(self) -> None:
        pass

    @contextmanager
    def following(self, limit: Optional[float]) -> Iterator[OnStatus]:
        yield lambda job: None

    def job(self, job: Dict[str, Any]) -> None:
        _print(job)

    def status(self, status: WorkflowStatus) -> None:
        _print(asdict(status))

    def limits(self, limits: UsageLimits) -> None:
        _print(_fields(limits))

    def logs(self, page: "LogPage") -> None:
        from sim_api.convert import unstructure

        _print(unstructure(page))

    def log_entries(self) -> "Callable[[LogEntry], None]":
        from sim_api.convert import unstructure

        return lambda entry: _print(unstructure(entry))

    def log(self, log: "LogDetail", *, data: bool) -> None:
        from sim_api.convert import unstructure

        _print(unstructure(log))

    def listening(self, url: str) -> None:
        _print({"type": "listening", "url": url}, err=True)

    def delivery(self, delivery: Delivery) -> None:
        _print(_delivery(delivery))

    def sent(self, sent: Sent) -> None:
        _print({**asdict(sent), "accepted": sent.accepted})

    def configuration(self, settings: Settings) -> None:
        _print(_settings(settings))

    def warning(self, message: str) -> None:
        _print({"type": "warning", "message": message}, err=True)

    def retry(self, error: SimStudioError, seconds: float) -> None:
        _print({"type": "retry", "wait": seconds, **asdict(explain(error))}, err=True)

    def batch_found(self, standing: Standing, found: Found) -> None:
        _print({"type": "found", "total": standing.total, "done": standing.done, **asdict(found)}, err=True)

    @contextmanager
    def batch(self, standing: Standing) -> Iterator[Callable[[], None]]:
        yield lambda: _print(_progress(standing), err=True)

    def batch_ended(self, standing: Standing, failed: str) -> None:
        _print(_counts(standing))

    def failure(self, failure: Failure, hint: Optional[str] = None) -> None:
        _print({**asdict(failure), "hint": hint}, err=True)


def _event(event: StreamEvent, stream: WorkflowStream) -> Dict[str, Any]:
    if isinstance(event, Completed):
        # The result has the output whole; what servers put into their last event differs.
        return {"type": "completed", **_fields(stream.result)}
    return {"type": _EVENT_TYPES[type(event)], **_fields(event)}


def _fields(value: Any) -> Dict[str, Any]:
    """The fields of a data class, whose JSON values `asdict` would copy, level by level until Python gives up."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _progress(standing: Standing) -> Dict[str, Any]:
    until = standing.paused_until
    paused = None if until is None else max(0.0, until - time.monotonic())
    return {"type": "progress", **_counts(standing), "running": standing.running, "paused": paused}


def _counts(standing: Standing) -> Dict[str, Any]:
    names = ("total", "done", "unknown", "succeeded", "failed", "pending")
    return {name: getattr(standing, name) for name in names}


def _delivery(delivery: Delivery) -> Dict[str, Any]:
    from sim_api.convert import unstructure

    told = {"received": delivery.received, "delivery_id": delivery.delivery_id}
    if delivery.error is not None:
        return {"type": "rejected", **told, "reason": delivery.error.reason, "message": str(delivery.error)}
    return {"type": "delivery", **told, "times": delivery.times, "event": unstructure(delivery.event)}


def _settings(settings: Settings) -> Dict[str, Any]:
    configuration, key = settings.configuration, settings.api_key
    return {
        "file": str(configuration.path),
        "profiles": list(configuration.profiles),
        "profile": None if settings.profile is None else settings.profile.name,
        "base_url": asdict(settings.base_url),
        "api_key": None if key is None else {"source": key.source},
        "workspace": None if settings.workspace is None else asdict(settings.workspace),
    }


def _print(document: Any, *, err: bool = False) -> None:
    click.echo(json.dumps(document), err=err)
