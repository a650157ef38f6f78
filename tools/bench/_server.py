"""A server that costs next to nothing: a process of its own, one fixed answer to every request."""

import asyncio
import multiprocessing
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Iterator

ANSWER = (
    b'{"success":true,"output":{"result":{"echo":{"message":"hello"}},"stdout":""},'
    b'"metadata":{"duration":12,"startTime":"2026-11-22T17:15:09.072Z","endTime":"2026-11-22T17:15:09.084Z"}}'
)


@contextmanager
def fixed_server(body: bytes = ANSWER, content_type: str = "application/json") -> Iterator[str]:
    """The URL of a server that answers every request with `body`."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, body, content_type), daemon=True
    )
    process.start()
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
            self._transport.write(self._answer)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def _serve(pipe: Connection, body: bytes, content_type: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _FixedAnswer(head + body), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())
