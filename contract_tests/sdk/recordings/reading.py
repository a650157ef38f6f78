"""A second reading of a recorded answer, from its bytes, by the rules that the documentation and the spec state.

Shares nothing with the SDK but the names of its error classes; what the SDK makes of an answer is held against it.
"""

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sim_sdk
from contract_tests.sdk.recordings.recording import Recording, json_or_none

BY_STATUS = {
    401: (sim_sdk.AuthenticationError, "UNAUTHORIZED"),
    402: (sim_sdk.UsageLimitError, "USAGE_LIMIT_EXCEEDED"),
    403: (sim_sdk.PermissionDeniedError, None),
    404: (sim_sdk.NotFoundError, None),
    408: (sim_sdk.RequestTimeoutError, "TIMEOUT"),
    429: (sim_sdk.RateLimitError, "RATE_LIMIT_EXCEEDED"),
}
BY_CLASS = {3: sim_sdk.RedirectError, 4: sim_sdk.InvalidRequestError, 5: sim_sdk.ServerError}


@dataclass(frozen=True)
class ExpectedError:
    """What has to be raised.

    Attributes:
        code: the documented one, None for the one that belongs to the method.
        sentences: what the message has to say.
    """

    kind: type[sim_sdk.SimStudioError]
    code: str | None
    server_code: str | None
    sentences: list[str]


@dataclass(frozen=True)
class ExpectedStream:
    """What a stream has to give."""

    success: bool
    output: Any
    error: str | None
    chunks: list[str] = field(default_factory=list)


def is_2xx(recording: Recording) -> bool:
    return 200 <= recording.status < 300


def is_event_stream(recording: Recording) -> bool:
    return recording.headers.get("content-type", "").startswith("text/event-stream")


def is_failed_run(recording: Recording) -> bool:
    """A failed workflow: more than an error, whatever the status."""
    value = recording.value
    return isinstance(value, dict) and value.get("success") is False and bool(value.keys() & {"output", "metadata"})


def is_envelope(recording: Recording) -> bool:
    """A run's result, not the raw body of a Response block."""
    return isinstance(recording.value, dict) and isinstance(recording.value.get("success"), bool)


def expected_error(recording: Recording) -> ExpectedError:
    value = recording.value if isinstance(recording.value, dict) else {}
    kind, code = BY_STATUS.get(recording.status, (BY_CLASS[recording.status // 100], None))
    sentence = value.get("error", "")
    if code is None and sentence.startswith("Invalid JSON"):
        code = "INVALID_JSON"
    if code is None and value.get("code") == "EXECUTION_ERROR":
        code = "EXECUTION_ERROR"
    details = [detail["message"] for detail in value.get("details", [])]
    return ExpectedError(kind, code, value.get("code"), [sentence, *details])


def expected_retry_after(recording: Recording, now: float) -> float | None:
    """Seconds that the server asks to wait: by header, by the body's epoch milliseconds, or in its sentence."""
    if "retry-after" in recording.headers:
        return float(recording.headers["retry-after"])
    value = recording.value if isinstance(recording.value, dict) else {}
    if "retryAfter" in value:
        return float(value["retryAfter"] / 1000 - now)
    if recording.headers.get("x-ratelimit-remaining") == "0":
        return epoch(recording.headers["x-ratelimit-reset"]) - now
    moment = re.search(r"[Rr]esets at (\S+Z)", value.get("error", "")) if recording.status == 429 else None
    return epoch(moment.group(1)) - now if moment else None


def expected_rate_limit(recording: Recording, now: float) -> tuple[int, int, int] | None:
    """Limit, remaining, reset in epoch seconds; None where the answer tells none."""
    if "x-ratelimit-reset" in recording.headers:
        limit, remaining = (int(recording.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining"))
        return limit, remaining, int(epoch(recording.headers["x-ratelimit-reset"]))
    wait = expected_retry_after(recording, now)
    return None if wait is None else (0, 0, int(now + wait))


def expected_job(recording: Recording) -> dict[str, Any]:
    body = recording.value
    metadata = {"startedAt": None, "completedAt": None, "duration": None, **body["metadata"]}
    status = {"pending": "queued"}.get(body["status"], body["status"])
    return {"output": None, "error": None, **body, "metadata": metadata, "status": status}


def expected_stream(recording: Recording) -> ExpectedStream:
    frames = list(_frames(recording.body.decode()))
    chunks = [frame for frame in frames if "chunk" in frame]
    last = frames[-1]
    texts = [frame["chunk"] for frame in chunks]
    data = last["data"] if last["event"] == "final" else {"success": False, "output": {}, "error": last["error"]}
    output = _completed(data.get("output"), chunks)
    return ExpectedStream(data["success"], output, data.get("error"), texts)


def _frames(text: str) -> Iterator[dict[str, Any]]:
    for block in text.split("\n\n"):
        frame = json_or_none(block.removeprefix("data: "))
        if isinstance(frame, dict):
            yield frame


def _completed(output: Any, chunks: list[dict[str, str]]) -> Any:
    """The output with each block's streamed text that it doesn't hold yet, as text or as JSON."""
    streamed: dict[str, str] = {}
    for chunk in chunks:
        streamed[chunk["blockId"]] = streamed.get(chunk["blockId"], "") + chunk["chunk"]
    for block_id, text in streamed.items():
        held = (output or {}).get(block_id, {})
        if not any(text in (value, json.dumps(value, indent=2, ensure_ascii=False)) for value in held.values()):
            output = {**(output or {}), block_id: {**held, "content": text}}
    return output


def with_limit(buckets: dict[str, Any]) -> dict[str, Any]:
    """Rate-limit buckets under the documented name of their limit."""
    return {
        name: {"limit": bucket["requestsPerMinute"], **bucket} if "requestsPerMinute" in bucket else bucket
        for name, bucket in buckets.items()
        if isinstance(bucket, dict)
    } | {name: other for name, other in buckets.items() if not isinstance(other, dict)}


def epoch(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
