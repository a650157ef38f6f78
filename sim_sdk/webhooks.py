"""Webhook deliveries: whether they are Sim's, and what they say.

    event = webhooks.verify(request.get_data(), request.headers, secret)
    print(event.data.execution_id, event.data.status)

Sim delivers again after an error (5 s, 15 s, 1, 3 and 10 minutes), so the same delivery may come twice: `delivery_id`
tells.
"""

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any, Iterable, List, Optional, Protocol, Sequence, Tuple, Union

from sim_api import v1
from sim_api.failures import without_frames

from .errors import UNAUTHORIZED, SimStudioError, parse_json

if TYPE_CHECKING:
    from sim_api.v1.models import WebhookEvent

__all__ = ["WebhookError", "delivery_id", "sign", "verify"]

Body = Union[bytes, bytearray, memoryview, str]
Secret = Union[str, bytes]

_SIGNATURE = "sim-signature"
_DELIVERY_IDS = ("sim-delivery-id", "idempotency-key")
_MAX_DIGITS = 18


class HeaderFields(Protocol):
    """A request's headers, of whatever framework: those of some are no Mapping."""

    def items(self) -> Iterable[Tuple[str, str]]:
        """Names and values."""
        ...


class WebhookError(SimStudioError):
    """A delivery that is not to be trusted, or not to be read.

    Attributes:
        reason: "missing" (no signature), "malformed" (the signature or the body cannot be read), "mismatch" (another
            secret, or another body) or "stale" (too old, or from the future).
    """

    def __init__(self, message: str, reason: str = "malformed") -> None:
        super().__init__(message, UNAUTHORIZED)
        self.reason = reason


def verify(
    body: Body,
    headers_or_signature: Union[HeaderFields, str, None],
    secret: Union[Secret, Sequence[Secret]],
    tolerance: Optional[float] = 300,
    *,
    now: Optional[float] = None,
) -> "WebhookEvent":
    """Check a delivery's signature and age, and return its event.

    Args:
        body: The raw body, exactly as it was received; not parsed and written anew.
        headers_or_signature: The request's headers (names without regard to case, or as WSGI has them), or the
            `sim-signature` alone.
        secret: The webhook's secret, or several while one replaces another.
        tolerance: How far the signature's time may be from now, in seconds; None for any time.
        now: The time in epoch seconds, for tests.

    Raises:
        WebhookError: The signature is missing, malformed, wrong or stale, or the body is no event.
        TypeError, ValueError: An argument is not what it should be.
    """
    try:
        return _verify(_raw(body), headers_or_signature, _secrets(secret), tolerance, now)
    except WebhookError as error:
        secret = ""  # whoever reports the error with its locals would show it
        raise without_frames(error) from None


def _verify(
    raw: bytes,
    headers_or_signature: Union[HeaderFields, str, None],
    secrets: List[bytes],
    tolerance: Optional[float],
    now: Optional[float],
) -> "WebhookEvent":
    timestamp, signatures = _parse_signature(_signature(headers_or_signature))
    expected = [_digest(raw, one, timestamp) for one in secrets]
    # Every pair is compared, so that the time taken tells nothing.
    matches = [hmac.compare_digest(signature, digest) for signature in signatures for digest in expected]
    if not any(matches):
        raise WebhookError("the signature does not fit: another secret, or the body was changed on its way", "mismatch")
    age = (time.time() if now is None else now) - int(timestamp) / 1000
    if tolerance is not None and not abs(age) <= tolerance:  # nothing is tolerated that is no number
        raise WebhookError(f"the delivery was signed {age:.0f} s ago, more than the {tolerance:g} s allowed", "stale")
    return _event(raw)


def sign(body: Body, secret: Secret, timestamp: int) -> str:
    """The `sim-signature` of a body, for tests of one's own receiver.

    Args:
        body: The raw body.
        secret: The webhook's secret.
        timestamp: Milliseconds since the epoch.
    """
    (key,) = _secrets(secret)
    return f"t={timestamp},v1={_digest(_raw(body), key, str(timestamp))}"


def delivery_id(headers: HeaderFields) -> Optional[str]:
    """The id of a delivery, the same each time that it is delivered; None where the headers have none."""
    return next((value for value in (_header(headers, name) for name in _DELIVERY_IDS) if value), None)


def _digest(raw: bytes, secret: bytes, timestamp: str) -> str:
    return hmac.new(secret, timestamp.encode("ascii") + b"." + raw, hashlib.sha256).hexdigest()


def _parse_signature(text: str) -> Tuple[str, List[str]]:
    """`t=<milliseconds>,v1=<hex>`, with one or more v1."""
    pairs = [part.strip().partition("=") for part in text.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    timestamp = times[0] if len(times) == 1 else ""
    signatures = [value.lower() for name, _, value in pairs if name == "v1"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MAX_DIGITS):
        raise WebhookError("the signature has no time: expected t=<milliseconds>,v1=<hex>")
    if not signatures or not all(signature.isascii() for signature in signatures):
        raise WebhookError("the signature has no v1: expected t=<milliseconds>,v1=<hex>")
    return timestamp, signatures


def _signature(source: Union[HeaderFields, str, None]) -> str:
    signature = source if isinstance(source, str) or source is None else _header(source, _SIGNATURE)
    if not signature:
        raise WebhookError("the delivery has no sim-signature header", "missing")
    return signature


def _header(headers: HeaderFields, name: str) -> Optional[str]:
    if not hasattr(headers, "items"):
        raise TypeError(f"headers: expected the request's headers as a mapping, got {type(headers).__name__}")
    for key, value in headers.items():
        if not isinstance(key, str):
            raise TypeError(f"headers: expected names as str, got {type(key).__name__}")
        # WSGI, and Django's META, have HTTP_SIM_SIGNATURE.
        if key.lower().replace("_", "-") in (name, f"http-{name}"):
            if not isinstance(value, (str, type(None))):
                raise TypeError(f"headers[{key!r}]: expected a str, got {type(value).__name__}")
            return value
    return None


def _raw(body: Body) -> bytes:
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise TypeError(f"body: expected the raw body as bytes, got {type(body).__name__}")


def _secrets(secret: Union[Secret, Sequence[Secret]]) -> List[bytes]:
    if not isinstance(secret, (str, bytes)) and not hasattr(secret, "__iter__"):
        raise TypeError(f"secret: expected the webhook's secret, or a list of them, got {type(secret).__name__}")
    given = [secret] if isinstance(secret, (str, bytes)) else list(secret)
    secrets = [one.encode("utf-8") if isinstance(one, str) else one for one in given]
    if not secrets or not all(isinstance(one, bytes) and one for one in secrets):
        raise ValueError("secret: expected the webhook's secret, or a list of them, none of them empty")
    return secrets


def _event(raw: bytes) -> "WebhookEvent":
    from sim_api.convert import structure

    value: Any = parse_json(raw)
    if not isinstance(value, dict):
        raise WebhookError("the body is no JSON object")
    try:
        return structure(value, v1.models.WebhookEvent)
    except ValueError as error:
        raise WebhookError(f"the body is no event: {error}") from None
