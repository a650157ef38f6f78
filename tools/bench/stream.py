"""`python -m tools.bench stream`: the processor time of reading a stream of typed events, against other readers."""

import json
import statistics
import time
from contextlib import ExitStack
from typing import Callable, Dict, Iterator, List

import httpx
import httpx_sse
import requests
import sseclient
import urllib3
from openai._streaming import SSEDecoder

from sim_sdk import SimStudioClient
from sim_sdk.events import BlockChunk, Completed
from sim_sdk.sse import EventStreamDecoder
from tools.bench._measure import Finding, Limit, Rounds, Way, verdict
from tools.bench._server import fixed_server, telling_server

OURS = "SimStudioClient"
BARE = "split and json"

_PLAIN = ", plain"

_KEY = "sk-sim-benchmark"
_PATH = "/api/workflows/w/execute"
_EVENTS = 20_000
_ROUNDS = 9
_LATENCIES = 200
_READ_BYTES = 65536


def main(arguments: List[str]) -> int:
    rounds = measure()
    print(rounds)
    return verdict([*findings(rounds), latency()])


def findings(rounds: Rounds) -> List[Finding]:
    """What came out, as speeds, against the targets."""
    typed = f"{_EVENTS:,} typed events, against JSON values"
    untyped = f"{_EVENTS:,} JSON values by a loop of split and json, which is as much as there is to gain"
    plain = f"{_EVENTS:,} events, their data not looked into"
    least = Limit(1.5, at_least=True)
    return [
        Finding(typed, rounds.ratio(BARE, OURS), "the speed of a loop of split and json", Limit(0.7, at_least=True)),
        Finding(typed, rounds.ratio("httpx-sse", OURS), "the speed of httpx-sse", least),
        Finding(typed, rounds.ratio("openai", OURS), "the speed of openai's decoder", least),
        Finding(typed, rounds.ratio("sseclient-py", OURS), "the speed of sseclient-py"),
        Finding(untyped, rounds.ratio("httpx-sse", BARE), "the speed of httpx-sse"),
        Finding(plain, rounds.ratio(f"httpx-sse{_PLAIN}", OURS + _PLAIN), "the speed of httpx-sse", least),
        Finding(plain, rounds.ratio(f"openai{_PLAIN}", OURS + _PLAIN), "the speed of openai's decoder", least),
    ]


def body(events: int = _EVENTS) -> bytes:
    """A stream of a run, as servers send it."""
    chunk = {"blockId": "b1d9bd13-6e3c-4b5c-9a6a-2d5c1f0e7a11", "chunk": "a few words "}
    final = {"event": "final", "data": {"success": True, "output": {}, "metadata": {"duration": 12}}}
    frames = [json.dumps(chunk)] * events + [json.dumps(final), '"[DONE]"']
    return "".join(f"data: {frame}\n\n" for frame in frames).encode()


def measure() -> Rounds:
    """All readers, taking turns, each over the HTTP client that it is made for."""
    with ExitStack() as stack:
        url = stack.enter_context(fixed_server(body(), "text/event-stream"))
        ways: Dict[str, Way] = {
            BARE: _counted(_bare(stack, url)),
            OURS: _ours(stack, url),
            "httpx-sse": _counted(_httpx_sse(stack, url)),
            "openai": _counted(_openai(stack, url)),
            "sseclient-py": _counted(_sseclient(stack, url)),
            OURS + _PLAIN: _plain(_decoder(stack, url)),
            f"httpx-sse{_PLAIN}": _plain(_httpx_sse(stack, url)),
            f"openai{_PLAIN}": _plain(_openai(stack, url)),
        }
        for name, way in ways.items():
            assert way() == _EVENTS, f"{name} reads something else"
        return Rounds(ways, _ROUNDS, _EVENTS)


def latency() -> Finding:
    """How long after its arrival a chunk is handed out: the server writes the time into it."""
    with telling_server(_LATENCIES) as url, SimStudioClient(_KEY, url) as client, client.stream_workflow("w") as stream:
        waits = [time.monotonic() - float(event.chunk) for event in stream if isinstance(event, BlockChunk)]
    assert len(waits) == _LATENCIES
    milliseconds = statistics.median(waits) * 1000
    return Finding("a chunk is handed out after", milliseconds, "1 ms (the median)", Limit(1.0))


def _ours(stack: ExitStack, url: str) -> Way:
    client = stack.enter_context(SimStudioClient(_KEY, url))

    def read() -> int:
        chunks = 0
        with client.stream_workflow("w") as stream:
            for event in stream:
                if isinstance(event, BlockChunk):
                    chunks += 1
                elif isinstance(event, Completed):
                    assert event.success
        return chunks

    return read


def _counted(payloads: Callable[[], Iterator[str]]) -> Way:
    """What a program does without types: decode each payload and look into it."""

    def read() -> int:
        chunks = 0
        for payload in payloads():
            frame = json.loads(payload)
            if isinstance(frame, dict) and "chunk" in frame:
                chunks += 1
        return chunks

    return read


def _plain(payloads: Callable[[], Iterator[str]]) -> Way:
    """What decoding alone takes. The end of the run and of the stream are events, too."""
    return lambda: sum(1 for _ in payloads()) - 2


def _decoder(stack: ExitStack, url: str) -> Callable[[], Iterator[str]]:
    pool = stack.enter_context(urllib3.PoolManager())

    def payloads() -> Iterator[str]:
        response = pool.request("POST", url + _PATH, body=b"{}", preload_content=False)
        decoder = EventStreamDecoder()
        while chunk := response.read1(_READ_BYTES):
            yield from (event.data for event in decoder.feed(chunk))
        response.release_conn()

    return payloads


def _bare(stack: ExitStack, url: str) -> Callable[[], Iterator[str]]:
    pool = stack.enter_context(urllib3.PoolManager())

    def payloads() -> Iterator[str]:
        response = pool.request("POST", url + _PATH, body=b"{}", preload_content=False)
        rest = b""
        while chunk := response.read1(_READ_BYTES):
            *events, rest = (rest + chunk).split(b"\n\n")
            for event in events:
                yield event[len("data: ") :].decode()  # json reads text in less time than bytes
        response.release_conn()

    return payloads


def _httpx_sse(stack: ExitStack, url: str) -> Callable[[], Iterator[str]]:
    client = stack.enter_context(httpx.Client())

    def payloads() -> Iterator[str]:
        with httpx_sse.connect_sse(client, "POST", url + _PATH, content=b"{}") as source:
            yield from (event.data for event in source.iter_sse())

    return payloads


def _openai(stack: ExitStack, url: str) -> Callable[[], Iterator[str]]:
    client = stack.enter_context(httpx.Client())

    def payloads() -> Iterator[str]:
        with client.stream("POST", url + _PATH, content=b"{}") as response:
            yield from (event.data for event in SSEDecoder().iter_bytes(response.iter_bytes()))

    return payloads


def _sseclient(stack: ExitStack, url: str) -> Callable[[], Iterator[str]]:
    session = stack.enter_context(requests.Session())

    def payloads() -> Iterator[str]:
        with session.post(url + _PATH, data=b"{}", stream=True) as response:
            yield from (event.data for event in sseclient.SSEClient(response.iter_content(_READ_BYTES)).events())

    return payloads
