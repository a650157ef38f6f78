"""Cancelling an asynchronous call, at whatever it waits for, leaves no task and no connection behind."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest

from contract_tests.sdk._server import PATIENCE, Ending, ScriptedServer, head
from sim_sdk import AsyncSimStudioClient, AsyncWorkflowStream, RequestTimeoutError, ServerError

Call = Callable[[AsyncSimStudioClient], Awaitable[object]]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
FRAME = b'data: {"blockId":"b","chunk":"x"}\n\n'
CHUNK = f"{len(FRAME):x}\r\n".encode() + FRAME + b"\r\n"


class SilentServer:
    """Sends the beginning of an answer and then waits until the client is gone."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning
        self.connected = asyncio.Event()
        self.disconnected = asyncio.Event()
        self._served: set[asyncio.Task[None]] = set()
        self._writer: asyncio.StreamWriter | None = None
        self.connections = 0

    async def __aenter__(self) -> "SilentServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        await self._server.wait_closed()
        await asyncio.wait_for(asyncio.gather(*self._served), 5)

    def send(self, more: bytes) -> None:
        """Send more, over the last connection."""
        assert self._writer is not None
        self._writer.write(more)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._served.add(task)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._beginning)
        self._writer = writer
        self.connected.set()
        while await reader.read(65536):
            pass
        writer.close()
        await writer.wait_closed()
        self.disconnected.set()


async def _execute(client: AsyncSimStudioClient) -> object:
    return await client.execute_workflow("w", {"a": 1})


async def _collect(client: AsyncSimStudioClient) -> object:
    return await client.execute_workflow("w", {"a": 1}, stream=True)


async def _follow(client: AsyncSimStudioClient) -> object:
    async with client.stream_workflow("w") as stream:
        return [event async for event in stream]


async def _status(client: AsyncSimStudioClient) -> object:
    return await client.get_workflow_status("w")


async def _batch(client: AsyncSimStudioClient) -> object:
    return [result async for result in client.execute_batch([("w", 1)])]


@pytest.mark.parametrize("call", [_execute, _collect, _follow, _status, _batch])
@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-", HEAD, HEAD + CHUNK], ids=len)
def test_cancelled_while_the_server_is_silent(call: Call, beginning: bytes) -> None:
    async def main() -> None:
        async with SilentServer(beginning) as server, AsyncSimStudioClient("sk-canary", server.url) as client:
            task = asyncio.ensure_future(call(client))
            await server.connected.wait()
            for _ in range(5):  # let the client read what there is
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # Only a closed connection lets the server go on.
            await asyncio.wait_for(server.disconnected.wait(), 5)
        gc.collect()  # an unclosed response or session would warn, and warnings are errors
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_cancelled_while_it_waits_to_try_again() -> None:
    async def main() -> None:
        waiting = asyncio.Event()

        class Clock:
            def time(self) -> float:
                return 0.0

            def monotonic(self) -> float:
                return 0.0

            async def sleep(self, seconds: float) -> None:
                waiting.set()
                await asyncio.Event().wait()

        body = b'{"error":"wait"}'
        limited = (
            b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        async with SilentServer(limited) as server, AsyncSimStudioClient("k", server.url, clock=Clock()) as client:
            task = asyncio.ensure_future(client.execute_with_retry("w"))
            await waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_leaving_a_stream_early_closes_its_connection() -> None:
    async def main() -> None:
        async with SilentServer(HEAD + CHUNK) as server, AsyncSimStudioClient("k", server.url) as client:
            async with client.stream_workflow("w") as stream:
                async for _ in stream.text:
                    break
            await asyncio.wait_for(server.disconnected.wait(), 5)

    asyncio.run(main())


def test_closing_a_stream_ends_what_another_task_waits_for() -> None:
    async def main() -> None:
        async with SilentServer(HEAD + CHUNK) as server, AsyncSimStudioClient("k", server.url) as client:
            stream = await client.stream_workflow("w")
            assert await stream.__anext__()
            task = asyncio.ensure_future(stream.__anext__())
            await asyncio.sleep(0)
            await stream.close()
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(task, 5)
            await asyncio.wait_for(server.disconnected.wait(), 5)

    asyncio.run(main())


def test_a_stream_that_is_closed_while_it_is_opened_is_at_its_end() -> None:
    async def main() -> None:
        async with SilentServer(b"") as server, AsyncSimStudioClient("k", server.url) as client:
            stream = client.stream_workflow("w")
            task = asyncio.ensure_future(stream.__anext__())
            await server.connected.wait()
            await stream.close()
            server.send(HEAD + CHUNK)
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(task, 5)
            await asyncio.wait_for(server.disconnected.wait(), 5)

    asyncio.run(main())


def test_a_stream_whose_reader_is_cancelled_is_closed_for_the_others() -> None:
    async def main() -> None:
        async with SilentServer(HEAD + CHUNK) as server, AsyncSimStudioClient("k", server.url) as client:
            stream = await client.stream_workflow("w")
            assert await stream.__anext__()
            readers = [asyncio.ensure_future(stream.__anext__()) for _ in range(3)]
            await asyncio.sleep(0)
            readers[1].cancel()  # it waits for the first one, and closes nothing
            await asyncio.wait({readers[1]})
            assert not readers[0].done()
            readers[0].cancel()
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(readers[2], 5)
            with pytest.raises(ValueError, match="closed before"):
                await stream.result
            await asyncio.wait_for(server.disconnected.wait(), 5)

    asyncio.run(main())


def test_a_stream_is_one_run_whoever_asks_for_it_first() -> None:
    async def main() -> None:
        ended = b'data: {"event":"final","data":{"success":true,"output":5}}\n\n'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(ended)}\r\n\r\n".encode()
        async with SilentServer(head + ended) as server, AsyncSimStudioClient("k", server.url) as client:
            stream = client.stream_workflow("w")
            results = await asyncio.gather(stream.result, stream.result)
            assert [result.output for result in results] == [5, 5]
            assert server.connections == 1

    asyncio.run(main())


def test_a_stream_that_could_not_be_opened_is_not_run_again() -> None:
    async def main() -> None:
        refused = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
        async with SilentServer(refused) as server, AsyncSimStudioClient("k", server.url) as client:
            stream = client.stream_workflow("w")
            with pytest.raises(ServerError):
                await stream.result
            closed = client.stream_workflow("w")
            await closed.close()
            for unusable in (stream, closed):
                with pytest.raises(ValueError, match="opened"):
                    await unusable.result
            assert server.connections == 1

    asyncio.run(main())


def test_an_abandoned_stream_warns_once_and_closes() -> None:
    async def main() -> None:
        async with SilentServer(HEAD + CHUNK) as server, AsyncSimStudioClient("k", server.url) as client:
            stream = await client.stream_workflow("w")
            await stream.__anext__()
            with pytest.warns(ResourceWarning, match="unclosed AsyncWorkflowStream") as warned:
                del stream
            assert len(warned) == 1
            await asyncio.wait_for(server.disconnected.wait(), 5)

    asyncio.run(main())


@pytest.mark.parametrize("how", ["closed", "dropped"])
@pytest.mark.filterwarnings("ignore:unclosed (<socket|transport|Async)")  # not what aiohttp warns of
def test_a_stream_that_has_outlived_its_event_loop_can_be_let_go(how: str, caplog: pytest.LogCaptureFixture) -> None:
    async def begin(client: AsyncSimStudioClient) -> AsyncWorkflowStream:
        stream = await client.stream_workflow("w")
        await stream.__anext__()
        return stream

    with ScriptedServer([head(200, {"Content-Type": "text/event-stream"}), FRAME, Ending.STALL]) as server:
        client = AsyncSimStudioClient("k", server.url)
        stream = asyncio.run(begin(client))
        if how == "closed":
            asyncio.run(stream.close())
        del stream
        gc.collect()  # what is raised there fails the test
        assert server.left.wait(PATIENCE)
        asyncio.run(client.close())
    assert caplog.records == []


def test_one_client_in_one_event_loop_after_another() -> None:
    async def once(client: AsyncSimStudioClient) -> None:
        async with SilentServer(b"") as server:
            client.set_base_url(server.url)
            with pytest.raises(RequestTimeoutError):
                await client.execute_workflow("w", timeout=0.05)
            await client.close()

    client = AsyncSimStudioClient("k", "http://127.0.0.1:9")
    asyncio.run(once(client))
    asyncio.run(once(client))
