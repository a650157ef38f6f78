"""`python -m tools.bench growth`: what a call and an event cost does not depend on how many there are."""

import itertools
import json
import threading
from contextlib import ExitStack
from functools import partial
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import urllib3

from sim_sdk import SimStudioClient
from sim_sdk._engine import Reply
from sim_sdk._headers import Headers
from sim_sdk._stream_flow import StreamFlow
from sim_sdk.streams import WorkflowStream
from tools.bench._measure import Finding, Limit, Rounds, Way, verdict
from tools.bench._server import fixed_server

OURS = "SimStudioClient"
BARE = "urllib3"

_KEY = "sk-sim-benchmark"
_EVENTS = (100, 1_000, 10_000, 100_000, 1_000_000)
_THREADS = (1, 4, 16, 64)
_CALLS = 640
_ROUNDS = 5

_EVENT = b'data: {"blockId":"b","chunk":"a few words "}\n\n'
_FINAL = b'data: {"event":"final","data":{"success":true,"output":{}}}\n\n'
_EVENTS_A_PIECE = 100


def main(arguments: List[str]) -> int:
    return verdict(findings())


def findings() -> List[Finding]:
    """What came out, against the targets."""
    few, many = min(_EVENTS), max(_EVENTS)
    each = _event_seconds()
    calls = _call_rounds()
    return [
        Finding(f"an event of {many:,}", each[many] / each[few * 10], f"one of {few * 10:,}", Limit(1.2)),
        Finding(
            f"what a call costs more in {max(_THREADS)} threads than in one",
            calls.ratio(f"{OURS} 64", f"{OURS} 1") / calls.ratio(f"{BARE} 64", f"{BARE} 1"),
            "what one of bare urllib3 does",
            Limit(1.2),
        ),
    ]


def _event_seconds() -> Dict[int, float]:
    """Processor seconds of one event in streams of each length."""
    seconds = {}
    for events in _EVENTS:
        rounds = Rounds({"": partial(_read_stream, events)}, _ROUNDS if events < max(_EVENTS) else 1, events)
        seconds[events] = rounds.microseconds("")
        print(f"{events:9,d} events: {seconds[events]:6.2f} µs each")
    return seconds


def _call_rounds() -> Rounds:
    """Processor seconds of a call in each number of threads; the interpreter's lock is the limit for everybody."""
    with ExitStack() as stack:
        url = stack.enter_context(fixed_server())
        client = stack.enter_context(SimStudioClient(_KEY, url, pool_size=max(_THREADS)))
        pool = stack.enter_context(urllib3.PoolManager(maxsize=max(_THREADS)))
        calls: Dict[str, Way] = {
            OURS: lambda: client.execute_workflow("w", {"message": "hello"}),
            BARE: lambda: json.loads(pool.request("POST", f"{url}/w", body=b'{"message":"hello"}').data),
        }
        ways = {f"{name} {threads}": _threaded(call, threads) for threads in _THREADS for name, call in calls.items()}
        rounds = Rounds(ways, _ROUNDS, _CALLS)
    for name in ways:
        print(f"{name:>24s} threads: {rounds.microseconds(name):6.0f} µs a call")
    return rounds


def _threaded(call: Way, threads: int) -> Way:
    def work() -> None:
        for _ in range(_CALLS // threads):
            call()

    def way() -> None:
        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    return way


def _read_stream(events: int) -> None:
    with SimStudioClient(_KEY, "http://localhost") as client:
        engine = client._engine
        call = engine.call(None)
        reply = Reply(_Response(events), Headers())
        stream = WorkflowStream(StreamFlow(engine, reply, call, call), client._driver, client._calls)
        assert sum(1 for _ in stream) == events + 1


class _Response:
    """An answer that costs nothing to receive."""

    status = 200
    ended = False

    def __init__(self, events: int) -> None:
        self.headers: Sequence[Tuple[str, str]] = [("Content-Type", "text/event-stream")]
        piece = _EVENT * _EVENTS_A_PIECE
        self._pieces: Iterator[bytes] = itertools.chain(itertools.repeat(piece, events // _EVENTS_A_PIECE), [_FINAL])

    def at_hand(self) -> bytes:
        return b""

    def read(self, *, total: Any, idle: Any) -> bytes:
        return next(self._pieces, b"")

    def close(self) -> None:
        pass
