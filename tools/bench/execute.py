"""`python -m tools.bench execute`: the processor time of one call, against other ways to send the same request."""

import asyncio
import json
import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Awaitable, Callable, Dict, List
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3

from sim_sdk import AsyncSimStudioClient, SimStudioClient
from tools.bench._measure import Finding, Limit, Rounds, Way, verdict
from tools.bench._published import VERSION, load_published
from tools.bench._server import fixed_server

AsyncCall = Callable[[], Awaitable[Any]]

OURS = "SimStudioClient"
OURS_ASYNC = "AsyncSimStudioClient"
BARE = "urllib3"
BARE_ASYNC = "aiohttp"
PUBLISHED = f"simstudio-sdk {VERSION}"

_KEY = "sk-sim-benchmark"
_INPUT = {"message": "hello"}
_TIMEOUT = 30.0  # seconds: a call without one can hang for ever
_HEADERS = {"X-API-Key": _KEY, "Content-Type": "application/json"}
_PATH = "/api/workflows/w/execute"
_ROUNDS = 21
_CALLS = 300


def main(arguments: List[str]) -> int:
    rounds = measure()
    print(rounds)
    return verdict(findings(rounds))


def findings(rounds: Rounds) -> List[Finding]:
    """What came out, against the targets."""
    call, awaited = "`execute_workflow`", "`await execute_workflow`"
    return [
        Finding(call, rounds.ratio(OURS, BARE), "bare urllib3 and json", Limit(1.10)),
        Finding(call, rounds.ratio(OURS, PUBLISHED), PUBLISHED, Limit(0.5)),
        Finding(call, rounds.ratio(OURS, "requests"), "requests and json"),
        Finding(call, rounds.ratio(OURS, "httpx"), "httpx and json"),
        Finding(awaited, rounds.ratio(OURS_ASYNC, BARE_ASYNC), "bare aiohttp and json", Limit(1 / 0.7)),
    ]


def measure() -> Rounds:
    """All ways, taking turns, against a server that costs next to nothing."""
    with ExitStack() as stack:
        url = stack.enter_context(fixed_server())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        loop = stack.enter_context(asyncio.Runner())
        ways: Dict[str, Way] = {
            BARE: _urllib3(stack, url),
            "raw socket": _raw_socket(stack, url),
            OURS: _ours(stack, url),
            **{name: _awaited(loop, call) for name, call in async_calls(stack, loop, url).items()},
            "requests": _requests(stack, url),
            "httpx": _httpx(stack, url),
            PUBLISHED: _published(url, folder),
        }
        expected = ways[OURS]()
        for name, way in ways.items():
            assert way() == expected, f"{name} does something else"
        return Rounds(ways, _ROUNDS, _CALLS)


def _raw_socket(stack: ExitStack, url: str) -> Way:
    address = urlsplit(url)
    connection = stack.enter_context(socket.create_connection((address.hostname, address.port), _TIMEOUT))
    fields = "".join(f"{name}: {value}\r\n" for name, value in _HEADERS.items())

    def call() -> Any:
        body = json.dumps(_INPUT).encode()
        head = f"POST {_PATH} HTTP/1.1\r\nHost: {address.netloc}\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        head_received, _, received = connection.recv(65536).partition(b"\r\n\r\n")
        length = int(head_received.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(received) < length:
            received += connection.recv(65536)
        return json.loads(received)["output"]

    return _repeated(call)


def _urllib3(stack: ExitStack, url: str) -> Way:
    pool = stack.enter_context(urllib3.PoolManager())

    def call() -> Any:
        body = json.dumps(_INPUT).encode()
        answer = pool.request("POST", url + _PATH, body=body, headers=_HEADERS, timeout=_TIMEOUT)
        return json.loads(answer.data)["output"]

    return _repeated(call)


def _ours(stack: ExitStack, url: str) -> Way:
    client = stack.enter_context(SimStudioClient(_KEY, url))
    return _repeated(lambda: client.execute_workflow("w", _INPUT).output)


def _requests(stack: ExitStack, url: str) -> Way:
    session = stack.enter_context(requests.Session())
    return _repeated(
        lambda: session.post(url + _PATH, json=_INPUT, headers=_HEADERS, timeout=_TIMEOUT).json()["output"]
    )


def _httpx(stack: ExitStack, url: str) -> Way:
    client = stack.enter_context(httpx.Client(timeout=_TIMEOUT))
    return _repeated(lambda: client.post(url + _PATH, json=_INPUT, headers=_HEADERS).json()["output"])


def _published(url: str, folder: Path) -> Way:
    client = load_published(folder).SimStudioClient(_KEY, url)
    return _repeated(lambda: client.execute_workflow("w", _INPUT, timeout=_TIMEOUT).output)


def async_calls(stack: ExitStack, loop: asyncio.Runner, url: str) -> Dict[str, AsyncCall]:
    """The asynchronous ways to make one call."""
    return {BARE_ASYNC: _aiohttp(stack, loop, url), OURS_ASYNC: _ours_async(stack, loop, url)}


def _aiohttp(stack: ExitStack, loop: asyncio.Runner, url: str) -> AsyncCall:
    async def start() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT))

    session = loop.run(start())
    stack.callback(lambda: loop.run(session.close()))

    async def call() -> Any:
        body = json.dumps(_INPUT).encode()
        async with session.post(url + _PATH, data=body, headers=_HEADERS) as answer:
            return json.loads(await answer.read())["output"]

    return call


def _ours_async(stack: ExitStack, loop: asyncio.Runner, url: str) -> AsyncCall:
    client = AsyncSimStudioClient(_KEY, url)
    stack.callback(lambda: loop.run(client.close()))

    async def call() -> Any:
        return (await client.execute_workflow("w", _INPUT)).output

    return call


def _repeated(call: Way) -> Way:
    def calls() -> Any:
        output = None
        for _ in range(_CALLS):
            output = call()
        return output

    return calls


def _awaited(loop: asyncio.Runner, call: AsyncCall) -> Way:
    async def calls() -> Any:
        output = None
        for _ in range(_CALLS):
            output = await call()
        return output

    return lambda: loop.run(calls())
