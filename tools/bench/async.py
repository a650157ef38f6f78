"""`python -m tools.bench async`: throughput of the asynchronous client against bare aiohttp, as a ratio."""

import asyncio
import json
import statistics
import time
from typing import Any, Awaitable, Callable, Dict, List

import aiohttp

from sim_sdk import AsyncSimStudioClient
from tools.bench._server import fixed_server

_KEY = "sk-sim-benchmark"
_TARGET = 0.7
_ROUNDS = 7
_CALLS = 2000
_CONCURRENCY = 50

Call = Callable[[], Awaitable[Any]]


def main(arguments: List[str]) -> int:
    with fixed_server() as url:
        seconds = asyncio.run(_compare(url))
    ratio = statistics.median(seconds["bare aiohttp"]) / statistics.median(seconds["AsyncSimStudioClient"])
    for name, each in seconds.items():
        print(f"{name:22s} {_CALLS / statistics.median(each):8.0f} calls/s")
    print(f"throughput against bare aiohttp: {ratio:.2f} (target: at least {_TARGET})")
    return 0 if ratio >= _TARGET else 1


async def _compare(url: str) -> Dict[str, List[float]]:
    """Seconds of each round, the two taking turns."""
    headers = {"X-API-Key": _KEY, "Content-Type": "application/json", "User-Agent": "bench"}

    async def bare() -> Any:
        body = json.dumps({"message": "hello"}).encode()
        async with session.post(f"{url}/api/workflows/w/execute", data=body, headers=headers) as response:
            return json.loads(await response.read())["output"]

    async def ours() -> Any:
        return (await client.execute_workflow("w", {"message": "hello"})).output

    seconds: Dict[str, List[float]] = {"bare aiohttp": [], "AsyncSimStudioClient": []}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, AsyncSimStudioClient(_KEY, url) as client:
        assert await bare() == await ours()
        for _ in range(_ROUNDS):
            seconds["bare aiohttp"].append(await _time(bare))
            seconds["AsyncSimStudioClient"].append(await _time(ours))
    return seconds


async def _time(call: Call) -> float:
    async def worker() -> None:
        for _ in range(_CALLS // _CONCURRENCY):
            await call()

    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(_CONCURRENCY)))
    return time.process_time() - began
