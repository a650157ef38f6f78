"""`python -m tools.bench async`: throughput of the asynchronous client against bare aiohttp, many calls at a time."""

import asyncio
from contextlib import ExitStack
from typing import List

from tools.bench._measure import Finding, Limit, Rounds, Way, verdict
from tools.bench._server import fixed_server
from tools.bench.execute import BARE_ASYNC, OURS_ASYNC, AsyncCall, async_calls

_ROUNDS = 51
_CALLS = 400
_CONCURRENCY = 50


def main(arguments: List[str]) -> int:
    return verdict(findings())


def findings() -> List[Finding]:
    """What came out, against the target."""
    with ExitStack() as stack:
        url = stack.enter_context(fixed_server())
        loop = stack.enter_context(asyncio.Runner())
        ways = {name: _at_a_time(loop, call) for name, call in async_calls(stack, loop, url).items()}
        rounds = Rounds(ways, _ROUNDS, _CALLS)
    print(rounds)
    throughput = 1 / rounds.ratio(OURS_ASYNC, BARE_ASYNC)
    what = f"`await execute_workflow`, {_CONCURRENCY} at a time"
    return [Finding(what, throughput, "the throughput of bare aiohttp", Limit(0.7, at_least=True))]


def _at_a_time(loop: asyncio.Runner, call: AsyncCall) -> Way:
    async def worker() -> None:
        for _ in range(_CALLS // _CONCURRENCY):
            await call()

    async def workers() -> None:
        await asyncio.gather(*(worker() for _ in range(_CONCURRENCY)))

    return lambda: loop.run(workers())
