"""Servers that cost the measured process nothing: each in a process of its own."""

import asyncio
import itertools
import json
import multiprocessing
import time
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Callable, Iterator

ANSWER = (
    b'{"success":true,"output":{"result":{"echo":{"message":"hello"}},"stdout":""},'
    b'"metadata":{"duration":12,"startTime":"2026-11-22T17:15:09.072Z","endTime":"2026-11-22T17:15:09.084Z"}}'
)


NUMBER = b"@the-number@"
"""What a fixed answer has another number of the same length for each time."""

_numbers = itertools.count()


@contextmanager
def fixed_server(body: bytes = ANSWER, content_type: str = "application/json") -> Iterator[str]:
    """The URL of a server that answers every request with `body`."""
    with _server(_serve_fixed, body, content_type) as url:
        yield url


@contextmanager
def telling_server(chunks: int) -> Iterator[str]:
    """The URL of a server that streams chunks, each with the moment at which it is sent, on the monotonic clock."""
    with _server(_serve_times, chunks) as url:
        yield url


@contextmanager
def _server(serve: Callable[..., None], *arguments: Any) -> Iterator[str]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()  # or nobody would notice that a server died before it said where it is
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


class _FixedAnswer(asyncio.Protocol):
    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, blank, rest = self._received.partition(b"\r\n\r\n")
            length = _content_length(head)
            if not blank or len(rest) < length:
                return
            self._received = rest[length:]
            self._transport.write(self._answer.replace(NUMBER, b"%0*d" % (len(NUMBER), next(_numbers))))


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def _serve_fixed(pipe: Connection, body: bytes, content_type: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _FixedAnswer(head + body), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def _serve_times(pipe: Connection, chunks: int) -> None:
    def event(frame: object) -> bytes:
        data = f"data: {json.dumps(frame)}\n\n".encode()
        return b"%x\r\n%b\r\n" % (len(data), data)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(chunks):
            await asyncio.sleep(0.005)
            writer.write(event({"blockId": "b", "chunk": str(time.monotonic())}))
        writer.write(event({"event": "final", "data": {"success": True, "output": {}}}) + b"0\r\n\r\n")
        await writer.drain()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())
