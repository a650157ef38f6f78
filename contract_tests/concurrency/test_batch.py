"""Batches: each item once, whatever happens; on threads, processes, a cluster, and the event loop."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from contract_tests.concurrency.conftest import FakeClock
from sim_conformance.mock import MockSim
from sim_sdk import (
    AsyncSimStudioClient,
    BatchInterrupted,
    BatchProgress,
    BatchResult,
    NotFoundError,
    RateLimitError,
    SimStudioClient,
)

Items = Iterable[tuple[str, Any]]
Run = Callable[..., list[BatchResult]]


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest, sim: MockSim, clock: FakeClock) -> Run:
    """Runs a batch on either client and collects its results."""

    def synchronous(items: Items, **options: Any) -> list[BatchResult]:
        with SimStudioClient(sim.api_key, sim.base_url, clock=clock) as client:
            return list(client.execute_batch(items, **options))

    async def asynchronous(items: Items, **options: Any) -> list[BatchResult]:
        async with AsyncSimStudioClient(sim.api_key, sim.base_url, clock=clock) as client:
            return [result async for result in client.execute_batch(items, **options)]

    if request.param == "sync":
        return synchronous
    return lambda items, **options: asyncio.run(asynchronous(items, **options))


def _items(count: int) -> Iterator[tuple[str, Any]]:
    return (("echo", {"i": number}) for number in range(count))


def _executed(sim: MockSim) -> Counter[int]:
    """How often the server ran each input, by its journal."""
    bodies = (entry.body for entry in sim.journal if entry.status == 200 and entry.path.endswith("/execute"))
    return Counter(json.loads(body)["i"] for body in bodies)


def test_each_item_is_run_once_and_its_result_told(run: Run, sim: MockSim) -> None:
    results = run(_items(100), max_concurrency=8)
    assert sorted(result.index for result in results) == list(range(100))
    for result in results:
        assert result.success
        assert result.input_data == {"i": result.index}
        assert result.result is not None
        assert result.result.output["result"]["echo"] == {"i": result.index}
    assert _executed(sim) == dict.fromkeys(range(100), 1)
    assert not sim.violations


def test_order_on_request(run: Run) -> None:
    assert [result.index for result in run(_items(100), ordered=True)] == list(range(100))


def test_a_rate_limit_slows_all_and_loses_and_repeats_nothing(run: Run, sim: MockSim, clock: FakeClock) -> None:
    sim.set_rate_limit(limit=100, window=1)
    results = run(_items(1000), max_concurrency=8)
    assert all(result.success for result in results)
    assert _executed(sim) == dict.fromkeys(range(1000), 1)
    limited = sum(entry.status == 429 for entry in sim.journal)
    # Those under way when the limit is met, and after each pause not all at once again.
    assert 0 < limited <= 9 * 10
    assert len(clock.sleeps) <= 2 * 9


def test_a_limit_longer_than_allowed_fails_the_item(run: Run, sim: MockSim) -> None:
    sim.set_rate_limit(limit=1, window=3600)
    results = run(_items(3), max_concurrency=1, max_retry_after=60)
    assert [result.success for result in results] == [True, False, False]
    assert all(isinstance(result.error, RateLimitError) for result in results[1:])


def test_failures_are_results(run: Run, sim: MockSim) -> None:
    results = run(
        [("nosuch", {}), ("failing", {}), ("", {}), ("echo", {"bad": object()}), ("echo", {"i": 1})], ordered=True
    )
    missing, failing, no_id, bad_input, good = results
    assert isinstance(missing.error, NotFoundError)
    assert failing.error is None
    assert failing.result is not None
    assert not failing.success
    assert isinstance(no_id.error, ValueError)
    assert "workflow_id" in str(no_id.error)
    assert isinstance(bad_input.error, TypeError)
    assert "input_data.bad" in str(bad_input.error)
    assert good.success


def test_progress_is_told(run: Run) -> None:
    seen: list[BatchProgress] = []
    run([*_items(5), ("failing", {})], on_progress=seen.append, max_concurrency=2)
    assert len(seen) == 6
    assert seen[-1] == BatchProgress(succeeded=5, failed=1, running=0, total=6)
    assert all(progress.running <= 2 for progress in seen)


def test_items_are_read_as_they_are_needed(run: Run, sim: MockSim) -> None:
    ahead: list[int] = []

    def items() -> Iterator[tuple[str, Any]]:
        for number in range(50):
            ahead.append(number - sum(_executed(sim).values()))
            yield "echo", {"i": number}

    run(items(), max_concurrency=4)
    assert max(ahead) <= 4


def test_an_empty_batch(run: Run) -> None:
    assert run([]) == []


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"max_concurrency": 0}, "max_concurrency"),
        ({"max_concurrency": "8"}, "max_concurrency"),
        ({"timeout": 0}, "timeout"),
        ({"max_retries": -1}, "max_retries"),
    ],
)
def test_bad_arguments_are_refused_at_once(options: dict[str, Any], name: str, sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises((TypeError, ValueError), match=name):
        client.execute_batch([], **options)


def _processes() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), _processes], ids=["threads", "processes"])
def test_any_executor(run: Run, sim: MockSim, make: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", sim.api_key)
    with make() as executor:
        results = run([*_items(20), ("nosuch", {})], executor=executor, max_concurrency=4)
    assert sum(result.success for result in results) == 20
    assert _executed(sim) == dict.fromkeys(range(20), 1)
    (failed,) = (result for result in results if not result.success)
    assert isinstance(failed.error, NotFoundError)


def test_the_key_does_not_travel_with_the_items(sim: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIM_API_KEY", raising=False)
    with SimStudioClient(sim.api_key, sim.base_url) as client, _processes() as executor:
        (result,) = client.execute_batch([("echo", {"i": 1})], executor=executor)
    assert isinstance(result.error, ValueError)
    assert "SIM_API_KEY" in str(result.error)


def test_leaving_early_starts_nothing_more(sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client:
        batch = client.execute_batch(_items(1000), max_concurrency=2)
        next(iter(batch))
        batch.close()  # type: ignore[attr-defined]  # it is a generator
    assert sum(_executed(sim).values()) <= 4


INTERRUPTED = """
    import signal, sys
    from sim_sdk import BatchInterrupted, SimStudioClient

    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background jobs

    def items():
        for number in range(100):
            if number == 3:
                print("started", flush=True)
            yield "slow-enough", {"i": number}

    with SimStudioClient() as client:
        try:
            for result in client.execute_batch(items(), max_concurrency=3, ordered=sys.argv[1] == "ordered"):
                pass
        except BatchInterrupted as interrupted:
            print(sorted(result.index for result in interrupted.results), interrupted.unanswered, flush=True)
            sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to one process")
@pytest.mark.parametrize("order", ["as they finish", "ordered"])
def test_interrupting_finishes_what_runs_and_says_what_was_started(sim: MockSim, order: str) -> None:
    from sim_conformance.mock import Slow

    sim.add_workflow("slow-enough", Slow(1.0))
    environment = {**os.environ, "SIM_API_KEY": sim.api_key, "SIM_BASE_URL": sim.base_url}
    command = [sys.executable, "-c", textwrap.dedent(INTERRUPTED), order]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        # The fourth item is asked for when the first three have been started and one of them has ended.
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGINT)
        told = process.stdout.read()
    assert process.returncode == 130
    ran = sorted(_executed(sim))
    assert all(count == 1 for count in _executed(sim).values())
    finished, unanswered = told.strip().rsplit(" ", 1)
    assert unanswered == "[]"
    assert set(json.loads(finished)) <= set(ran)
    assert len(ran) <= 7


def test_interrupting_loses_no_result_that_waits_for_an_earlier_one(sim: MockSim) -> None:
    from sim_conformance.mock import Slow

    sim.add_workflow("slow-enough", Slow(0.5))

    def items() -> Iterator[tuple[str, Any]]:
        yield "slow-enough", {"i": 0}
        for number in range(1, 10):
            if number == 5:  # the four before it have ended, the first one has not
                raise KeyboardInterrupt
            yield "echo", {"i": number}

    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises(BatchInterrupted) as interrupted:
        list(client.execute_batch(items(), max_concurrency=2, ordered=True))
    assert sorted(result.index for result in interrupted.value.results) == list(range(5))
    assert interrupted.value.unanswered == []
