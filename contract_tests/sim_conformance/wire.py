"""Requests and answers as they are on the wire, without the SDK."""

import base64
import gzip
import json
import shlex
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, parse_headers
from http.client import HTTPResponse as HeadReader
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse, HTTPResponse
from urllib3.util import SKIP_HEADER

from sim_conformance.mock.exchange import Headers
from sim_conformance.mock.jsons import as_object, decode
from sim_conformance.outcome import Failure, expect

CHUNK = 65536

LONGEST_ARGUMENT = 2000
"""Bytes of a body that are written out in a command; a longer one is packed."""

TIMEOUTS = 5
"""Timeouts that a whole answer may take, however slowly it comes."""

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer that are read at most."""

SWITCHING_PROTOCOLS = 101

ENDLESS_HEAD = "the head of the answer does not end"


class Unending(Exception):
    """An answer that is too long, or takes too long."""


@dataclass
class Exchange:
    """One request and its answer.

    Attributes:
        path: with the query.
        status: 0 where no answer came.
        pieces: of the answer's body as they came: seconds since the request, and bytes.
        sent_at: epoch seconds.
        seconds: until the answer was complete, or given up.
        problem: why there is no (complete) answer.
    """

    method: str
    path: str
    headers: Headers
    body: bytes | None
    status: int = 0
    answer_headers: Headers = field(default_factory=Headers)
    pieces: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    sent_at: float = 0.0
    seconds: float = 0.0
    problem: str = ""

    @property
    def answer(self) -> bytes:
        """The answer's body."""
        return b"".join(piece for _, piece in self.pieces)

    @property
    def media_type(self) -> str:
        """The answer's, without parameters, in lower case."""
        return self.answer_headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The answer's body as JSON.

        Raises:
            Failure: when it is none.
        """
        try:
            return decode(self.answer)
        except ValueError as error:
            start = self.answer[:80].decode(errors="replace")
            raise Failure(f"the answer ({self.status}) is no JSON: {start!r}") from error

    def fields(self) -> dict[str, Any]:
        """The answer's body, a JSON object.

        Raises:
            Failure: when it is none.
        """
        fields = as_object(self.json())
        if fields is None:
            raise Failure(f"the answer ({self.status}) is no JSON object")
        return fields

    def expect_status(self, *allowed: int) -> None:
        """Let the check fail unless the status is one of these.

        Raises:
            Failure: when it is not.
        """
        wanted = " or ".join(map(str, allowed))
        expect(self.status in allowed, f"{self.method} {self.path} answered {self.status}, not {wanted}")

    def curl(self, base_url: str, variables: Mapping[str, str], *, verify_tls: bool = True) -> str:
        """A command that repeats the request.

        Args:
            variables: the shell variable that holds it, by key.
        """
        piped, data = _as_data(self.body or b"")
        words = [*piped, "curl", "-sS", "-i", "-N"]
        if not verify_tls:
            words.append("-k")
        if self.method != "GET":
            words += ["-X", self.method]
        words.append(shlex.quote(base_url + self.path))
        for name, value in self.headers.items():
            variable = variables.get(value)
            # curl leaves a header without a value out, unless it is written so.
            header = f"{name}: {value}" if value else f"{name};"
            words += ["-H", f'"{name}: ${variable}"' if variable else shlex.quote(header)]
        if "user-agent" not in self.headers:
            words += ["-H", "'User-Agent:'"]
        return " ".join([*words, *data])


def _as_data(body: bytes) -> tuple[list[str], list[str]]:
    """How curl is given a body: what to write before its command, and its own words."""
    if not body:
        return [], []
    if len(body) <= LONGEST_ARGUMENT:
        return [], ["--data-binary", shlex.quote(body.decode(errors="replace"))]
    packed = base64.b64encode(gzip.compress(body, mtime=0)).decode()
    return ["echo", packed, "|", "base64", "-d", "|", "gunzip", "|"], ["--data-binary", "@-"]


class FinalHead(HeadReader):
    """Reads the head of the final answer. `http.client` takes any interim one but 100 for it, such as a proxy's 103."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not in the stubs
            if status >= 200 or status == SWITCHING_PROTOCOLS:
                return version, status, reason
            parse_headers(self.fp)


class HeadDeadline(HTTPConnection):
    """A connection on which the head of an answer has to be there in time, however it dribbles."""

    response_class: Any = FinalHead

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Read the head.

        Raises:
            Unending: when it does not end.
        """
        reading = self.sock
        late = threading.Event()

        def hang_up() -> None:
            late.set()
            with suppress(OSError):
                # Not of TLS, which would have the last word: the read that waits ends at once.
                socket.socket.shutdown(reading, socket.SHUT_RDWR)

        assert self.timeout is not None  # every request has one
        timer = threading.Timer(TIMEOUTS * self.timeout, hang_up)
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()
        except (HTTPException, OSError) as error:
            if late.is_set():
                raise Unending(ENDLESS_HEAD) from error
            raise
        finally:
            timer.cancel()
        # Headers that end with the connection are taken for whole.
        if late.is_set():
            raise Unending(ENDLESS_HEAD)
        return response


class SecureHeadDeadline(HeadDeadline, HTTPSConnection):
    """The same with TLS."""


class Pool(urllib3.HTTPConnectionPool):
    """Connections with a deadline for heads."""

    ConnectionCls: Any = HeadDeadline


class SecurePool(urllib3.HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls: Any = SecureHeadDeadline


class Wire:
    """Sends requests to one server; follows no redirects and repeats nothing.

    Args:
        timeout: seconds to wait for a connection, and between two bytes of an answer; the whole of it may take five
            times as long.
    """

    def __init__(self, base_url: str, *, timeout: float, verify_tls: bool = True) -> None:
        self.base_url = base_url
        self._timeout = timeout
        self._pool = urllib3.PoolManager(maxsize=8, retries=False, ssl_context=None if verify_tls else unverified_tls())
        self._pool.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        timeout: float | None = None,
        leave_after: int | None = None,
        kept_in: list[Exchange] | None = None,
    ) -> Exchange:
        """Send a request with exactly these headers, and read the answer.

        Args:
            leave_after: hang up after this many bytes of the answer's body.
            kept_in: gets the exchange, and at once: whoever stops a run wants to know what it waits for.

        Returns:
            The exchange; where no complete answer came, its `problem` says why.
        """
        exchange = Exchange(method, path, Headers({name.lower(): value for name, value in headers.items()}), body)
        if kept_in is not None:
            kept_in.append(exchange)
        exchange.sent_at = time.time()
        start = time.monotonic()
        longest = timeout or self._timeout
        try:
            response = self._pool.request(
                method,
                self.base_url + path,
                headers=self._complete(headers),
                body=body,
                timeout=longest,
                redirect=False,
                preload_content=False,
            )
            for piece in self._read(exchange, response, leave_after, start + TIMEOUTS * longest):
                exchange.pieces.append((time.monotonic() - start, piece))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            exchange.problem = f"{type(error).__name__}: {error}"
        except Unending as error:
            exchange.problem = str(error)
            del exchange.pieces[1:]
        exchange.seconds = time.monotonic() - start
        return exchange

    def _complete(self, headers: Mapping[str, str]) -> dict[str, str]:
        # urllib3 adds headers of its own where these are not named.
        left_out = {"user-agent": SKIP_HEADER, "accept-encoding": SKIP_HEADER}
        named = {name.lower() for name in headers}
        return {**{name: value for name, value in left_out.items() if name not in named}, **headers}

    def _read(
        self, exchange: Exchange, response: BaseHTTPResponse, leave_after: int | None, end: float
    ) -> Iterator[bytes]:
        exchange.status = response.status
        for name, value in response.headers.items():
            exchange.answer_headers[name.lower()] = value
        count = 0
        try:
            while piece := response.read1(CHUNK):
                yield piece
                count += len(piece)
                if leave_after is not None and count >= leave_after:
                    response.close()
                    return
                if count > LARGEST or time.monotonic() > end:
                    response.close()
                    raise Unending(f"the answer does not end: {count} bytes so far")
        finally:
            response.release_conn()


def unverified_tls() -> ssl.SSLContext:
    """TLS with whoever answers."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def encoded(value: Any) -> bytes:
    """A value as the JSON body of a request."""
    return json.dumps(value, ensure_ascii=False).encode()
