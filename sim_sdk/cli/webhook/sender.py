"""Makes a signed delivery, as Sim does."""

import json
import time
import uuid
from typing import TYPE_CHECKING, Any, Dict, Optional

from sim_sdk._options import DEFAULT_USER_AGENT, require_url
from sim_sdk._validate import require_timeout
from sim_sdk.errors import EXECUTION_ERROR, TIMEOUT, ConnectionFailedError, RequestTimeoutError, SimStudioError
from sim_sdk.webhooks import sign

from .delivery import Sent
from .sample import EVENT

if TYPE_CHECKING:
    from sim_api.failures import TransportFailure
    from sim_api.transport import RawResponse

__all__ = ["send"]

_LARGEST_ANSWER = 65536  # bytes


def send(url: str, event: Any, secret: Optional[str], *, timeout: float) -> Sent:
    """Deliver an event.

    Args:
        url: The receiver.
        event: What to deliver, any JSON value.
        secret: What to sign it with; None for a delivery without a signature.
        timeout: Seconds for all of it.

    Raises:
        SimStudioError: There is no answer.
        ValueError: The URL is none.
    """
    from sim_api.failures import TransportFailure
    from sim_api.transport import Transport

    target = _target(url)
    require_timeout("timeout", timeout)
    body = json.dumps(event).encode()
    headers = _headers(body, event, secret)
    began = time.monotonic()
    transport = Transport()
    try:
        response = transport.open("POST", target, headers, body, connect=timeout, total=timeout, idle=None)
        duration = (time.monotonic() - began) * 1000
        answer = _read(response, began + timeout)
    except TransportFailure as failure:
        raise _failed(failure, url) from None
    finally:
        transport.close()
    return Sent(headers["sim-delivery-id"], response.status, duration, answer.decode("utf-8", "replace"))


def _target(url: str) -> str:
    """The URL as it is sent: receivers may be told apart by a query, which the URL of a Sim server never has."""
    address, mark, query = url.partition("#")[0].partition("?")
    require_url("url", address)
    return address + mark + query


def _headers(body: bytes, event: Any, secret: Optional[str]) -> Dict[str, str]:
    now, delivery_id = int(time.time() * 1000), str(uuid.uuid4())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": DEFAULT_USER_AGENT,
        "sim-event": _kind(event),
        "sim-timestamp": str(now),
        "sim-delivery-id": delivery_id,
        "Idempotency-Key": delivery_id,
    }
    if secret is not None:
        headers["sim-signature"] = sign(body, secret, now)
    return headers


def _kind(event: Any) -> str:
    kind = event.get("type") if isinstance(event, dict) else None
    return kind if isinstance(kind, str) and kind.isascii() and kind.isprintable() else EVENT


def _read(response: "RawResponse", deadline: float) -> bytes:
    """The beginning of the answer's body."""
    pieces = b""
    while not response.ended and len(pieces) < _LARGEST_ANSWER:
        pieces += response.read(total=max(0.001, deadline - time.monotonic()), idle=None)
    response.close()
    return pieces[:_LARGEST_ANSWER]


def _failed(failure: "TransportFailure", url: str) -> SimStudioError:
    from sim_api.failures import FailureKind

    if failure.kind is FailureKind.TIMEOUT:
        return RequestTimeoutError(f"timed out: {failure}", TIMEOUT, request_sent=failure.request_sent)
    problem = "cannot connect to" if failure.kind is FailureKind.CONNECT else "no whole answer from"
    return ConnectionFailedError(f"{problem} {url}: {failure}", EXECUTION_ERROR, request_sent=failure.request_sent)
