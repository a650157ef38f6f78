"""How much memory a client takes for answers that are larger than it should take in.

Each client runs in a process of its own, which meets one answer after the other and tells how far its memory grew.
"""

import gc
import gzip
import itertools
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_tests.reliability._methods import Good
from contract_tests.reliability._server import FaultyServer
from contract_tests.sdk._blocking import blocking_client
from contract_tests.sdk._server import LAST_CHUNK, Exchange, chunk, frame, head, stream_head
from sim_sdk import SimStudioClient, SimStudioError

MIB = 1024 * 1024
GIB = 1024 * MIB
LIMIT = 64 * MIB  # of what a process may grow by
CAP = 8 * MIB  # max_response_bytes of the clients
CLIENTS: dict[str, Any] = {"sync": SimStudioClient, "async": blocking_client}
_KEY = "sk-sim-canary-1f0e9d8c7b6a"
_PIECE = 65536
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Load:
    """A large answer.

    Attributes:
        play: Sends it; takes its size in bytes, after decompression, and makes it as it is read.
        call: Asks for it.
        outcome: The class of the error with which it is refused, None where it goes through.
    """

    play: Callable[[int], Exchange]
    call: Callable[[Any, str], object]
    outcome: str | None


@dataclass(frozen=True)
class Figures:
    """What became of an answer.

    Attributes:
        grown: By how much the process was larger at most than at its start, in bytes.
        seconds: How long it took.
    """

    outcome: str | None
    grown: int
    seconds: float


# What is sent


def plain(size: int) -> Iterator[bytes]:
    yield head(200, {"Content-Type": "application/json", "Content-Length": str(size)})
    yield from itertools.repeat(b" " * _PIECE, size // _PIECE)


def bomb(coding: str, size: int) -> Iterator[bytes]:
    """Gzip members of a megabyte each, or one deflate stream of as many blocks."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS)
    megabyte = bytes(MIB)
    yield head(200, {"Content-Type": "application/json", "Content-Encoding": coding, "Connection": "close"})
    if coding == "gzip":
        yield gzip.compress(megabyte) * (size // MIB)
    else:
        yield from (compressor.compress(megabyte) for _ in range(size // MIB))


def events(value: object, size: int, coding: str = "identity") -> Iterator[bytes]:
    """The same event over and over, then the end."""
    batch = frame(value) * max(1, _PIECE // len(frame(value)))
    ending = frame({"event": "final", "data": {"success": True, "output": {}}})
    compress = gzip.compress if coding == "gzip" else bytes
    yield stream_head(**{"Content-Encoding": coding})
    yield from itertools.repeat(chunk(compress(batch)), size // len(batch))
    yield chunk(compress(ending)) + LAST_CHUNK


def thinking(size: int) -> dict[str, str]:
    """What no client keeps."""
    return {"event": "thinking", "blockId": "b", "data": "x" * size}


def line(size: int) -> Iterator[bytes]:
    yield stream_head() + chunk(b"data: ")
    yield from itertools.repeat(chunk(b"x" * _PIECE), size // _PIECE)


def lines(size: int) -> Iterator[bytes]:
    yield stream_head()
    yield from itertools.repeat(chunk(b"data: " + b"x" * _PIECE + b"\n"), size // _PIECE)


# What asks for it


def run(client: Any, workflow_id: str) -> object:
    return client.execute_workflow(workflow_id, timeout=None)


def collect(client: Any, workflow_id: str) -> object:
    return client.execute_workflow(workflow_id, timeout=None, stream=True)


def follow(client: Any, workflow_id: str) -> None:
    with client.stream_workflow(workflow_id) as stream:
        for _ in stream:
            pass


LOADS = {
    "body": Load(plain, run, "InvalidResponseError"),
    "gzip-bomb": Load(lambda size: bomb("gzip", size), run, "InvalidResponseError"),
    "deflate-bomb": Load(lambda size: bomb("deflate", size), run, "InvalidResponseError"),
    "thinking": Load(lambda size: events(thinking(_PIECE), size), follow, None),
    "gzip-thinking": Load(lambda size: events(thinking(_PIECE), size, "gzip"), follow, None),
    "text": Load(lambda size: events({"blockId": "b", "chunk": "x" * _PIECE}, size), follow, "StreamError"),
    "large-thinking": Load(lambda size: events(thinking(4 * MIB), size), follow, None),
    "line": Load(line, collect, "StreamError"),
    "lines": Load(lines, collect, "StreamError"),
}


def measure(client: str, size: int) -> dict[str, Figures]:
    """Let a client meet all answers: a gigabyte of each, but of those that go through `size` bytes."""

    def play(good: Good) -> Exchange:
        load = LOADS[good.target.split("/")[3]]
        return load.play(size if load.outcome is None else GIB)

    with FaultyServer(play) as server:
        command = [sys.executable, "-m", __name__, client, server.url]
        ran = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return {name: Figures(*figures) for name, figures in json.loads(ran.stdout).items()}


def _meet(client: str, url: str) -> dict[str, tuple[str | None, int, float]]:
    figures = {}
    with CLIENTS[client](_KEY, url, max_response_bytes=CAP, idle_timeout=None) as made:
        with suppress(SimStudioError):
            made.get_workflow_status("body")  # loads what is loaded with the first request
        start = _forget_peak()
        for name, load in LOADS.items():
            outcome = None
            began = time.monotonic()
            _forget_peak()
            try:
                load.call(made, name)
            except SimStudioError as error:
                outcome = type(error).__name__
            figures[name] = (outcome, _peak() - start, time.monotonic() - began)
    return figures


def _forget_peak() -> int:
    """Forget how large the process has ever been, and tell how large it is."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """How large the process has been, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    print(json.dumps(_meet(*sys.argv[1:])))
