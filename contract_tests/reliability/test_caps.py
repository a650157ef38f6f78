"""Limits on what is taken in: of bodies, of streams and their events, of headers, of memory."""

import contextlib
import gzip
import itertools
import json
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from contract_tests.reliability._memory import CLIENTS, LIMIT, LOADS, MIB, measure
from contract_tests.reliability._methods import RUN
from contract_tests.reliability._server import FaultyServer
from contract_tests.reliability.conftest import Connect
from contract_tests.sdk._server import PATIENCE, Ending, Exchange, answer, chunk, frame, head, stream, stream_head
from sim_sdk import BlockChunk, ConnectionFailedError, InvalidResponseError, SimStudioError, StreamError
from sim_sdk._answer import Answer
from sim_sdk._assembly import Assembly
from sim_sdk._engine import Engine, Reply
from sim_sdk._flow import Flow
from sim_sdk._headers import Headers
from sim_sdk._options import Options
from sim_sdk._secret import Secret

Endless = Callable[[], Exchange]

CAP = 10_000  # bytes
FINAL = {"event": "final", "data": {"success": True, "output": {}}}


def meet(connect: Connect, exchange: Exchange | Endless, call: Callable[[Any], object], **options: Any) -> Any:
    """What comes of an exchange: a result or an error. The connection must be let go of, the client be usable."""
    with FaultyServer(lambda good: exchange() if callable(exchange) else exchange) as server:
        client = connect(server.url, **{"max_response_bytes": CAP, **options})
        try:
            outcome = call(client)
        except SimStudioError as error:
            outcome = error
        server.heal()
        assert client.get_workflow_status("wf").is_deployed
        client.close()
    return outcome


def endless(start: bytes, more: bytes) -> Endless:
    return lambda: itertools.chain([start], itertools.repeat(more))


def run(client: Any) -> object:
    return client.execute_workflow("wf", timeout=PATIENCE)


def collect(client: Any) -> object:
    return client.execute_workflow("wf", timeout=PATIENCE, stream=True)


# Bodies

CODINGS: dict[str, Callable[[bytes], bytes]] = {"identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("coding", CODINGS)
def test_the_size_of_a_body_counts_when_it_is_unfolded(connect: Connect, coding: str) -> None:
    def sent(size: int) -> Exchange:
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        return [answer(200, CODINGS[coding](json.dumps("x" * (size - 2)).encode()), headers)]

    assert len(meet(connect, sent(CAP), run).output) == CAP - 2
    refused = meet(connect, sent(CAP + 1), run)
    assert isinstance(refused, InvalidResponseError)
    assert "max_response_bytes (10000)" in str(refused)
    assert refused.request_sent is True


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br"])
def test_a_coding_that_was_not_asked_for_is_not_unfolded(connect: Connect, coding: str) -> None:
    refused = meet(connect, [answer(200, RUN.body, {"Content-Encoding": coding})], run)
    assert isinstance(refused, ConnectionFailedError)
    assert "not asked for" in str(refused)


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"", gzip.compress(b"") * 3000),
        (gzip.compress(RUN.body), bytes(65536)),
        (b"\x1f\x8b\x08\x08" + bytes(6), b"a file name without end" * 3000),
    ],
    ids=["empty members", "padding", "a file name"],
)
def test_a_compressed_body_that_is_nothing_but_overhead_is_left(connect: Connect, start: bytes, more: bytes) -> None:
    begun = head(200, {"Content-Encoding": "gzip", "Connection": "close"}) + start
    refused = meet(connect, endless(begun, more), run)
    assert isinstance(refused, ConnectionFailedError)
    assert "next to nothing" in str(refused)


def test_what_is_compressed_piece_by_piece_may_be_larger_than_its_content(connect: Connect) -> None:
    compressor = zlib.compressobj(wbits=31)
    body = b"".join(compressor.compress(b" ") + compressor.flush(zlib.Z_SYNC_FLUSH) for _ in range(100_000))
    body += compressor.compress(RUN.body) + compressor.flush()
    assert len(body) > 5 * 100_000
    assert meet(connect, [answer(200, body, {"Content-Encoding": "gzip"})], run, max_response_bytes=MIB).success


@contextlib.contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """How many bytes Python used at most, beyond what it did before."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class Pieces:
    """A body that comes in pieces, without a server."""

    status = 200
    headers: Sequence[tuple[str, str]] = ()

    def __init__(self, pieces: list[bytes]) -> None:
        self.ended = False
        self._pieces = iter(pieces)

    def at_hand(self) -> bytes:
        return b""

    def read(self, **limits: object) -> bytes:
        piece = next(self._pieces, b"")
        self.ended = not piece
        return piece

    def close(self) -> None:
        pass


def drive(flow: Flow[Answer], body: Pieces) -> Answer:
    next(flow)
    try:
        while True:
            flow.send(body.read())
    except StopIteration as ended:
        answer: Answer = ended.value
        return answer


def test_a_body_in_tiny_pieces_takes_no_more_memory_than_in_large_ones() -> None:
    engine = Engine(Options(Secret("sk-sim-canary"), "http://sim.example"))
    body = Pieces([b"%02d" % (number % 100) for number in range(50_000)])
    with traced() as peak:
        answer = drive(engine.read(Reply(body, Headers()), engine.call(None)), body)
        assert peak() < 500_000
    assert len(answer.body) == 100_000


# Streams


def text(size: int, block_id: str = "b") -> dict[str, str]:
    return {"blockId": block_id, "chunk": "é" * (size // 2)}


def flood(*frames: object) -> Endless:
    """The same events without end."""
    return endless(stream_head(), chunk(b"".join(map(frame, frames))))


def many_blocks() -> Exchange:
    yield stream_head()
    for number in itertools.count():
        yield chunk(frame(text(0, f"b{number}")))


def test_a_stream_may_put_out_as_much_as_allowed(connect: Connect) -> None:
    result = meet(connect, [stream([text(3000, "a"), text(3000, "b"), text(3000, "a"), FINAL, "[DONE]"])], collect)
    assert {name: len(block["content"]) for name, block in result.output.items()} == {"a": 3000, "b": 1500}


@pytest.mark.parametrize(
    "exchange",
    [
        flood(text(1000)),
        flood(text(1000), {"blockId": "b", "event": "chunk_reset"}),
        many_blocks,
        flood(text(10, "b" * 5000), text(10, "c" * 5000)),
    ],
    ids=["text", "text that is void", "blocks without text", "names of blocks"],
)
def test_a_stream_that_puts_out_more_is_left(connect: Connect, exchange: Endless) -> None:
    refused = meet(connect, exchange, collect)
    assert isinstance(refused, StreamError)
    assert "larger than max_response_bytes (10000)" in str(refused)
    assert (refused.status, refused.request_sent) == (200, True)


@pytest.mark.parametrize("frames_at_once", [1, 1500])
@pytest.mark.parametrize(("cap", "fitting"), [(CAP, 94), (10 * CAP, 994)])
def test_what_still_fits_is_handed_out_however_it_arrives(
    connect: Connect, cap: int, fitting: int, frames_at_once: int
) -> None:
    sent = [frame(text(100, f"b{number % 2}")) for number in range(1500)]
    pieces = [chunk(b"".join(sent[start : start + frames_at_once])) for start in range(0, 1500, frames_at_once)]
    seen: list[object] = []

    def follow(client: Any) -> None:
        with client.stream_workflow("wf") as events:
            seen.extend(events)

    refused = meet(connect, [stream_head(), *pieces, Ending.CLOSE], follow, max_response_bytes=cap)
    assert isinstance(refused, StreamError)
    assert seen == [BlockChunk(f"b{number % 2}", "é" * 50) for number in range(fitting)]
    assert refused.partial_text == "é" * 50 * (fitting + 1)
    assert f"({fitting + 1} events and {50 * (fitting + 1)} characters of text had arrived)" in str(refused)


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (flood({"event": "thinking", "data": "x" * CAP}), "a line of the event stream is longer than 10000 bytes"),
        (endless(stream_head(), chunk(b"x" * 999)), "a line of the event stream is longer"),
        (endless(stream_head(), chunk(b"data: x\n" * 100)), "an event of the stream is larger"),
    ],
    ids=["a long line", "a line without end", "an event without end"],
)
def test_no_event_is_larger_than_an_answer_may_be(connect: Connect, exchange: Endless, problem: str) -> None:
    refused = meet(connect, exchange, collect)
    assert isinstance(refused, StreamError)
    assert problem in str(refused)


def test_what_is_not_kept_may_be_of_any_size(connect: Connect) -> None:
    thoughts = [{"event": "thinking", "blockId": "b", "data": "x" * 1000}] * 100
    assert meet(connect, [stream([*thoughts, FINAL, "[DONE]"])], collect).success


def test_a_stream_without_a_limit_has_none(connect: Connect) -> None:
    sent = [stream([text(MIB), text(MIB), FINAL, "[DONE]"])]
    result = meet(connect, sent, collect, max_response_bytes=None)
    assert len(result.output["b"]["content"]) == MIB


def test_text_that_is_streamed_by_letters_takes_no_more_memory_than_in_one_piece() -> None:
    assembly = Assembly()
    with traced() as peak:
        for number in range(50_000):
            assembly.add_chunks([BlockChunk("b", f"{number % 100:02}")])
        assert peak() < 500_000
    assert len(assembly.text() or "") == 100_000


@pytest.mark.parametrize("written", ["\\ud83d", "\\udc00x", "\\u0000"])
def test_any_text_of_json_can_be_streamed(connect: Connect, written: str) -> None:
    sent = stream_head() + chunk(f'data: {{"blockId":"b","chunk":"{written}"}}\n\n'.encode() + frame(FINAL))
    assert meet(connect, [sent, Ending.CLOSE], collect).output == {"b": {"content": json.loads(f'"{written}"')}}


# Headers


@pytest.mark.parametrize(("count", "size"), [(90, 10), (10, 60_000)], ids=["many", "large"])
def test_headers_may_be_as_many_and_as_large_as_servers_send(connect: Connect, count: int, size: int) -> None:
    headers = {f"X-{number}": "h" * size for number in range(count)}
    assert meet(connect, [answer(200, RUN.body, headers)], run).success


@pytest.mark.parametrize(("count", "size"), [(200, 10), (1, 70_000)], ids=["many", "large"])
@pytest.mark.parametrize("status", [200, 103])
def test_more_and_larger_ones_are_refused(connect: Connect, status: int, count: int, size: int) -> None:
    headers = "".join(f"X-{number}: {'h' * size}\r\n" for number in range(count))
    sent = f"HTTP/1.1 {status} X\r\n{headers}\r\n".encode() + answer(200, RUN.body)
    assert isinstance(meet(connect, [sent, Ending.CLOSE], run), ConnectionFailedError)


@pytest.mark.parametrize(
    "line", [b"\x1b[2J\x07" + b"x" * 60_000, b"\tSSH\x85 \xa0 hello", b""], ids=["long", "odd", "empty"]
)
def test_what_is_no_http_is_told_in_a_line_that_can_be_printed(connect: Connect, line: bytes) -> None:
    refused = meet(connect, [line + b"\r\n\r\n", Ending.CLOSE], run)
    assert isinstance(refused, ConnectionFailedError)
    assert str(refused).isprintable()
    assert len(str(refused)) < 1000
    assert "broke: " in str(refused)
    assert not str(refused).endswith(": ")


# Memory


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's size from /proc")
@pytest.mark.parametrize("client", CLIENTS)
def test_memory_stays_small_whatever_is_sent(client: str) -> None:
    # With a gigabyte each: python -m tools.memory
    for name, figures in measure(client, 128 * MIB).items():
        assert figures.outcome == LOADS[name].outcome, name
        assert figures.grown < LIMIT, (name, figures)
