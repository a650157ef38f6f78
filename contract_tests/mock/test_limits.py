"""Rate limits follow the clock, and each dialect says in its own way when to come back."""

import pytest
from urllib3.response import BaseHTTPResponse

from contract_tests.mock.http_client import Client
from sim_conformance.mock import ManualClock, MockSim


def test_a_window_opens_with_its_first_request_and_closes_a_full_length_later(
    sim: MockSim, client: Client, clock: ManualClock
) -> None:
    sim.set_rate_limit(2, window=60)
    clock.advance(1000)
    statuses = [client.run("echo", {}).status]
    clock.advance(59)
    statuses += [client.run("echo", {}).status, client.run("echo", {}).status]
    clock.advance(0.999)
    statuses.append(client.run("echo", {}).status)
    clock.advance(0.001)
    statuses.append(client.run("echo", {}).status)
    assert statuses == [200, 200, 429, 429, 200]


def test_sync_runs_async_runs_and_logs_are_counted_apart(sim: MockSim, client: Client) -> None:
    sim.exhaust_rate_limit("sync")
    assert client.run("echo", {}).status == 429
    assert client.run("echo", {}, X_Execution_Mode="async").status == 202
    assert client.logs().status == 200
    sim.exhaust_rate_limit("api")
    assert client.logs().status == 429
    assert client.get("/api/users/me/usage-limits").status == 200
    assert client.get("/api/workflows/echo/status").status == 200


def test_a_refused_run_leaves_no_log(sim: MockSim, client: Client) -> None:
    sim.exhaust_rate_limit()
    client.run("echo", {})
    assert client.logs().json()["data"] == []


def test_the_documented_headers_count_down_and_tell_the_end_in_epoch_seconds(
    documented: MockSim, clock: ManualClock
) -> None:
    documented.set_rate_limit(2, window=30)
    with Client(documented) as client:
        first = client.run("echo", {})
        clock.advance(10.5)
        client.run("echo", {})
        refused = client.run("echo", {})
    reset = str(int(clock.time() - 10.5 + 30))
    assert limit_headers(first) == ("2", "1", reset, None)
    assert limit_headers(refused) == ("2", "0", reset, "20")
    assert refused.json() == {"error": "Rate limit exceeded", "code": "RATE_LIMIT_EXCEEDED"}


def test_usage_limits_show_the_window(sim: MockSim, client: Client, clock: ManualClock) -> None:
    sim.set_rate_limit(5, window=60)
    client.run("echo", {})
    clock.advance(20)
    sync = client.get("/api/users/me/usage-limits").json()["rateLimit"]["sync"]
    assert (sync["isLimited"], sync["remaining"]) == (False, 4)
    assert sync["resetAt"] == "2026-01-01T00:01:00.000Z"
    sim.exhaust_rate_limit()
    assert client.get("/api/users/me/usage-limits").json()["rateLimit"]["sync"]["isLimited"] is True


def test_runs_cost_money_until_it_is_spent(sim: MockSim, client: Client) -> None:
    sim.set_usage(cost=0.0, limit=0.0055)
    statuses = [client.run("echo", {}).status for _ in range(7)]
    assert statuses == ([200] * 6 + [402] if sim.dialect != "2026-08" else [200] * 2 + [402] * 5)
    assert client.logs().json()["limits"]["usage"]["isExceeded"] is True


@pytest.mark.parametrize("seconds", [-1.0, -0.001])
def test_time_does_not_run_backwards(clock: ManualClock, seconds: float) -> None:
    with pytest.raises(ValueError, match="negative"):
        clock.advance(seconds)


def limit_headers(response: BaseHTTPResponse) -> tuple[str | None, ...]:
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After")
    return tuple(response.headers.get(name) for name in names)
