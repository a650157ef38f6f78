"""The asynchronous counterpart of `transport`: HTTP exchanges over aiohttp.

Nothing is decided here either: redirects, cookies and the environment are off, every limit is the caller's, and what
goes wrong is told as a `TransportFailure`.
"""

import asyncio
import errno
import io
import math
import os
import ssl
import sys
import time
import warnings
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any, Awaitable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from urllib3.util.wait import wait_for_read

from .decompress import decompressor
from .failures import FailureKind, TransportFailure
from .fields import read_fields, transfer_codings

if sys.version_info >= (3, 11):
    from asyncio import timeout as within
else:
    from async_timeout import timeout as within

__all__ = ("AsyncRawResponse", "AsyncTransport")

_HEADER_BYTES = 65536
_SEND_BYTES = 65536
_SWITCHING_PROTOCOLS = 101
_LONGEST_WAIT = 1e9  # seconds; it makes no difference, and its milliseconds are a number


class _Progress:
    """The connection that a request went out over, once any of its bytes did."""

    __slots__ = ("protocol", "transport")

    def __init__(self) -> None:
        self.protocol: Any = None
        self.transport: Optional[asyncio.Transport] = None

    @property
    def sent(self) -> bool:
        return self.transport is not None

    def abort(self) -> None:
        """Close the connection at once. Closing it in order would wait for a server that takes what is not yet sent."""
        if self.transport is not None:
            with suppress(RuntimeError):  # the event loop is closed, and its connections with it
                self.transport.abort()


class _Spoilt(Exception):
    """A kept connection that cannot be used: the server sent something that nobody had asked for."""


# The exchange that this task is in: aiohttp offers no cheaper way to learn when its request goes out.
_current: "ContextVar[_Progress]" = ContextVar("_current")


class _Habit:
    """What a session has learnt of its server.

    Attributes:
        blink: How long after an answer its connection is taken to be still there, in seconds.
    """

    blink: float = 0.05


class _Protocol(ResponseHandler):
    heard = math.inf  # when something came last, on the monotonic clock; of a new connection nothing is awaited yet

    def __init__(self, habit: _Habit, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._habit = habit

    def data_received(self, data: bytes) -> None:
        self.heard = time.monotonic()
        super().data_received(data)

    @property
    def has_news(self) -> bool:
        """Whether something came over a kept connection, most likely its end, that the event loop has not seen yet.

        It may have been busy since it looked last. What were sent now would be lost, and nobody could tell that from
        what was acted on. To ask the system takes a twentieth of an exchange: not when something has just come.
        """
        transport: Any = self.transport
        if time.monotonic() - self.heard < self._habit.blink:
            return False
        return transport.is_closing() or wait_for_read(transport.get_extra_info("socket"), timeout=0.0)

    def eof_received(self) -> None:
        """Let nothing be sent from now on. With TLS, asyncio would drop it without a word until the end is told."""
        if not self.should_close and time.monotonic() - self.heard < self._habit.blink:
            self._habit.blink = 0.0  # the server ends connections behind its answers, and does not say so
        super().eof_received()
        self.force_close()

    def set_exception(self, exc: BaseException, *args: Any, **options: Any) -> None:
        """Note why the connection cannot be used any more; also for who waits for the body.

        aiohttp does not tell him where the body is malformed, and he would wait without end.
        """
        super().set_exception(exc, *args, **options)
        body = self._payload
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError(getattr(exc, "message", str(exc))))


class _Request(aiohttp.ClientRequest):
    def send(self, conn: Any) -> Any:  # type checkers do not agree on what a coroutine's type is
        protocol = conn.protocol
        if protocol.should_close or protocol.has_news:
            conn.close()
            # A new connection that ended at once is no accident: to make one after another might go on for ever.
            raise aiohttp.ServerDisconnectedError if protocol.heard == math.inf else _Spoilt
        progress = _current.get()
        progress.protocol, progress.transport = protocol, conn.transport
        return super().send(conn)


class AsyncRawResponse:
    """The head of an answer, and its body to be read piece by piece.

    Args:
        response: The answer.
        progress: How its request went out.

    Attributes:
        status: The HTTP status.
        headers: The header fields, in the order in which they came.
        ended: Whether the body has been read to its end.
    """

    def __init__(self, response: aiohttp.ClientResponse, progress: _Progress) -> None:
        self.status: int = response.status
        self.headers: List[Tuple[str, str]] = read_fields(response.headers.items(), "utf-8")
        self._response = response
        self._progress = progress
        self._decompressor = decompressor(response.headers.getall("Content-Encoding", ()))
        self.ended: bool = False

    def at_hand(self) -> bytes:
        """What has come of the body, where nothing has to be undone or told; b"" where it takes `read`."""
        content = self._response.content
        if self.ended or self._decompressor is not None or content.exception() is not None:
            return b""
        try:
            piece = content.read_nowait()
        except asyncio.TimeoutError:
            return b""
        return piece and self._handed_out(piece)

    async def read(self, *, total: Optional[float], idle: Optional[float]) -> bytes:
        """The next bytes of the body, decompressed, as soon as there are any; b"" at its end.

        Args:
            total: Seconds that remain of the whole exchange, None for no limit.
            idle: The longest silence of the server, in seconds, None for no limit.

        Raises:
            TransportFailure: The body broke off, cannot be decompressed, or a limit passed.
        """
        if self.ended:
            return b""
        try:
            piece = self._received()
            if piece is None:
                async with within(_shortest(total, idle)):
                    while piece is None:
                        piece = self._unfold(await self._response.content.readany())
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            self.close()
            failure = _failure(error, total, idle, sent=True)
        except BaseException:
            self.close()
            raise
        else:
            return self._handed_out(piece)
        # Raised out here, so that it carries neither the frames of aiohttp nor what it arose from.
        raise failure

    def _handed_out(self, piece: bytes) -> bytes:
        """A piece of the body; the connection is given back with the last one."""
        if not piece or (self._decompressor is None and self._response.content.at_eof() and not self._was_reset()):
            self.ended = True
            if self._response.connection is not None:  # aiohttp releases it with the last byte, where it sees that
                self._response.release()
        return piece

    def _received(self) -> Optional[bytes]:
        """What can be had without waiting, so that no limit has to be set; None where there is nothing yet."""
        content = self._response.content
        if self._decompressor is not None:
            piece = self._decompressor.unfold()
            if piece:
                return piece
        if content.exception() is not None:
            # read_nowait() would not hand out what came before the connection broke.
            return self._unfold(content._read_nowait(-1) or None)
        return self._unfold(content.read_nowait() or (b"" if content.at_eof() else None))

    def _unfold(self, data: Optional[bytes]) -> Optional[bytes]:
        """What received bytes (b"" at the end, None for none) unfold to, None where it takes more of them."""
        if data == b"" and self._was_reset():
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        if self._decompressor is None or data is None:
            return data
        if not data:
            self._decompressor.finish()
            return b""
        self._decompressor.feed(data)
        return self._decompressor.unfold() or None

    def _was_reset(self) -> bool:
        """Whether a body that ends with its connection was broken off. aiohttp takes it for whole."""
        headers = self._response.headers
        if "Content-Length" in headers or "Transfer-Encoding" in headers:
            return False
        return isinstance(self._progress.protocol.exception(), OSError)

    def close(self) -> None:
        """Give the connection back where the body was read to its end, else close it."""
        if not self.ended:
            self.ended = True
            self._progress.abort()
            if self._response.connection is not None:
                self._response.connection.close()  # aiohttp leaves it, and warns of it, where the event loop is closed
            self._response.close()


class AsyncTransport:
    """Sends requests over kept connections, which every event loop that it is used in has of its own.

    Args:
        proxy: The URL of an HTTP proxy, or None. The environment is not asked.
        ssl_context: For TLS; the default verifies certificates and host names.
    """

    def __init__(self, *, proxy: Optional[str] = None, ssl_context: Optional[ssl.SSLContext] = None) -> None:
        self._options: Dict[str, Any] = {"proxy": proxy, "allow_redirects": False}
        if ssl_context is not None:
            self._options["ssl"] = ssl_context
        self._sessions: Dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}  # they cannot leave their loops

    async def open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[bytes],
        *,
        connect: Optional[float],
        total: Optional[float],
        idle: Optional[float],
    ) -> AsyncRawResponse:
        """Send a request and wait for the head of its answer. Arguments and errors as for `Transport.open`."""
        progress = _Progress()
        _current.set(progress)
        while True:
            try:
                if idle is None:
                    # aiohttp's own timer costs less, but runs on while the body is read.
                    response = await self._request(method, url, headers, body, connect, total)
                else:
                    async with within(_shortest(total, idle)):
                        response = await self._request(method, url, headers, body, connect, None)
                if response.status == _SWITCHING_PROTOCOLS or "Transfer-Encoding" in response.headers:
                    _refuse_unasked(response)
                return AsyncRawResponse(response, progress)
            except _Spoilt:
                continue  # it is closed now; there is another one, or a new one is made
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
                progress.abort()
                failure = _failure(error, total, idle, sent=progress.sent)
                break
            except BaseException:
                progress.abort()
                raise
        # Raised out here, so that it carries neither the frames of aiohttp nor the header values in them.
        raise failure

    async def close(self) -> None:
        """Close the connections of the running event loop, and of closed ones. The transport can still be used."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()
        for left in self._leave_closed_loops():
            _let_go(left)

    def __del__(self) -> None:
        self._abandon([*getattr(self, "_sessions", {}).values()])

    def _abandon(self, sessions: Sequence[aiohttp.ClientSession]) -> None:
        """Close what was left open, and warn of it once; aiohttp alone would warn and log several times of each."""
        if sessions:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, stacklevel=3, source=self)
        for session in sessions:
            _let_go(session)

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[bytes],
        connect: Optional[float],
        total: Optional[float],
    ) -> Awaitable[aiohttp.ClientResponse]:
        return self._current_session().request(
            method,
            yarl.URL(url, encoded=True),
            headers=headers,
            data=_payload(body),
            timeout=_limits(None if total is None else math.ceil(min(total, _LONGEST_WAIT) * 1000), connect),
            **self._options,
        )

    def _current_session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            self._abandon(self._leave_closed_loops())
            session = self._sessions[loop] = _new_session()
        return session

    def _leave_closed_loops(self) -> List[aiohttp.ClientSession]:
        # Other threads may do the same just now.
        left = [self._sessions.pop(loop, None) for loop in list(self._sessions) if loop.is_closed()]
        return [session for session in left if session is not None]


def _let_go(session: aiohttp.ClientSession) -> None:
    """Do what closing a session does, without something to await."""
    connector = session.connector
    session.detach()
    if connector is None:
        return
    loop = connector._loop
    if loop.is_running() and loop is not asyncio._get_running_loop():
        loop.call_soon_threadsafe(connector._close)
    else:
        connector._close()


def _new_session() -> aiohttp.ClientSession:
    connector: Any = aiohttp.TCPConnector(limit=0)
    connector._factory = partial(_Protocol, _Habit(), loop=asyncio.get_running_loop())
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        max_line_size=_HEADER_BYTES,
        max_field_size=_HEADER_BYTES,
        request_class=_Request,
    )
    # aiohttp would send some requests again by itself, on top of what the caller decides. It has no option for that.
    # What Python 3.8 gets of it does not even know this one, and warns of it in development mode.
    if hasattr(session, "_retry_connection"):
        session._retry_connection = False
    return session


def _refuse_unasked(response: aiohttp.ClientResponse) -> None:
    """Refuse an answer whose body aiohttp would hand out although it is none, or not yet.

    That is so with what comes in another protocol, and in any transfer coding where "chunked" is not the last word.
    """
    line = ",".join(response.headers.getall("Transfer-Encoding", ()))
    codings = transfer_codings([line])
    if response.status == _SWITCHING_PROTOCOLS:
        problem = "the server switches to another protocol, which was not asked for"
    elif codings and (len(codings) > 1 or line.rpartition(",")[2].strip().lower() != "chunked"):
        problem = "the answer is in a transfer coding that was not asked for"
    else:
        return
    response.close()
    raise aiohttp.ClientError(problem)


@lru_cache(maxsize=64)  # to make one takes as long as to begin a request
def _limits(milliseconds: Optional[int], connect: Optional[float]) -> aiohttp.ClientTimeout:
    total = None if milliseconds is None else milliseconds / 1000
    return aiohttp.ClientTimeout(total=total, connect=connect, ceil_threshold=math.inf)


def _payload(body: Optional[bytes]) -> Union[bytes, io.BytesIO, None]:
    """A large body as a file, which aiohttp sends piece by piece, so that the event loop runs on meanwhile."""
    return io.BytesIO(body) if body is not None and len(body) > _SEND_BYTES else body


def _shortest(*limits: Optional[float]) -> Optional[float]:
    return min((limit for limit in limits if limit is not None), default=None)


def _failure(error: Exception, total: Optional[float], idle: Optional[float], *, sent: bool) -> TransportFailure:
    if isinstance(error, asyncio.TimeoutError):
        return TransportFailure(FailureKind.TIMEOUT, _timeout_message(error, total, idle, sent), request_sent=sent)
    kind = FailureKind.BROKEN if sent else FailureKind.CONNECT
    if not sent and isinstance(error, aiohttp.ClientResponseError):
        return TransportFailure(kind, _refusal_of_proxy(error), request_sent=sent)
    return TransportFailure(kind, _say(error), request_sent=sent)


def _timeout_message(error: Exception, total: Optional[float], idle: Optional[float], sent: bool) -> str:
    if isinstance(error, aiohttp.ServerTimeoutError):
        return "no connection was made in time"
    if total is not None and total == _shortest(total, idle):
        return "the total time limit passed"
    return "the server was silent for too long" if sent else "no connection was made in time"


def _refusal_of_proxy(error: aiohttp.ClientResponseError) -> str:
    """Nothing of it is told but its status: some repeat the proxy's password."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy refuses with status {error.status}"
    return "the answer of the proxy cannot be read"


def _say(error: BaseException) -> str:
    cause = getattr(error, "os_error", None) or error.__cause__ or error
    if isinstance(cause, aiohttp.ServerDisconnectedError):
        return "Server disconnected"  # its own message may be what came of the head, cut off anywhere
    number = getattr(cause, "errno", None)
    if isinstance(number, int) and number > 0 and not isinstance(cause, ssl.SSLError):
        return os.strerror(number)
    text = getattr(cause, "strerror", None) or getattr(cause, "message", None) or str(cause)
    return " ".join(str(text).split()) or type(cause).__name__
