"""The only place that touches a socket: HTTP exchanges over urllib3.

Nothing is decided here. urllib3's own retries and redirects are off; every limit is the caller's; what goes wrong is
told as a `TransportFailure`.
"""

import io
import math
import os
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, parse_headers
from queue import Empty, SimpleQueue
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple, Union, cast
from urllib.parse import unquote

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ClosedPoolError, HeaderParsingError, HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.util import make_headers, parse_url
from urllib3.util.connection import allowed_gai_family
from urllib3.util.response import assert_header_parsing
from urllib3.util.wait import wait_for_socket

from .decompress import decompressor
from .failures import FailureKind, TransportFailure, without_frames
from .fields import read_fields, transfer_codings

__all__ = ("RawResponse", "Transport")

_READ_BYTES = 65536
_SEND_BYTES = 65536
_NO_TIMEOUT = urllib3.Timeout(None)  # time is limited here, operation by operation
_LINE_END = b"\r\n"
_MAX_LINE_BYTES = 65536
_LINE = re.compile(rb"[^\r\n\0]*\r?\n").fullmatch
_LENGTHS = re.compile("[ \t]*[0-9]{1,18}[ \t]*(?:,[ \t]*[0-9]{1,18}[ \t]*)*").fullmatch
_CHUNK_LENGTH = re.compile(rb"([0-9a-fA-F]+)[ \t]*(?:;.*)?\r\n").fullmatch
_NO_RETRIES = urllib3.Retry(False, redirect=False)
# Setting a timeout is a system call: one that was set for a long wait serves for another that differs by little.
_LONG_WAIT = 1.0  # seconds
_LONGEST_WAIT = 2e6  # seconds; sockets and locks refuse to wait for longer, which makes no difference
_TIMER_SLACK = 0.01  # seconds
_SWITCHING_PROTOCOLS = 101
_INTERIM = b"HTTP/1.1 1"  # how the answers begin that another one follows

_Addresses = List[Tuple[Any, ...]]


class _Limits:
    """The time limits of one exchange, whether its bytes went out (any, all of the body), and over which socket."""

    __slots__ = ("connect_by", "cut_short", "deadline", "idle", "sent", "socket")

    def __init__(self, total: Optional[float], idle: Optional[float], connect: Optional[float] = None) -> None:
        self.sent: bool = False
        self.cut_short: bool = False
        self.socket: Any = None
        self.set(total, idle)
        self.connect_by: Optional[float] = self.deadline
        if connect is not None and (total is None or connect < total):
            self.connect_by = time.monotonic() + min(connect, _LONGEST_WAIT)

    def set(self, total: Optional[float], idle: Optional[float]) -> None:
        self.deadline: Optional[float] = None if total is None else time.monotonic() + min(total, _LONGEST_WAIT)
        self.idle: Optional[float] = None if idle is None else min(idle, _LONGEST_WAIT)

    def next_wait(self) -> Optional[float]:
        """How long the next operation on the socket may block, in seconds; None for ever."""
        remaining = _until(self.deadline)
        return self.idle if remaining is None else remaining if self.idle is None else min(remaining, self.idle)

    def connect_wait(self) -> Optional[float]:
        """How long making the connection may still take, in seconds; None for ever."""
        return _until(self.connect_by)


def _until(deadline: Optional[float]) -> Optional[float]:
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise socket.timeout("the time limit passed")
    return remaining


# The exchange that this thread is in. urllib3 offers no way to hand it to a connection, which may be new or reused.
_current = threading.local()


class _TimedReader(io.RawIOBase):
    """Sets the socket's timeout before every read: no sequence of small reads outlasts the exchange's limits."""

    def __init__(self, sock: "_TimedSocket") -> None:
        self._sock = sock
        self._raw = sock.raw.makefile("rb", buffering=0)
        self._early, sock.early = sock.early, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Optional[int]:
        if self._early:
            early, self._early = self._early[: len(buffer)], self._early[len(buffer) :]
            buffer[: len(early)] = early
            return len(early)
        self._sock.arm()
        return self._raw.readinto(buffer)  # type: ignore[no-any-return]  # makefile of any kind of socket

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _AnswerReader(io.BufferedReader):
    """Refuses a line that breaks off, or is not there, or holds what may end it early for somebody else.

    `http.client` would take half of the headers for all of them, and half of a chunk's length for its length.
    """

    def readline(self, size: Optional[int] = -1, /) -> bytes:
        line = super().readline(size)
        if _LINE(line):
            return line
        if b"\0" in line or b"\r" in line:
            raise HTTPException("a line of the answer holds a control character, or breaks off")
        if len(line) != size:
            raise ConnectionResetError("it ended before the answer did")
        return line


class _TimedSocket:
    """A connected socket whose reads and writes keep to the limits of the exchange that uses it.

    Attributes:
        raw: The socket.
        limits: Those of the exchange.
        early: What came of the answer while the request was sent.
    """

    def __init__(self, raw: Any, limits: _Limits) -> None:
        self.raw = raw
        self.limits = limits
        self.early = b""
        self._armed = math.nan

    def arm(self) -> None:
        wait = self.limits.next_wait()
        if wait is None or wait < _LONG_WAIT or not abs(wait - self._armed) < _TIMER_SLACK:
            self.raw.settimeout(wait)
            self._armed = math.nan if wait is None else wait

    def settimeout(self, wait: Optional[float]) -> None:
        """Nothing: urllib3's timeouts are off, and `arm` sets one before every operation."""

    def sendall(self, data: Any) -> None:
        self.limits.sent = True
        self.limits.socket = self.raw
        rest = data if len(data) <= _SEND_BYTES else memoryview(data)
        if rest is not data and isinstance(self.raw, socket.socket):
            self._send_until_answered(rest)
            return
        while rest:
            self.arm()
            rest = rest[self.raw.send(rest[:_SEND_BYTES]) :]

    def _send_until_answered(self, rest: memoryview) -> None:
        """Send a large body, for as long as the server takes it: one that refuses it need not read it to its end."""
        self.raw.settimeout(0)
        self._armed = math.nan
        while rest:
            wait = self.limits.next_wait()
            try:
                rest = rest[self.raw.send(rest[:_SEND_BYTES]) :]
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
                if self._is_answered():
                    self.limits.cut_short = True
                    raise BrokenPipeError from None  # urllib3 goes on to read the answer
                writable = not isinstance(error, ssl.SSLWantReadError)
                if not wait_for_socket(self.raw, self.early != _INTERIM, writable, wait):
                    raise socket.timeout("the server takes no more of the request") from None

    def _is_answered(self) -> bool:
        """Whether an answer has begun, or the server's side has ended. With an interim one it still wants the body."""
        try:
            while len(self.early) < len(_INTERIM):
                piece = self.raw.recv(len(_INTERIM) - len(self.early))
                if not piece:
                    return True
                self.early += piece
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        return self.early != _INTERIM

    def makefile(self, *args: Any, **kwargs: Any) -> io.BufferedReader:
        return _AnswerReader(_TimedReader(self), _READ_BYTES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


class _WholeHead(HTTPResponse):
    def begin(self) -> None:
        super().begin()
        if self.headers.defects:
            self._refuse_unreadable_headers()
        if "transfer-encoding" in ",".join(self.headers.keys()).lower():
            self._read_codings(transfer_codings(self.headers.get_all("transfer-encoding", ())))
        lengths = self.headers.get_all("content-length")
        if lengths is not None and not _LENGTHS(",".join(lengths)):
            # `http.client` would take "+1" and "1_0", and read on with others until the server closes.
            raise HTTPException("the length of the answer is no number")

    def _read_codings(self, codings: Set[str]) -> None:
        """`http.client` would know "chunked" only where nothing is beside it, not even a space behind it."""
        if codings == {"chunked"} and not self.chunked:
            self.chunked, self.chunk_left, self.length = True, None, None
            self.will_close = self._check_close()
        elif codings - {"chunked"}:
            raise HTTPException("the answer is in a transfer coding that was not asked for")

    def _check_close(self) -> bool:
        """Whether the connection ends with the answer: also where the request's body was not sent to its end."""
        return _current.limits.cut_short or bool(super()._check_close())  # type: ignore[misc]  # not in the stubs

    def _refuse_unreadable_headers(self) -> None:
        try:
            assert_header_parsing(self.headers)
        except HeaderParsingError:
            # `http.client` would leave out what comes behind, and urllib3 log it, though the key may be in there.
            raise HTTPException("a header of the answer cannot be read") from None

    def _read_next_chunk_size(self) -> int:
        """`http.client` would take whatever `int` does: "-1", "+1", "0x1", "1_0"."""
        line = _CHUNK_LENGTH(self.fp.readline(_MAX_LINE_BYTES))
        if line is None:
            raise HTTPException("the length of a chunk is no number")
        return int(line[1], 16)

    def _safe_read(self, amt: int) -> bytes:
        """Read the end of a chunk; all else is read by `read1`. `http.client` would pass over whatever is there."""
        end: bytes = super()._safe_read(amt)  # type: ignore[misc]  # not in the stubs
        if end != _LINE_END:
            raise HTTPException("a chunk of the answer is longer than its length")
        return end

    def _read_status(self) -> Tuple[str, int, str]:
        """Pass over all interim answers. `http.client` does so with 100 only, and takes a 103 for the answer."""
        while True:
            status = super()._read_status()  # type: ignore[misc]  # not in the stubs
            if status[1] >= 200:
                return cast(Tuple[str, int, str], status)
            if status[1] == _SWITCHING_PROTOCOLS:
                raise HTTPException("the server switches to another protocol, which was not asked for")
            parse_headers(self.fp)
            _current.limits.next_wait()  # raises when time is up, however many there are in the buffer


class _Consent(_WholeHead):
    """A proxy's answer to CONNECT. Nothing of a refusal is told but its status: some repeat the proxy's password."""

    def _read_status(self) -> Tuple[str, int, str]:
        try:
            status = super()._read_status()
        except HTTPException:
            raise ConnectionError("the answer of the proxy cannot be read") from None
        if status[1] != 200:
            raise ConnectionRefusedError(f"the proxy refuses with status {status[1]}")
        return status


class _TimedConnection(HTTPConnection):
    response_class: Any = _WholeHead
    debuglevel = 0  # whatever it is for all of `http.client`, which would print the key
    _fields: List[Tuple[Any, ...]]
    _held: Optional[List[bytes]] = None

    def _new_conn(self) -> socket.socket:
        try:
            return _connect(self._dns_host, self.port, self.socket_options or (), _current.limits)
        except ConnectionResetError as error:
            # urllib3 would take it for one of sending, and go on to read an answer.
            raise NewConnectionError(self, str(error)) from error

    def _tunnel(self) -> None:
        limits = _current.limits
        raw: Any = self.sock
        # The proxy's answer may dribble too. What goes to it is not the request.
        self.sock = _TimedSocket(raw, _Limits(limits.connect_wait(), None))
        self.response_class = _Consent
        super()._tunnel()
        self.response_class = _WholeHead
        self.sock = raw
        raw.settimeout(limits.connect_wait())

    def connect(self) -> None:
        super().connect()
        self.sock: Any = _TimedSocket(self.sock, _current.limits)

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send head and body at once: each on its own would cost a system call more, and often a packet."""
        if self.sock is not None:
            self.sock.limits = _current.limits
        self._fields = []
        self._held = []
        try:
            super().request(*args, **kwargs)
            head, *body = self._held
        finally:
            self._held = None
        for piece in _joined([head[: -len(_LINE_END)], _lines(self._fields), *body]):
            super().send(piece)

    def putheader(self, header: Any, *values: Any) -> None:
        """Keep the field for `request`: `http.client` would take more time to check each than to send them all."""
        self._fields.append((header, *values))

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)


def _lines(fields: List[Tuple[Any, ...]]) -> bytes:
    """The header fields of a request, and the empty line behind them. None of them can end its line early."""
    lines = "".join([f"{name}: {_latin(*value)}\r\n" for name, *value in fields])
    if not lines.count("\r") == lines.count("\n") == len(fields):
        raise ValueError("a header holds a line break")
    return lines.encode("latin-1") + _LINE_END


def _latin(value: Union[str, bytes]) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _joined(pieces: List[bytes]) -> List[bytes]:
    """Small pieces as one; a large one is not copied for that."""
    return [b"".join(pieces)] if sum(map(len, pieces)) <= _SEND_BYTES else pieces


class _TimedTLSConnection(_TimedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls: Any = _TimedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls: Any = _TimedTLSConnection


def _connect(host: str, port: int, options: Any, limits: _Limits) -> socket.socket:
    """A connection to the first address of a host that takes one; each address leaves time for those behind it."""
    name = host.strip("[]")
    addresses = _written(name, port) or _resolve(name, port, limits.connect_wait())
    failure: Optional[OSError] = None
    for untried in range(len(addresses), 0, -1):
        family, kind, protocol, _, address = addresses[-untried]
        wait = limits.connect_wait()
        raw = socket.socket(family, kind, protocol)
        try:
            for option in options:
                raw.setsockopt(*option)
            raw.settimeout(None if wait is None else wait / untried)
            raw.connect(address)
            raw.settimeout(limits.connect_wait())
            return raw
        except BaseException as error:
            raw.close()
            if not isinstance(error, OSError):
                raise
            failure = error
    raise failure or OSError("the host has no address")


def _written(host: str, port: int) -> _Addresses:
    """The address that a host is written as; none where it is a name. It takes neither a resolver nor a thread."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):
            socket.inet_pton(family, host)
            return [(family, socket.SOCK_STREAM, 0, "", (host, port))]
    return []


def _resolve(host: str, port: int, wait: Optional[float]) -> _Addresses:
    """The addresses of a host. A thread asks for them, because the system's resolver takes no time limit."""
    outcome: SimpleQueue[Union[_Addresses, Exception]] = SimpleQueue()

    def ask() -> None:
        try:
            outcome.put(socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM))
        except Exception as error:
            outcome.put(error)

    try:
        threading.Thread(target=ask, name="sim-resolve", daemon=True).start()
    except RuntimeError:
        ask()  # no thread can be started while the interpreter shuts down
    try:
        found = outcome.get(timeout=wait)
    except Empty:
        raise socket.timeout("the host name was not resolved in time") from None
    if isinstance(found, Exception):
        raise found
    return found


class RawResponse:
    """The head of an answer, and its body to be read piece by piece.

    Attributes:
        status: The HTTP status.
        headers: The header fields, in the order in which they came.
        ended: Whether the body has been read to its end.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, limits: _Limits) -> None:
        self.status: int = response.status
        self.headers: List[Tuple[str, str]] = read_fields(response.headers.items(), "latin-1")
        self._response = response
        self._limits = limits
        self._decompressor = decompressor(response.headers.getlist("Content-Encoding"))
        self.ended: bool = False
        self._reading = False

    def at_hand(self) -> bytes:
        """Nothing: urllib3 does not tell what has come from what it would wait for."""
        return b""

    def read(self, *, total: Optional[float], idle: Optional[float]) -> bytes:
        """The next bytes of the body, decompressed, as soon as there are any; b"" at its end.

        Args:
            total: Seconds that remain of the whole exchange, None for no limit.
            idle: The longest silence of the server, in seconds, None for no limit.

        Raises:
            TransportFailure: The body broke off, cannot be decompressed, or a limit passed.
        """
        if self.ended:
            return b""
        self._limits.set(total, idle)
        self._reading = True
        try:
            outcome = self._read()
        finally:
            self._stop_reading()
        if isinstance(outcome, TransportFailure):
            raise outcome
        if not outcome or (self._decompressor is None and self._response.length_remaining == 0):
            self.ended = True
            self._response.release_conn()
        return outcome

    def _read(self) -> Union[bytes, TransportFailure]:
        try:
            return self._read_unfolded()
        except (HTTPError, OSError, ValueError) as error:
            self.ended = True
            return _failure(error, self._limits, reading=True)
        except BaseException:
            self.ended = True
            raise

    def _read_unfolded(self) -> bytes:
        if self._decompressor is None:
            return self._response.read1(_READ_BYTES) or b""
        while True:
            piece = self._decompressor.unfold()
            if piece:
                return piece
            data = self._response.read1(_READ_BYTES)
            if not data:
                self._decompressor.finish()
                return b""
            self._decompressor.feed(data)

    def close(self) -> None:
        """Give the connection back where the body was read to its end, else close it. Never blocks.

        A read that another thread is in ends at once, with a failure.
        """
        if self.ended:
            return
        self.ended = True
        if not self._reading:
            self._let_go()
            return
        # To close what another thread reads from would wait for it. Its read ends with the connection, and lets go.
        raw = self._limits.socket
        with suppress(OSError):
            socket.socket.shutdown(getattr(raw, "socket", raw), socket.SHUT_RDWR)  # TLS within TLS wraps it

    def _stop_reading(self) -> None:
        self._reading = False
        if self.ended:
            self._let_go()

    def _let_go(self) -> None:
        # It is not put back into the pool, which has a lock: the garbage collector may call this in a thread that
        # holds it. The pool makes another one.
        self._response.close()


class Transport:
    """Sends requests over a pool of kept connections. Threads may share it; after a fork the child gets a new pool.

    Args:
        pool_size: How many idle connections to one host are kept.
        proxy: The URL of an HTTP proxy, or None. The environment is not asked.
        ssl_context: For TLS; the default verifies certificates and host names.
    """

    def __init__(
        self, *, pool_size: int = 16, proxy: Optional[str] = None, ssl_context: Optional[ssl.SSLContext] = None
    ) -> None:
        self._options: Dict[str, Any] = {"num_pools": 8, "maxsize": pool_size, "block": False}
        if ssl_context is not None:
            self._options["ssl_context"] = ssl_context
        self._proxy = proxy
        self._pools: Optional[_Pools] = None

    def open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[bytes],
        *,
        connect: Optional[float],
        total: Optional[float],
        idle: Optional[float],
    ) -> RawResponse:
        """Send a request and wait for the head of its answer.

        Args:
            method: The HTTP method.
            url: The absolute URL, percent-encoded.
            headers: The header fields.
            body: The body, or None.
            connect: Seconds for making a connection (the name's resolution, all addresses, a proxy's consent, the
                TLS handshake), None for no limit.
            total: Seconds for all of it, None for no limit.
            idle: The longest silence of the server, in seconds, None for no limit.

        Raises:
            TransportFailure: There is no answer. It says whether any byte of the request went out.
        """
        limits = _Limits(total, idle, connect)
        _current.limits = limits
        try:
            outcome = self._send(method, url, headers, body, limits)
        finally:
            del _current.limits
        if isinstance(outcome, BaseException):
            # Raised out here, so that it carries neither the frames of urllib3 nor the header values in them.
            raise outcome
        return RawResponse(outcome, limits)

    def close(self) -> None:
        """Close the idle connections. The transport can still be used; it opens new ones."""
        pools, self._pools = self._pools, None
        if pools is not None:
            pools.close()

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[bytes],
        limits: _Limits,
    ) -> Union[urllib3.BaseHTTPResponse, BaseException]:
        try:
            return self._send_over_pool(method, url, headers, body)
        except (HTTPError, OSError, ValueError) as error:
            return _failure(error, limits, reading=False)
        except BaseException as error:
            return without_frames(error)

    def _send_over_pool(
        self, method: str, url: str, headers: Mapping[str, str], body: Optional[bytes]
    ) -> urllib3.BaseHTTPResponse:
        while True:
            pool, target = self._current_pools().route(url)
            try:
                response: urllib3.BaseHTTPResponse = pool.urlopen(
                    method,
                    target,
                    headers=headers,
                    body=body,
                    timeout=_NO_TIMEOUT,
                    retries=_NO_RETRIES,
                    redirect=False,
                    assert_same_host=False,
                    preload_content=False,
                    decode_content=False,
                )
                return response
            except ClosedPoolError:
                pass  # another thread closed the transport just now; the next pool is a new one

    def _current_pools(self) -> "_Pools":
        # Without a lock: a thread could hold it at the moment of a fork, and the child would wait for it for ever. When
        # two threads make pools at once, those of one are gone with the answers that come over them.
        pools = self._pools
        if pools is None or pools.process != os.getpid():
            # A forked child must not write to its parent's connections.
            pools = self._pools = _Pools(self._new_manager())
        return pools

    def _new_manager(self) -> urllib3.PoolManager:
        manager: urllib3.PoolManager
        if self._proxy is None:
            manager = urllib3.PoolManager(**self._options)
        else:
            manager = urllib3.ProxyManager(self._proxy, proxy_headers=_proxy_headers(self._proxy), **self._options)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        return manager


def _proxy_headers(proxy: str) -> Mapping[str, str]:
    """What lets a request through a proxy whose URL has a user name and password; urllib3 does not look there."""
    credentials = parse_url(proxy).auth
    return make_headers(proxy_basic_auth=unquote(credentials)) if credentials else {}


class _Pools:
    """The connections of one process; those of the server that was asked last are at hand without parsing its URL."""

    def __init__(self, manager: urllib3.PoolManager) -> None:
        self.manager = manager
        self.process: int = os.getpid()
        self._last: Optional[Tuple[str, HTTPConnectionPool]] = None

    def route(self, url: str) -> Tuple[Any, str]:
        """What sends a request for an absolute URL, and the URL to give to it."""
        if isinstance(self.manager, urllib3.ProxyManager):
            return self.manager, url
        if self._last is not None and url.startswith(self._last[0]):
            origin, pool = self._last
            return pool, url[len(origin) - 1 :]
        parsed = parse_url(url)
        pool = self.manager.connection_from_host(parsed.host, parsed.port, parsed.scheme)
        self._last = f"{parsed.scheme}://{parsed.netloc}/", pool
        return pool, parsed.request_uri

    def close(self) -> None:
        """Close the idle connections, and those in use when they are not any more.

        The manager alone would leave that to the garbage collector, for as long as anybody keeps an answer.
        """
        pools = self.manager.pools
        for pool in [pools[key] for key in pools.keys()]:  # noqa: SIM118  # it refuses to be iterated over
            pool.close()
        pools.clear()


def _failure(error: Exception, limits: _Limits, *, reading: bool) -> TransportFailure:
    sent = reading or limits.sent
    causes = list(_causes(error))
    if any(isinstance(cause, (ReadTimeoutError, socket.timeout)) for cause in causes):
        return TransportFailure(FailureKind.TIMEOUT, _timeout_message(limits, sent), request_sent=sent)
    message = next(text for text in map(_say, reversed(causes)) if text)
    return TransportFailure(FailureKind.BROKEN if sent else FailureKind.CONNECT, message, request_sent=sent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it wraps, outermost first."""
    yield error
    wrapped = [error.__cause__, getattr(error, "reason", None), getattr(error, "original_error", None), *error.args]
    for cause in wrapped:
        if isinstance(cause, BaseException):
            yield from _causes(cause)
            return


def _say(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip() or type(error).__name__


def _timeout_message(limits: _Limits, sent: bool) -> str:
    if limits.deadline is not None and time.monotonic() >= limits.deadline:
        return "the total time limit passed"
    return "the server was silent for too long" if sent else "no connection was made in time"
