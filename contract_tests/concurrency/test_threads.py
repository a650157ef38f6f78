"""One client, many threads; a fork; what garbage collection leaves."""

import asyncio
import gc
import os
import pickle
import signal
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from contract_tests.sdk._server import SUCCESS, ScriptedServer
from sim_api.aio_transport import AsyncTransport
from sim_conformance.mock import MockSim, Slow
from sim_sdk import AsyncSimStudioClient, NotFoundError, SimStudioClient


def test_sixty_four_threads_share_a_client(sim: MockSim) -> None:
    sim.set_rate_limit(limit=100_000, window=60)
    with SimStudioClient(sim.api_key, sim.base_url) as client:

        def run(number: int) -> bool:
            return client.execute_workflow("echo", {"i": number}).output["result"]["echo"] == {"i": number}

        def stream(number: int) -> bool:
            with client.stream_workflow("agent", {"i": number}, selected_outputs=["agent1.content"]) as stream:
                text = "".join(stream.text)
            return bool(text) and stream.result.success

        def status(number: int) -> bool:
            return client.get_workflow_status("echo").is_deployed

        def missing(number: int) -> bool:
            with pytest.raises(NotFoundError):
                client.get_job_status(f"no-job-{number}")
            return True

        def limits(number: int) -> bool:
            info = client.get_rate_limit_info()
            return info is None or info.limit > 0

        calls: list[Callable[[int], bool]] = [run, stream, status, missing, limits]
        with ThreadPoolExecutor(64) as pool:
            outcomes = list(pool.map(lambda number: calls[number % len(calls)](number), range(640)))
    assert all(outcomes)
    assert not sim.violations


def test_two_hundred_live_streams_at_once(sim: MockSim) -> None:
    async def one(client: AsyncSimStudioClient, number: int) -> str:
        async with client.stream_workflow("agent", {"i": number}, selected_outputs=["agent1.content"]) as stream:
            return "".join([text async for text in stream.text])

    async def main() -> set[str]:
        async with AsyncSimStudioClient(sim.api_key, sim.base_url) as client:
            return set(await asyncio.gather(*(one(client, number) for number in range(200))))

    texts = asyncio.run(main())
    assert len(texts) == 1
    assert texts != {""}


def test_a_thousand_slow_runs_at_once(sim: MockSim) -> None:
    sim.add_workflow("slow-enough", Slow(0.5))

    async def main() -> list[bool]:
        async with AsyncSimStudioClient(sim.api_key, sim.base_url) as client:
            runs = (client.execute_workflow("slow-enough", {"i": number}) for number in range(1000))
            return [result.success for result in await asyncio.gather(*runs)]

    assert asyncio.run(main()) == [True] * 1000
    assert sum(entry.status == 200 for entry in sim.journal) == 1000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_makes_its_own_connections(sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client:
        assert client.execute_workflow("echo", {"i": 0}).success
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                answers = [client.execute_workflow("echo", {"i": i}).output["result"]["echo"]["i"] for i in (1, 2)]
                os.write(writing, repr(answers).encode())
            finally:
                os._exit(0)
        # The parent goes on meanwhile: on a shared connection the answers would be mixed up.
        for i in range(3, 20):
            assert client.execute_workflow("echo", {"i": i}).output["result"]["echo"] == {"i": i}
        os.waitpid(child, 0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            assert pipe.read() == b"[1, 2]"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_child_that_is_forked_while_connections_are_made_does_not_wait_for_them(
    sim: MockSim, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim_api import transport

    children: list[int] = []
    made = transport.urllib3.PoolManager

    def fork_and_make(**options: Any) -> Any:
        monkeypatch.undo()
        child = os.fork()  # at this moment of the call below; any other thread may fork at any moment
        if child == 0:
            signal.alarm(10)
            try:
                os._exit(0 if client.execute_workflow("echo", {"i": 1}).success else 1)
            finally:
                os._exit(2)
        children.append(child)
        return made(**options)

    monkeypatch.setattr(transport.urllib3, "PoolManager", fork_and_make)
    with SimStudioClient(sim.api_key, sim.base_url) as client:
        assert client.execute_workflow("echo", {"i": 0}).success
        (child,) = children
        assert os.waitpid(child, 0)[1] == 0


def _lingering(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Let the next change of a client do something else in its midst."""
    used = SimStudioClient._use

    def use(self: SimStudioClient, *args: Any) -> None:
        monkeypatch.undo()
        meanwhile()
        used(self, *args)

    monkeypatch.setattr(SimStudioClient, "_use", use)


def test_what_two_threads_change_at_once_is_changed(sim: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimStudioClient("another-key", "http://127.0.0.1:1") as client:
        other = threading.Thread(target=client.set_base_url, args=(sim.base_url,))

        def change_the_other() -> None:
            other.start()
            other.join(0.2)  # it has to wait, and could do all of it in that time if it did not

        _lingering(monkeypatch, change_the_other)
        client.set_api_key(sim.api_key)
        other.join()
        assert client.execute_workflow("echo", {"i": 0}).success


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_child_that_is_forked_while_a_client_is_changed_can_change_it(
    sim: MockSim, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SimStudioClient("another-key", sim.base_url) as client:
        amid, forking = threading.Event(), threading.Event()
        _lingering(monkeypatch, lambda: (amid.set(), forking.wait(20), forking.clear(), forking.wait(0.1)))
        changing = threading.Thread(target=client.set_base_url, args=(sim.base_url,))
        changing.start()
        amid.wait(20)
        forking.set()
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            try:
                client.set_api_key(sim.api_key)
                os._exit(0 if client.execute_workflow("echo", {"i": 1}).success else 1)
            finally:
                os._exit(2)
        changing.join()
        assert os.waitpid(child, 0)[1] == 0


def test_a_client_that_is_dropped_leaves_no_connection(sim: MockSim) -> None:
    client = SimStudioClient(sim.api_key, sim.base_url)
    client.execute_workflow("echo", {"i": 0})
    del client
    gc.collect()  # an open socket would warn, and warnings are errors


def test_a_stream_that_is_dropped_warns_once(sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client:
        stream = client.stream_workflow("agent", selected_outputs=["agent1.content"])
        next(stream)
        with pytest.warns(ResourceWarning, match="unclosed WorkflowStream") as warned:
            del stream
        assert len(warned) == 1


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_collecting_a_stream_waits_for_no_lock_of_the_pool(sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url) as client:
        stream = client.stream_workflow("agent", selected_outputs=["agent1.content"])
        next(stream)
        connections = stream._flow._reply.response._response._pool.pool  # type: ignore[attr-defined]
        cycle: list[Any] = [stream]
        cycle.append(cycle)
        del stream, cycle
        collected = threading.Thread(target=gc.collect, daemon=True)
        with connections.mutex:  # as a thread has it that just gets a connection when garbage is collected
            collected.start()
            collected.join(10)
            assert not collected.is_alive()
        assert client.execute_workflow("echo", {"i": 0}).success


def test_an_asynchronous_client_that_is_dropped_warns_once_and_closes_its_connections(
    sim: MockSim, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        client = AsyncSimStudioClient(sim.api_key, sim.base_url)
        await client.execute_workflow("echo", {"i": 0})
        copy = client.with_options(timeout=5)
        with pytest.warns(ResourceWarning) as warned:
            del client, copy
        assert [str(each.message) for each in warned] == ["unclosed AsyncTransport"]
        await asyncio.sleep(0)  # a socket that is left would warn

    asyncio.run(main())
    gc.collect()
    assert caplog.records == []


def test_an_asynchronous_client_of_several_event_loops_that_is_dropped_warns_once(sim: MockSim) -> None:
    client = AsyncSimStudioClient(sim.api_key, sim.base_url)
    loops = [asyncio.new_event_loop() for _ in range(2)]
    for loop in loops:
        assert loop.run_until_complete(client.execute_workflow("echo", {"i": 0})).success
    with pytest.warns(ResourceWarning) as warned:
        del client
    assert [str(each.message) for each in warned] == ["unclosed AsyncTransport"]
    for loop in loops:
        loop.run_until_complete(asyncio.sleep(0))  # a socket that is left would warn
        loop.close()
    gc.collect()


def test_event_loops_of_several_threads_share_an_asynchronous_client(caplog: pytest.LogCaptureFixture) -> None:
    threads, calls = 3, 10
    turn = threading.Barrier(threads)

    async def use(client: AsyncSimStudioClient) -> None:
        for _ in range(calls):
            await asyncio.get_running_loop().run_in_executor(None, turn.wait, 10)
            assert (await client.execute_workflow("w")).success
        await client.close()

    with ScriptedServer(*[[SUCCESS]] * threads * calls) as server:
        client = AsyncSimStudioClient("k", server.url)
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(asyncio.run, use(client)) for _ in range(threads)]:
                done.result()
        assert server.connections == threads
    gc.collect()  # a session that is left would warn, and log
    assert caplog.records == []


def test_threads_that_begin_at_once_share_a_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    client = AsyncSimStudioClient("k", "http://127.0.0.1:9")
    quicker: list[object] = []

    class Loaded(AsyncTransport):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            if not quicker:
                quicker.append(self)
                quicker[0] = client._connections.transport()

    monkeypatch.setattr("sim_api.aio_transport.AsyncTransport", Loaded)
    assert client._connections.transport() is quicker[0]


def test_a_pickled_client_takes_its_key_from_the_environment(sim: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimStudioClient(sim.api_key, sim.base_url, timeout=7, headers={"X-Team": "a"}) as client:
        pickled = pickle.dumps(client)
    assert sim.api_key.encode() not in pickled
    monkeypatch.setenv("SIM_API_KEY", sim.api_key)
    with pickle.loads(pickled) as copy:
        assert copy.base_url == sim.base_url
        assert copy.execute_workflow("echo", {"i": 1}).success
    assert sim.journal[-1].headers["x-team"] == "a"


def test_a_client_whose_tls_context_would_be_lost_is_not_pickled(sim: MockSim) -> None:
    with SimStudioClient(sim.api_key, sim.base_url, ssl_context=ssl.create_default_context()) as client:
        with pytest.raises(TypeError, match=r"^ssl_context: "):
            pickle.dumps(client)
        with ProcessPoolExecutor(1) as pool, pytest.raises(TypeError, match=r"^ssl_context: "):
            list(client.execute_batch([("echo", {})], executor=pool))
    assert len(sim.journal) == 0
