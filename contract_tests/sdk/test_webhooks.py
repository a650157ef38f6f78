"""Webhook deliveries: which are trusted, and what they say."""

import datetime
import hashlib
import hmac
import json
import time
from typing import Any

import fastapi
import flask
import pytest
from fastapi.testclient import TestClient

from sim_api.v1.models import WebhookEvent
from sim_sdk import SimStudioError
from sim_sdk.webhooks import WebhookError, delivery_id, sign, verify

SECRET = "whsec_ž-canary"
NOW = 1_767_225_600  # 2026-01-01T00:00:00Z
EVENT = {
    "id": "evt_123",
    "type": "workflow.execution.completed",
    "timestamp": NOW * 1000,
    "data": {
        "workflowId": "wf",
        "executionId": "e-1",
        "status": "success",
        "level": "info",
        "trigger": "api",
        "startedAt": "2025-12-31T23:59:59.000Z",
        "endedAt": "2026-01-01T00:00:00.000Z",
        "totalDurationMs": 1000,
        "cost": {"total": 0.001},
        "files": None,
        "finalOutput": {"content": "Ahoj 🐎"},
    },
    "links": {"log": "/v1/logs/l-1", "execution": "/v1/logs/executions/e-1"},
}
BODY = json.dumps(EVENT, ensure_ascii=False, indent=1).encode()


def digest(body: bytes, secret: str = SECRET, timestamp: object = NOW * 1000) -> str:
    """The signature as documented, made without the SDK."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def header(body: bytes = BODY, secret: str = SECRET, seconds: float = NOW) -> str:
    timestamp = int(seconds * 1000)
    return f"t={timestamp},v1={digest(body, secret, timestamp)}"


def refusal(body: Any, source: Any, secret: Any = SECRET, **options: Any) -> WebhookError:
    with pytest.raises(WebhookError) as caught:
        verify(body, source, secret, **{"now": NOW, **options})
    return caught.value


# What is trusted


@pytest.mark.parametrize("body", [BODY, bytearray(BODY), memoryview(BODY), BODY.decode()])
@pytest.mark.parametrize(
    "source",
    [
        header(),
        {"sim-signature": header()},
        {"Sim-Signature": header(), "sim-event": "workflow.execution.completed"},
        {"Host": "x", "SIM-SIGNATURE": header()},
        {"wsgi.version": (1, 0), "SERVER_PORT": 80, "HTTP_SIM_SIGNATURE": header()},
        header().replace(",", ", "),
        header().replace("v1=", "v0=abc,v1="),
        header().upper().replace("T=", "t=").replace("V1=", "v1="),
        f"v1={digest(BODY)},t={NOW * 1000}",
    ],
)
def test_a_delivery_of_sims_is_read(body: Any, source: Any) -> None:
    event = verify(body, source, SECRET, now=NOW)
    assert isinstance(event, WebhookEvent)
    assert (event.id, event.type_, event.timestamp) == ("evt_123", "workflow.execution.completed", NOW * 1000)
    assert (event.data.execution_id, event.data.status, event.data.total_duration_ms) == ("e-1", "success", 1000)
    assert event.data.ended_at == datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    assert event.data.final_output == {"content": "Ahoj 🐎"}
    assert event.data.cost is not None
    assert event.data.cost.total == 0.001
    assert event.links is not None
    assert event.links.log == "/v1/logs/l-1"


def test_what_a_later_server_adds_is_kept() -> None:
    body = json.dumps({**EVENT, "type": "workflow.execution.paused", "novelty": [1]}).encode()
    event = verify(body, header(body), SECRET, now=NOW)
    assert (event.type_, event.additional_properties) == ("workflow.execution.paused", {"novelty": [1]})


@pytest.mark.parametrize("age", [0, 300, -300, 299.999])
def test_a_delivery_may_be_as_old_as_tolerated(age: float) -> None:
    assert verify(BODY, header(seconds=NOW - age), SECRET, now=NOW).id == "evt_123"


def test_any_age_can_be_tolerated() -> None:
    assert verify(BODY, header(seconds=5), SECRET, None, now=NOW).id == "evt_123"


@pytest.mark.parametrize("part", ["a=1", "s=1", "u=1", "v0=00", "v2=00", "tt=1", "=1", ""])
def test_parts_of_later_signatures_are_passed_over(part: str) -> None:
    for signature in (f"{part},{header()}", f"{header()},{part}"):
        assert verify(BODY, signature, SECRET, now=NOW).id == "evt_123"


def test_a_time_has_up_to_eighteen_digits() -> None:
    assert verify(BODY, sign(BODY, SECRET, 10**18 - 1), SECRET, None).id == "evt_123"
    assert refusal(BODY, sign(BODY, SECRET, 10**18), tolerance=None).reason == "malformed"


def test_the_time_is_that_of_the_machine() -> None:
    assert verify(BODY, header(seconds=time.time()), SECRET).id == "evt_123"
    with pytest.raises(WebhookError):
        verify(BODY, header(seconds=time.time() - 1000), SECRET)


# Rotation


@pytest.mark.parametrize("secrets", [["new", SECRET], (SECRET, "new"), ["new", SECRET.encode()], [SECRET]])
def test_while_a_secret_is_replaced_either_will_do(secrets: Any) -> None:
    assert verify(BODY, header(), secrets, now=NOW).id == "evt_123"


def test_while_the_sender_signs_twice_either_signature_will_do() -> None:
    for signatures in ((digest(BODY, "new"), digest(BODY)), (digest(BODY), digest(BODY, "new"))):
        twice = f"t={NOW * 1000}," + ",".join(f"v1={signature}" for signature in signatures)
        assert verify(BODY, twice, SECRET, now=NOW).id == "evt_123"


def test_none_of_the_secrets_fits() -> None:
    assert refusal(BODY, header(), ["new", "old"]).reason == "mismatch"


# What is not trusted


@pytest.mark.parametrize("source", [None, "", {}, {"sim-event": "x"}, {"sim-signature": ""}])
def test_a_delivery_without_a_signature(source: Any) -> None:
    error = refusal(BODY, source)
    assert error.reason == "missing"
    assert "sim-signature" in str(error)


@pytest.mark.parametrize(
    "signature",
    [
        "nonsense",
        ",",
        "=",
        "t=,v1=",
        f"t={NOW * 1000}",
        f"v1={digest(BODY)}",
        f"t=abc,v1={digest(BODY)}",
        f"t=-5,v1={digest(BODY)}",
        f"t=1e3,v1={digest(BODY)}",
        f"t= {NOW * 1000},v1={digest(BODY)}",
        f"t=١٢٣,v1={digest(BODY)}",
        f"t={'9' * 5000},v1={digest(BODY)}",
        f"t={NOW * 1000},t={NOW * 1000},v1={digest(BODY)}",
        f"t={NOW * 1000},v1=žluť",
        f"t={NOW * 1000},v2={digest(BODY)}",
    ],
)
def test_a_signature_that_is_none(signature: str) -> None:
    error = refusal(BODY, signature)
    assert error.reason == "malformed"
    assert "t=<milliseconds>,v1=<hex>" in str(error)


@pytest.mark.parametrize(
    "source",
    [
        header(BODY + b" "),
        header(secret="another"),
        f"t={NOW * 1000 + 1},v1={digest(BODY)}",
        f"t={NOW * 1000},v1=",
        f"t={NOW * 1000},v1={digest(BODY)[:-1]}",
        f"t={NOW * 1000},v1={digest(BODY)}00",
        f"t=0{NOW * 1000},v1={digest(BODY)}",
        f"t={NOW * 1000},v1={hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()}",
    ],
)
def test_a_signature_that_does_not_fit(source: str) -> None:
    assert refusal(BODY, source).reason == "mismatch"


@pytest.mark.parametrize("age", [300.001, 1e6, -300.001, -1e6])
def test_a_stale_delivery_or_one_from_the_future(age: float) -> None:
    error = refusal(BODY, header(seconds=NOW - age))
    assert error.reason == "stale"
    assert "300 s" in str(error)


def test_a_wrong_signature_is_told_before_its_age() -> None:
    assert refusal(BODY, header(secret="another", seconds=5)).reason == "mismatch"


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]", b"null", b"{}", b'{"id": 1}', b"\xff", b"[" * 100_000])
def test_a_signed_body_that_is_no_event(body: bytes) -> None:
    error = refusal(body, header(body))
    assert error.reason == "malformed"
    assert "body" in str(error)


def test_the_error_is_one_of_the_sdks_and_tells_no_secret() -> None:
    error = refusal(BODY, header(secret="another"))
    assert isinstance(error, SimStudioError)
    assert (error.code, error.status) == ("UNAUTHORIZED", None)
    shown = f"{error} {error!r} {vars(error)}"
    assert SECRET not in shown
    assert digest(BODY) not in shown


# Arguments


@pytest.mark.parametrize("body", [None, {"id": 1}, 7, object()])
def test_only_a_raw_body_can_be_checked(body: Any) -> None:
    with pytest.raises(TypeError, match="body: expected the raw body"):
        verify(body, header(), SECRET, now=NOW)


def test_the_time_of_a_test_is_given_by_name() -> None:
    with pytest.raises(TypeError):
        verify(BODY, header(), SECRET, 300, NOW)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ([("sim-signature", header())], "headers: expected .* got list"),
        (header().encode(), "headers: expected .* got bytes"),
        ({b"sim-signature": header().encode()}, "headers: expected names as str, got bytes"),
        ({"sim-signature": [header()]}, r"headers\['sim-signature'\]: expected a str, got list"),
    ],
)
def test_headers_of_another_form_are_refused(source: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        verify(BODY, source, SECRET, now=NOW)


@pytest.mark.parametrize("secret", [None, 7])
def test_a_secret_that_is_not_there_is_told(secret: Any) -> None:
    with pytest.raises(TypeError, match="secret: expected the webhook's secret"):
        verify(BODY, header(), secret, now=NOW)


def test_a_tolerance_that_is_no_number_tolerates_nothing() -> None:
    with pytest.raises(WebhookError) as caught:
        verify(BODY, header(), SECRET, float("nan"), now=NOW + 1e6)
    assert caught.value.reason == "stale"


@pytest.mark.parametrize("secret", ["", b"", [], [SECRET, ""], [None], [7]])
def test_an_empty_secret_checks_nothing(secret: Any) -> None:
    with pytest.raises(ValueError, match="secret"):
        verify(BODY, header(), secret, now=NOW)


# sign, delivery_id


def test_sign_signs_as_sim_does() -> None:
    assert sign(BODY, SECRET, NOW * 1000) == header()
    assert sign(BODY.decode(), SECRET.encode(), NOW * 1000) == header()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sim-Delivery-Id": "d-1", "Idempotency-Key": "i-1"}, "d-1"),
        ({"idempotency-key": "i-1"}, "i-1"),
        ({"sim-delivery-id": "", "idempotency-key": "i-1"}, "i-1"),
        ({"HTTP_SIM_DELIVERY_ID": "d-1"}, "d-1"),
        ({"x": "y"}, None),
        ({}, None),
    ],
)
def test_the_id_of_a_delivery(headers: dict[str, str], expected: str | None) -> None:
    assert delivery_id(headers) == expected


# Receivers


def test_a_flask_application_receives_deliveries() -> None:
    app = flask.Flask("receiver")

    @app.post("/webhooks/sim")
    def receive() -> tuple[str, int]:
        try:
            event = verify(flask.request.get_data(), flask.request.headers, SECRET)
        except WebhookError as error:
            return error.reason, 400
        return f"{delivery_id(flask.request.headers)} {event.data.execution_id}", 200

    client = app.test_client()
    headers = {"Sim-Signature": header(seconds=time.time()), "Sim-Delivery-Id": "d-1"}
    good = client.post("/webhooks/sim", data=BODY, headers=headers)
    assert (good.status_code, good.text) == (200, "d-1 e-1")
    bad = client.post("/webhooks/sim", data=BODY + b" ", headers=headers)
    assert (bad.status_code, bad.text) == (400, "mismatch")


def test_a_fastapi_application_receives_deliveries() -> None:
    app = fastapi.FastAPI()

    @app.post("/webhooks/sim")
    async def receive(request: fastapi.Request) -> str:
        try:
            event = verify(await request.body(), request.headers, SECRET)
        except WebhookError as error:
            raise fastapi.HTTPException(400, error.reason) from None
        return event.data.execution_id

    with TestClient(app) as client:
        headers = {"Sim-Signature": header(seconds=time.time())}
        good = client.post("/webhooks/sim", content=BODY, headers=headers)
        assert (good.status_code, good.json()) == (200, "e-1")
        assert client.post("/webhooks/sim", content=BODY).json() == {"detail": "missing"}
