"""What of webhooks only a mutant would get wrong."""

import json

import pytest

from sim_sdk.webhooks import WebhookError, sign, verify

BODY = json.dumps(
    {
        "id": "evt",
        "type": "workflow.execution.completed",
        "timestamp": 1,
        "data": {
            "workflowId": "w",
            "executionId": "e",
            "status": "success",
            "level": "info",
            "trigger": "api",
            "startedAt": "2026-01-01T00:00:00Z",
            "endedAt": "2026-01-01T00:00:01Z",
            "totalDurationMs": 1000,
            "cost": {"total": 0.01},
            "files": None,
        },
        "links": {"log": "/l", "execution": "/e"},
    }
).encode()


def test_a_time_has_up_to_eighteen_digits() -> None:
    assert verify(BODY, sign(BODY, "secret", 10**18 - 1), "secret", tolerance=None).id == "evt"
    with pytest.raises(WebhookError, match="no time") as caught:
        verify(BODY, sign(BODY, "secret", 10**18), "secret", tolerance=None)
    assert caught.value.reason == "malformed"


@pytest.mark.parametrize("part", ["a=1", "s=1", "u=1", "v0=00", "v2=00", "tt=1", "=1", ""])
def test_parts_of_later_signatures_are_passed_over(part: str) -> None:
    signature = sign(BODY, "secret", 1000)
    for extended in (f"{part},{signature}", f"{signature},{part}"):
        assert verify(BODY, extended, "secret", now=1.0).id == "evt"


def test_the_time_of_a_test_is_given_by_name() -> None:
    with pytest.raises(TypeError):
        verify(BODY, sign(BODY, "secret", 1000), "secret", 300, 1.0)  # type: ignore[misc]
