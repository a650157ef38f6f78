"""`python -m tools.bench logs`: the processor time and the memory of going through a workspace's logs."""

import itertools
import json
import tracemalloc
from contextlib import ExitStack
from pathlib import Path
from typing import Any, List

import urllib3

from sim_sdk import SimStudioClient
from tools.bench._measure import Finding, Limit, Rounds, Way, verdict
from tools.bench._server import NUMBER, fixed_server

OURS = "logs.iter"
BARE = "json.loads"

_KEY = "sk-sim-benchmark"
_RECORDED = (
    Path(__file__).parent.parent.parent / "contract_tests" / "recordings" / "2026-08" / "logs_workspace_default.json"
)
_PATH = "/api/v1/logs?workspaceId=w"
_PAGE = 100
_ENTRIES = 20_000
_MANY_ENTRIES = 100_000
_ROUNDS = 5


def main(arguments: List[str]) -> int:
    return verdict(measure())


def measure() -> List[Finding]:
    """What came out, against the targets."""
    with ExitStack() as stack:
        url = stack.enter_context(fixed_server(page()))
        client = stack.enter_context(SimStudioClient(_KEY, url))
        return [_speed(stack, url, client), _memory(client)]


def _speed(stack: ExitStack, url: str, client: SimStudioClient) -> Finding:
    rounds = Rounds({BARE: _bare(stack, url), OURS: lambda: _read(client, _ENTRIES)}, _ROUNDS, _ENTRIES)
    print(rounds)
    what = f"`logs.iter` over {_ENTRIES:,} entries"
    return Finding(what, rounds.ratio(OURS, BARE), "json.loads of the same pages", Limit(3.0))


def _memory(client: SimStudioClient) -> Finding:
    """The most memory that many entries take, against the most that few take."""
    few, many = (_peak(client, entries) for entries in (_MANY_ENTRIES // 50, _MANY_ENTRIES))
    return Finding(f"memory of {_MANY_ENTRIES:,} entries", many / few, f"that of {_MANY_ENTRIES // 50:,}", Limit(1.2))


def page() -> bytes:
    """A recorded page, its entries repeated up to 100. Another page always follows."""
    recorded = json.loads(json.loads(_RECORDED.read_text())["response"]["body"])
    entries = list(itertools.islice(itertools.cycle(recorded["data"]), _PAGE))
    return json.dumps({**recorded, "data": entries, "nextCursor": NUMBER.decode()}).encode()


def _bare(stack: ExitStack, url: str) -> Way:
    pool = stack.enter_context(urllib3.PoolManager())

    def bare() -> Any:
        for _ in range(_ENTRIES // _PAGE):
            for entry in json.loads(pool.request("GET", url + _PATH).data)["data"]:
                assert entry["id"]

    return bare


def _read(client: SimStudioClient, entries: int) -> None:
    for entry in itertools.islice(client.logs.iter(workspace_id="w"), entries):
        assert entry.id


def _peak(client: SimStudioClient, entries: int) -> int:
    """The most memory in use at a time, in bytes."""
    _read(client, _PAGE)
    tracemalloc.start()
    try:
        _read(client, entries)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
