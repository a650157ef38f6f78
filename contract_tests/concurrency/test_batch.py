"""Batches: each item once, whatever happens; on threads, processes, a cluster, and the event loop."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
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


class _Unreadable:
    """A file whose reading fails in a way of its own."""

    def read(self, size: int = -1) -> bytes:
        raise RuntimeError("the archive is damaged")


def test_an_item_that_is_no_pair_is_a_failed_item(run: Run, sim: MockSim) -> None:
    items: list[Any] = [None, "ec", ("echo",), ("echo", {}, {}), {"echo": 1, "i": 2}, ("echo", {"file": _Unreadable()})]
    results = run([*items, ("echo", {"i": 6})], ordered=True)
    assert [result.success for result in results] == [False] * 6 + [True]
    for index, result in enumerate(results[:5]):
        assert isinstance(result.error, TypeError)
        assert str(result.error).startswith(f"items[{index}]: expected a pair")
        assert result.input_data == items[index]
    assert "damaged" in str(results[5].error)
    assert _executed(sim) == {6: 1}


def _collected(sim: MockSim, client: str, items: Items, **options: Any) -> tuple[list[int], Exception | None]:
    """The indexes of the results that are handed out, and what is raised after them."""
    got: list[int] = []

    async def asynchronous() -> None:
        async with AsyncSimStudioClient(sim.api_key, sim.base_url) as client:
            async for result in client.execute_batch(items, **options):
                got.extend([result.index])  # one at a time: what was got before an error counts

    try:
        if client == "async":
            asyncio.run(asynchronous())
        else:
            with SimStudioClient(sim.api_key, sim.base_url) as synchronous:
                got.extend(result.index for result in synchronous.execute_batch(items, **options))
    except RuntimeError as error:
        return got, error
    return got, None


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("client", ["sync", "async"])
def test_what_runs_is_not_lost_when_the_items_break(sim: MockSim, client: str, ordered: bool) -> None:
    def items() -> Iterator[tuple[str, Any]]:
        yield from _items(5)
        raise RuntimeError("the database is gone")

    got, error = _collected(sim, client, items(), ordered=ordered)
    assert str(error) == "the database is gone"
    assert sorted(got) == list(range(5))
    assert _executed(sim) == dict.fromkeys(range(5), 1)


@pytest.mark.parametrize("client", ["sync", "async"])
def test_what_runs_is_not_lost_when_the_progress_cannot_be_told(sim: MockSim, client: str) -> None:
    told: list[BatchProgress] = []

    def tell(progress: BatchProgress) -> None:
        told.append(progress)
        raise RuntimeError("the window is closed")

    got, error = _collected(sim, client, _items(100), max_concurrency=4, on_progress=tell)
    assert str(error) == "the window is closed"
    assert len(told) == 1
    assert sorted(got) == sorted(_executed(sim))
    assert len(got) <= 5


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
        ({"on_progress": "tell"}, "on_progress"),
        ({"executor": 8}, "executor"),
    ],
)
def test_bad_arguments_are_refused_at_once(options: dict[str, Any], name: str, sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises((TypeError, ValueError), match=name):
        client.execute_batch([], **options)


def test_items_that_are_none_are_refused_at_once(run: Run) -> None:
    async def asynchronous() -> AsyncIterator[tuple[str, Any]]:
        yield "echo", {}

    with pytest.raises(TypeError, match="items: 'async_generator' object is not iterable"):
        run(asynchronous())


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


def test_an_executor_that_takes_no_more_fails_items_not_the_batch(run: Run, sim: MockSim) -> None:
    executor = ThreadPoolExecutor(1)

    def items() -> Iterator[tuple[str, Any]]:
        for number in range(10):
            if number == 5:
                executor.shutdown()
            yield "echo", {"i": number}

    results = run(items(), executor=executor, max_concurrency=1, ordered=True)
    assert [result.success for result in results] == [True] * 5 + [False] * 5
    assert all("shutdown" in str(result.error) for result in results[5:])
    assert _executed(sim) == dict.fromkeys(range(5), 1)


class _Cancelling(Executor):
    """Takes everything and does nothing, as one that is shut down with `cancel_futures`."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_what_the_executor_cancels_is_a_failed_item(run: Run) -> None:
    results = run(_items(3), executor=_Cancelling(), ordered=True)
    assert [type(result.error).__name__ for result in results] == ["CancelledError"] * 3


def test_the_key_does_not_travel_with_the_items(sim: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIM_API_KEY", raising=False)
    with SimStudioClient(sim.api_key, sim.base_url) as client, _processes() as executor:
        (result,) = client.execute_batch([("echo", {"i": 1})], executor=executor)
    assert isinstance(result.error, ValueError)
    assert "SIM_API_KEY" in str(result.error)


def test_leaving_early_starts_nothing_more_and_tells_what_is_lost(
    sim: MockSim, caplog: pytest.LogCaptureFixture
) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client:
        batch = client.execute_batch(_items(1000), max_concurrency=2)
        got = next(iter(batch)).index
        batch.close()  # type: ignore[attr-defined]  # it is a generator
    ran = _executed(sim)
    assert sum(ran.values()) <= 4
    assert _abandoned(caplog) >= ran.keys() - {got}


def test_cancelling_tells_what_is_lost(sim: MockSim, caplog: pytest.LogCaptureFixture) -> None:
    from sim_conformance.mock import Slow

    sim.add_workflow("slow", Slow(20))

    async def main() -> None:
        async with AsyncSimStudioClient(sim.api_key, sim.base_url) as client:
            async for _ in client.execute_batch([("echo", {"i": 0}), ("slow", {"i": 1}), ("slow", {"i": 2})]):
                break

    asyncio.run(main())
    assert _abandoned(caplog) == {1, 2}


def _abandoned(caplog: pytest.LogCaptureFixture) -> set[int]:
    """The items that a warning names."""
    told = [record.message for record in caplog.records if "left early" in record.message]
    assert len(told) <= 1
    return {int(number) for message in told for number in message.rpartition(": ")[2].split(", ")}


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


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to one process")
def test_a_second_interruption_does_not_wait_for_what_runs(sim: MockSim) -> None:
    from sim_conformance.mock import Slow

    sim.add_workflow("slow-enough", Slow(60))
    environment = {**os.environ, "SIM_API_KEY": sim.api_key, "SIM_BASE_URL": sim.base_url}
    code = textwrap.dedent(INTERRUPTED).replace("sys.exit(130)", "os._exit(130)").replace("import", "import os,", 1)
    with subprocess.Popen(
        [sys.executable, "-c", code, "as they finish"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        while len(sim.journal) < 3:
            time.sleep(0.01)
        while process.poll() is None:  # signals that come too fast are one
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        assert process.stdout is not None
        assert process.stdout.read() == "[] [0, 1, 2]\n"


def test_an_interruption_where_progress_is_told_loses_nothing(sim: MockSim) -> None:
    def interrupt(progress: BatchProgress) -> None:
        raise KeyboardInterrupt

    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises(BatchInterrupted) as interrupted:
        list(client.execute_batch(_items(100), max_concurrency=2, on_progress=interrupt))
    assert sorted(result.index for result in interrupted.value.results) == sorted(_executed(sim))
    assert interrupted.value.unanswered == []


class _Interrupted(Executor):
    """Ctrl-C comes when the third item has been handed over and its future is not yet known."""

    def __init__(self) -> None:
        self._inner = ThreadPoolExecutor(4)
        self._submitted = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future = self._inner.submit(fn, *args, **kwargs)
        self._submitted += 1
        if self._submitted == 3:
            raise KeyboardInterrupt
        return future


def test_an_interruption_while_an_item_is_handed_over_names_it(sim: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", sim.api_key)
    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises(BatchInterrupted) as interrupted:
        list(client.execute_batch(_items(100), executor=_Interrupted()))
    assert sorted(result.index for result in interrupted.value.results) == [0, 1]
    assert interrupted.value.unanswered == [2]


class _InterruptedWorker(Executor):
    """Ctrl-C reaches a process of a pool, as it reaches all processes of a terminal."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_exception(KeyboardInterrupt())
        return future


def test_a_worker_that_is_interrupted_leaves_its_item_unanswered(sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises(BatchInterrupted) as interrupted:
        list(client.execute_batch(_items(100), executor=_InterruptedWorker(), max_concurrency=2))
    assert interrupted.value.results == []
    assert interrupted.value.unanswered == [0, 1]


def test_interrupting_loses_no_result_that_waits_for_an_earlier_one(sim: MockSim) -> None:
    from sim_conformance.mock import Slow

    sim.add_workflow("slow-enough", Slow(0.5))

    def items() -> Iterator[tuple[str, Any]]:
        yield "slow-enough", {"i": 0}
        for number in range(1, 10):
            if number == 5:  # the four before it have ended, the first one has not
                raise KeyboardInterrupt
            yield "echo", {"i": number}

    got: list[BatchResult] = []  # none, unless the machine is so busy that the first one ends before the four
    with SimStudioClient(sim.api_key, sim.base_url) as client, pytest.raises(BatchInterrupted) as interrupted:
        got.extend(client.execute_batch(items(), max_concurrency=2, ordered=True))
    assert sorted(result.index for result in [*got, *interrupted.value.results]) == list(range(5))
    assert interrupted.value.unanswered == []
