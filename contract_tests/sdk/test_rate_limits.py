"""Rate limits met at a server that really has them: the mock in every dialect, on the client's own clock."""

import pytest

from contract_tests.sdk._clock import FakeClock
from sim_conformance.mock import MockSim
from sim_sdk import RateLimitError, SimStudioClient, UsageLimitError

WINDOW = 60.0


def runs(sim: MockSim) -> int:
    """How many runs the server has really begun."""
    return sum(entry.status == 200 for entry in sim.journal if entry.path.endswith("/execute"))


def test_a_full_window_is_an_error_of_its_own(sim: MockSim, client: SimStudioClient) -> None:
    sim.exhaust_rate_limit()
    with pytest.raises(RateLimitError) as caught:
        client.execute_workflow("echo", {"a": 1})
    assert (caught.value.code, caught.value.status) == ("RATE_LIMIT_EXCEEDED", 429)
    assert runs(sim) == 0


def test_with_enough_retries_any_window_is_outwaited(sim: MockSim, client: SimStudioClient, clock: FakeClock) -> None:
    sim.set_rate_limit(1, window=WINDOW)
    client.execute_workflow("echo", {"a": 1})
    before = clock.time()
    assert client.execute_with_retry("echo", {"a": 2}, max_retries=8).success
    assert clock.time() - before >= WINDOW
    assert runs(sim) == 2


def test_by_default_a_window_is_outwaited_where_the_server_tells_when_it_ends(
    sim: MockSim, client: SimStudioClient, clock: FakeClock
) -> None:
    sim.set_rate_limit(1, window=WINDOW)
    client.execute_workflow("echo", {"a": 1})
    if sim.dialect == "2026-08":
        # Nothing but a sentence: 1, 2 and 4 seconds are all that the documented defaults allow.
        with pytest.raises(RateLimitError):
            client.execute_with_retry("echo", {"a": 2})
        assert len(clock.slept) == 3
        return
    assert client.execute_with_retry("echo", {"a": 2}).success
    (waited,) = clock.slept
    assert WINDOW - 1 <= waited <= WINDOW + 2
    assert runs(sim) == 2


def test_runs_in_the_background_have_a_window_of_their_own(
    sim: MockSim, client: SimStudioClient, clock: FakeClock
) -> None:
    sim.set_rate_limit(1, window=WINDOW, mode="async")
    client.execute_workflow("echo", async_execution=True)
    with pytest.raises(RateLimitError):
        client.execute_workflow("echo", async_execution=True)
    assert client.execute_workflow("echo").success
    assert client.execute_with_retry("echo", async_execution=True, max_retries=8).success


def test_a_stream_meets_the_same_limit(sim: MockSim, client: SimStudioClient) -> None:
    sim.exhaust_rate_limit()
    with pytest.raises(RateLimitError):
        client.stream_workflow("agent")


def test_reading_logs_outwaits_its_window(sim: MockSim, client: SimStudioClient, clock: FakeClock) -> None:
    sim.set_rate_limit(1, window=20.0, mode="api")
    client.logs.list(workspace_id=sim.workspace_id)
    info = client.get_rate_limit_info()
    assert info is not None
    assert (info.limit, info.remaining) == (1, 0)
    assert info.reset == pytest.approx(clock.time() + 20, abs=1)
    patient = client.with_options(timeout=None)
    assert patient.logs.list(workspace_id=sim.workspace_id).data == []
    assert sum(clock.slept) >= 19


def test_the_plans_usage_limit_is_not_waited_for(sim: MockSim, client: SimStudioClient, clock: FakeClock) -> None:
    sim.set_usage(cost=10.0, limit=10.0)
    with pytest.raises(UsageLimitError) as caught:
        client.execute_with_retry("echo")
    assert (caught.value.code, clock.slept) == ("USAGE_LIMIT_EXCEEDED", [])


def test_copies_and_threads_share_what_is_known(sim: MockSim, client: SimStudioClient) -> None:
    sim.set_rate_limit(5, mode="api")
    client.logs.list(workspace_id=sim.workspace_id)
    copy = client.with_options(timeout=5.0)
    assert copy.get_rate_limit_info() == client.get_rate_limit_info()
