"""Receives webhook deliveries over HTTP."""

import json
import os
import time
from collections import Counter
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from socket import AF_INET6
from socketserver import TCPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Callable, Dict, Iterator, Optional, Sequence, Tuple, Type
from typing import Counter as CounterOf

from sim_sdk import webhooks
from sim_sdk._version import __version__

from .delivery import Delivery

__all__ = ["Listener"]

_LARGEST_BODY = 16 * 1024 * 1024  # bytes
_SILENCE = 30.0  # seconds after which a sender that says nothing is given up
_GLANCE = 0.1  # seconds; a wait without end could not be interrupted on Windows

_Answer = Tuple[int, Dict[str, Any]]
_Receive = Callable[[bytes, Any], _Answer]


class Listener:
    """A server for deliveries; iterating gives them, until `stop`. A context manager.

    Each is answered as soon as it is checked: with `answer`, or with 401 where it is not to be trusted.

    Args:
        host: The address to listen at.
        port: The port; 0 for any that is free.
        secrets: The webhook's secrets; a delivery that any of them signed is good.
        tolerance: How old a delivery may be, in seconds.
        answer: The HTTP status for good deliveries.

    Raises:
        OSError: The address cannot be listened at.
    """

    def __init__(
        self, host: str, port: int, secrets: Sequence[str], *, tolerance: float = 300.0, answer: int = 200
    ) -> None:
        self._secrets = secrets
        self._tolerance = tolerance
        self._answer = answer
        self._deliveries: SimpleQueue[Delivery] = SimpleQueue()
        self._stopped = False
        self._seen: CounterOf[str] = Counter()
        self._lock = Lock()
        self._server = (_IPv6Server if ":" in host else _Server)((host, port), partial(_Handler, self.receive))
        self._thread = Thread(target=self._server.serve_forever, args=(_GLANCE,), name="sim-webhook", daemon=True)

    @property
    def url(self) -> str:
        """Where deliveries go."""
        host, port = self._server.server_address[:2]
        return f"http://[{host!s}]:{port}/" if self._server.address_family == AF_INET6 else f"http://{host!s}:{port}/"

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __iter__(self) -> Iterator[Delivery]:
        while True:
            ending = self._stopped  # asked before the look: one may come between the look and the question
            try:
                delivery = self._deliveries.get(timeout=_GLANCE)
            except Empty:
                if ending:
                    return
            else:
                yield delivery

    def stop(self) -> None:
        """Let the iteration end when it has given what is there: its senders have been told that it was received."""
        self._stopped = True

    def receive(self, body: bytes, headers: Any) -> _Answer:
        """Check a delivery, and pass it on. Gives the answer: a status and a JSON object."""
        delivery = self._checked(body, headers)
        self._deliveries.put(delivery)
        if delivery.error is not None:
            return 401, {"error": delivery.error.reason}
        return self._answer, {"received": True}

    def _checked(self, body: bytes, headers: Any) -> Delivery:
        received, delivery_id = time.time(), webhooks.delivery_id(headers)
        try:
            event = webhooks.verify(body, headers, self._secrets, self._tolerance)
        except webhooks.WebhookError as error:
            return Delivery(received, delivery_id, error=error)
        if delivery_id is None:
            return Delivery(received, None, event)
        with self._lock:
            self._seen[delivery_id] += 1
            return Delivery(received, delivery_id, event, times=self._seen[delivery_id])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with the usual five, most of a burst of deliveries would wait for seconds
    # On Windows it would let a second listener take the port.
    allow_reuse_address = os.name != "nt"

    def server_bind(self) -> None:
        """Bind, without asking for the host's full name, which can take long."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that goes away is no delivery, and nothing to show."""


class _IPv6Server(_Server):
    address_family = AF_INET6


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server_version = f"sim-sdk/{__version__}"
    sys_version = ""
    timeout = _SILENCE

    def __init__(self, receive: _Receive, *args: Any) -> None:
        self._receive = receive
        super().__init__(*args)  # which handles the request

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal():
            self._respond(411, {"error": "the length of the body is not told"})
        elif int(length) > _LARGEST_BODY:
            self._respond(413, {"error": f"the body is larger than {_LARGEST_BODY} bytes"})
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._respond(*self._receive(body, self.headers))

    def send_error(self, code: int, message: Optional[str] = None, explain: Optional[str] = None) -> None:
        """Refuse what is no delivery, in JSON. There is no method but POST."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._respond(405, {"error": "webhook deliveries are sent by POST"}, Allow="POST")
        else:
            self._respond(code, {"error": HTTPStatus(code).phrase})

    def log_message(self, format: str, *args: Any) -> None:
        """Deliveries are shown by the command."""

    def _respond(self, status: int, document: Dict[str, Any], **headers: str) -> None:
        content = json.dumps(document).encode() + b"\n"
        self.send_response(status)
        fields = {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
