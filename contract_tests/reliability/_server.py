"""A server that fails in one way until it is told to work."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any, Self

from contract_tests.reliability._methods import Good, good
from contract_tests.sdk._server import PATIENCE, Ending, Exchange, ScriptedServer, Step, answer

Play = Callable[[Good], Exchange]
"""What is played instead of the good answer."""

_PACE = 0.01  # seconds between the bytes of a dribble; far below every limit on silence


class FaultyServer(ScriptedServer):
    """Plays a fault in answer to every request until it is healed.

    Args:
        play: The fault.

    Attributes:
        failed: How many requests the fault was played to.
    """

    def __init__(self, play: Play, **options: Any) -> None:
        super().__init__(**options)
        self._play_fault = play
        self._healed = False
        self.failed = 0
        self._script = self._exchanges()

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def heal(self) -> None:
        """Answer as a server that works from now on."""
        self._healed = True

    def _exchanges(self) -> Iterator[Exchange]:
        while True:
            expected = good(self.requests[-1])
            if self._healed:
                yield [whole(expected)]
            else:
                self.failed += 1
                yield self._play_fault(expected)


def whole(good: Good, **headers: str) -> bytes:
    """The good answer, with its length."""
    return answer(good.status, good.body, {"Content-Type": good.content_type, **headers})


def dribble(before: bytes, byte: bytes, stop: threading.Event | None = None) -> Iterator[Step]:
    """A byte now and then, without end."""
    pause = stop or threading.Event()
    yield before
    while not pause.wait(_PACE):
        yield byte
    yield Ending.CLOSE


class RawServer:
    """Takes connections and hands each to a function, with nothing of HTTP.

    Args:
        serve: Talks to one client until it leaves; what it raises ends the connection.

    Attributes:
        left: Set when a client has left.
    """

    def __init__(self, serve: Callable[[socket.socket], object]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self.left = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def is_left(self, sent: bool | None) -> bool:
        """Whether the client leaves. One that did not even send its request may never have come."""
        return self.left.wait(PATIENCE) if sent or self._open else True

    def __enter__(self) -> "RawServer":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for opened in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(PATIENCE)
                self._open.append(connection)
                self._start(self._talk, connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._serve(connection)
            except TimeoutError:
                return  # the client is still there
            except OSError:
                pass
        self.left.set()


def wait_to_leave(connection: socket.socket) -> None:
    """Say nothing; return when the client has left."""
    while connection.recv(65536):
        pass


def dribbled_handshake(context: ssl.SSLContext) -> Callable[[socket.socket], None]:
    """A server that begins a TLS handshake in order, and sends its part of it byte by byte."""

    def serve(connection: socket.socket) -> None:
        received, flight = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = context.wrap_bio(received, flight, server_side=True)
        while not flight.pending:
            received.write(connection.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                server.do_handshake()
        pause = threading.Event()
        for byte in flight.read():
            pause.wait(_PACE)
            connection.sendall(bytes([byte]))
        wait_to_leave(connection)

    return serve


@contextlib.contextmanager
def deaf() -> Iterator[int]:
    """A port whose queue of connections is full, so that further ones get no answer at all (on Linux)."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        with contextlib.suppress(BlockingIOError, TimeoutError):
            for _ in range(64):
                waiting = stack.enter_context(socket.socket())
                waiting.settimeout(0.05)
                waiting.connect(listener.getsockname())
        yield int(listener.getsockname()[1])
