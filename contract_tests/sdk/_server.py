"""A server on a real socket that plays a script: bytes, waits and ways of ending, request by request."""

import contextlib
import enum
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

# How long any side waits for the other before the test is given up; never a delay that a test counts on.
PATIENCE = 10.0


class Ending(enum.Enum):
    """How a connection ends, or does not."""

    CLOSE = "close"
    """Orderly."""
    RESET = "reset"
    """With a TCP reset, so that the client sees an error."""
    STALL = "stall"
    """Not a byte more; the connection stays open until the client leaves."""


Step = bytes | threading.Event | Callable[[], object] | Ending
"""Send bytes, wait for an event of the test's, call a function, or end the connection."""

Exchange = Iterable[Step]


@dataclass(frozen=True)
class Received:
    """A request as it arrived.

    Attributes:
        headers: Values by lower-case name.
        connection: Which connection it came over, the first one being 0.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class ScriptedServer:
    """Answers the requests that arrive, over whatever connections, with the exchanges of a script, in order.

    Args:
        script: One exchange for each expected request.
        context: For TLS.
        listening: False to have connections refused until `listen` is called.

    Attributes:
        requests: What arrived.
        left: Set when a client has left before an exchange, in the midst of one, or where `Ending.STALL` ended it.
        closed: Set when the server has closed a connection.
        problems: What went otherwise than the script had it.
    """

    def __init__(self, *script: Exchange, context: ssl.SSLContext | None = None, listening: bool = True) -> None:
        self.requests: list[Received] = []
        self.left = threading.Event()
        self.closed = threading.Event()
        self.problems: list[str] = []
        self.connections = 0
        self._script: Iterator[Exchange] = iter(script)
        self._context = context
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listening = listening

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def is_left(self, sent: bool | None) -> bool:
        """Whether the client leaves. One that did not even send its request may never have come."""
        return self.left.wait(PATIENCE) if sent or self.connections else True

    def listen(self) -> None:
        """Take connections from now on."""
        self._listener.listen()
        self._start(self._accept)

    def __enter__(self) -> "ScriptedServer":
        if self._listening:
            self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            # Wakes accept(), which close() alone does not.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            number, self.connections = self.connections, self.connections + 1
            self._start(self._serve, connection, number)

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            self._converse(connection, number)
        except TimeoutError:
            pass  # the client is still there
        except OSError:
            self.left.set()
        connection.close()
        self.closed.set()

    def _converse(self, connection: socket.socket, number: int) -> None:
        asked = False
        with connection.makefile("rb") as reader:
            while (received := _read_request(reader, number)) is not None:
                asked = True
                with self._lock:
                    self.requests.append(received)
                    exchange = next(self._script, None)
                if exchange is None:
                    self.problems.append(f"no exchange is left for {received.method} {received.target}")
                    return
                if not self._play(connection, exchange):
                    return
        if not asked:
            self.left.set()

    def _play(self, connection: socket.socket, exchange: Exchange) -> bool:
        """Whether the connection goes on."""
        for step in exchange:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif isinstance(step, threading.Event):
                if not step.wait(PATIENCE):
                    self.problems.append("the test did not acknowledge in time")
            elif isinstance(step, Ending):
                self._end(connection, step)
                return False
            else:
                step()
        return True

    def _end(self, connection: socket.socket, ending: Ending) -> None:
        if ending is Ending.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif ending is Ending.STALL:
            connection.recv(1)
            self.left.set()


def _read_request(reader: Any, number: int) -> Received | None:
    line = reader.readline().decode("latin-1").split()
    if len(line) != 3 or not line[2].startswith("HTTP/"):
        return None
    headers = {}
    while (field := reader.readline().decode("latin-1").strip()) != "":
        name, _, value = field.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    return Received(line[0], line[1], headers, body, number)


@contextlib.contextmanager
def refused() -> Iterator[str]:
    """A URL at which connections are refused: its port is taken, but nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP response whose length is declared."""
    return head(status, {**(headers or {}), "Content-Length": str(len(body))}) + body


def json_answer(status: int, value: object, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP response with a JSON body."""
    return answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """A status line and headers."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def stream_head(**headers: str) -> bytes:
    """The head of a chunked event stream."""
    return head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", **headers})


def chunk(data: bytes) -> bytes:
    """One piece of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def frame(value: object) -> bytes:
    """One server-sent event as Sim frames it."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def stream(values: Iterable[object]) -> bytes:
    """A whole event stream, one chunk a frame."""
    return stream_head() + b"".join(chunk(frame(value)) for value in values) + LAST_CHUNK


RESULT = {"success": True, "output": {"content": "hello"}, "metadata": {"duration": 12}}
SUCCESS = json_answer(200, RESULT)
STATUS = json_answer(200, {"isDeployed": True, "deployedAt": None, "needsRedeployment": False})
