"""A client that was closed holds no connection, whatever is kept of what it did."""

import asyncio
import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.reliability import _tls
from contract_tests.reliability._matrix import KEY
from contract_tests.reliability._server import FaultyServer, whole
from contract_tests.reliability.conftest import Connect
from contract_tests.sdk._server import PATIENCE, SUCCESS, Ending, ScriptedServer, answer
from sim_api.aio_transport import _Protocol
from sim_api.transport import _Pools
from sim_sdk import AsyncSimStudioClient, ConnectionFailedError, NotFoundError, SimStudioClient


def refused(client: Any) -> object:
    with pytest.raises(NotFoundError) as caught:
        client.execute_workflow("wf")
    return caught.value  # its traceback holds the answer


def streamed(client: Any) -> object:
    stream = client.stream_workflow("wf")
    assert list(stream)
    return stream


@pytest.mark.parametrize("call", [refused, streamed])
def test_nothing_that_is_kept_keeps_a_connection(connect: Connect, call: Any) -> None:
    with FaultyServer(lambda good: [whole(good) if call is streamed else answer(404)]) as server:
        client = connect(server.url)
        kept = call(client)
        assert not server.closed.is_set()
        client.close()
        assert server.closed.wait(PATIENCE)
        assert kept is not None


def test_a_client_that_is_closed_while_a_call_begins_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    route = _Pools.route
    closing: list[Callable[[], None]] = []

    def routed(self: _Pools, url: str) -> object:
        found = route(self, url)
        while closing:
            closing.pop()()
        return found

    monkeypatch.setattr(_Pools, "route", routed)
    with FaultyServer(lambda good: [whole(good)]) as server, SimStudioClient(KEY, server.url, max_retries=0) as client:
        assert client.get_workflow_status("wf").is_deployed
        closing.append(client.close)
        assert client.execute_workflow("wf").success
        assert [request.connection for request in server.requests] == [0, 1]


def test_a_connection_that_is_reset_while_it_is_made_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))

    monkeypatch.setattr("sim_api.transport._connect", connect)
    with SimStudioClient(KEY, "http://127.0.0.1:9") as client, pytest.raises(ConnectionFailedError) as caught:
        client.execute_workflow("wf")
    assert caught.value.request_sent is False


def test_a_server_that_ends_every_new_connection_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(url: str) -> ConnectionFailedError:
        async with AsyncSimStudioClient(KEY, url) as client:
            with pytest.raises(ConnectionFailedError) as caught:
                await client.execute_workflow("wf", timeout=1)
            return caught.value

    monkeypatch.setattr(_Protocol, "should_close", True)  # as it is once the end has been read
    with FaultyServer(lambda good: [whole(good)]) as server:
        assert asyncio.run(main(server.url)).request_sent is False
        assert server.connections <= 1


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_nothing_is_sent_over_tls_that_the_server_has_ended(turns: int) -> None:
    async def main(server: ScriptedServer) -> None:
        async with AsyncSimStudioClient(KEY, server.url, ssl_context=_tls.trusting()) as client:
            assert (await client.execute_workflow("wf")).success
            assert server.closed.wait(PATIENCE)
            for _ in range(turns):  # asyncio reads the end in one turn of the loop, and tells it in another
                await asyncio.sleep(0)
            assert (await client.execute_workflow("wf")).success

    with ScriptedServer([SUCCESS, Ending.CLOSE], [SUCCESS], context=_tls.server_context()) as server:
        asyncio.run(main(server))
    assert [request.connection for request in server.requests] == [0, 1]
