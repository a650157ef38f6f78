"""Executions and their spans, as servers send them."""

from typing import Any


def entry(name: str, started: str = "2026-11-23T07:00:00.000Z", **changes: Any) -> dict[str, Any]:
    """An execution in a page of logs. Its id and its workflow are called alike."""
    return {
        "id": name,
        "executionId": f"execution-{name}",
        "workflowId": name,
        "level": "info",
        "trigger": "api",
        "startedAt": started,
        "endedAt": started,
        "totalDurationMs": 198,
        "cost": {"total": 0.001},
        "files": None,
        "workflow": {"id": name, "name": name},
        **changes,
    }


def page(*entries: dict[str, Any], cursor: "str | None" = None) -> dict[str, Any]:
    """A page of logs."""
    return {"data": list(entries), **({"nextCursor": cursor} if cursor else {})}


def span(name: str, start: int, duration: float, **changes: Any) -> dict[str, Any]:
    """A span that starts `start` milliseconds after its workflow."""
    return {
        "id": name,
        "name": name,
        "type": "function",
        "status": "success",
        "startTime": f"2026-11-23T07:00:00.{start:03}Z",
        "duration": duration,
        "children": [],
        **changes,
    }


def detail(*spans: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An execution in full."""
    data = {"traceSpans": list(spans), "finalOutput": {"content": "Hello"}, "workflowInput": {"message": "hi"}}
    return {"data": entry("one", **{"executionData": data, **changes})}
