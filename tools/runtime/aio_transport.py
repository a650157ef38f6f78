"""The asynchronous counterpart of `transport`: HTTP exchanges over aiohttp.

Nothing is decided here either: redirects, cookies and the environment are off, every limit is the caller's, and what
goes wrong is told as a `TransportFailure`.
"""

import asyncio
import ssl
import sys
from contextvars import ContextVar
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

import aiohttp
import yarl

from .failures import FailureKind, TransportFailure

if sys.version_info >= (3, 11):
    from asyncio import timeout as within
else:
    from async_timeout import timeout as within

__all__ = ("AsyncRawResponse", "AsyncTransport")

_HEADER_BYTES = 65536


class _Progress:
    """Whether any byte of a request went out."""

    __slots__ = ("sent",)

    def __init__(self) -> None:
        self.sent = False


# The exchange that this task is in: aiohttp offers no cheaper way to learn when its request goes out.
_current: "ContextVar[_Progress]" = ContextVar("_current")


class _Request(aiohttp.ClientRequest):
    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        _current.get().sent = True
        return await super().send(conn)


class AsyncRawResponse:
    """The head of an answer, and its body to be read piece by piece.

    Args:
        response: The answer.
        timed: Whether aiohttp keeps to the exchange's limits by itself.

    Attributes:
        status: The HTTP status.
        headers: The header fields, in the order in which they came.
        ended: Whether the body has been read to its end.
    """

    def __init__(self, response: aiohttp.ClientResponse, *, timed: bool) -> None:
        self.status: int = response.status
        self.headers: List[Tuple[str, str]] = list(response.headers.items())
        self._response = response
        self._timed = timed
        self.ended = False

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
        outcome: Union[bytes, TransportFailure, None] = self._buffered()
        if outcome is None:
            outcome = await self._read(total, idle)
        if isinstance(outcome, TransportFailure):
            raise outcome
        if self._response.content.at_eof():
            self.ended = True
            self._response.release()
        return outcome

    def _buffered(self) -> Optional[bytes]:
        """What can be had without waiting, so that no limit has to be set; None where there is nothing yet."""
        content = self._response.content
        if content.exception() is not None:
            return None
        return content.read_nowait() or (b"" if content.at_eof() else None)

    async def _read(self, total: Optional[float], idle: Optional[float]) -> Union[bytes, TransportFailure]:
        try:
            if self._timed:
                return await self._response.content.readany()
            async with within(_shortest(total, idle)):
                return await self._response.content.readany()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            self.close()
            return _failure(error, total, idle, sent=True)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back where the body was read to its end, else close it."""
        if not self.ended:
            self.ended = True
            self._response.close()


class AsyncTransport:
    """Sends requests over kept connections. It belongs to the event loop that it is used in, and follows to another.

    Args:
        proxy: The URL of an HTTP proxy, or None. The environment is not asked.
        ssl_context: For TLS; the default verifies certificates and host names.
    """

    def __init__(self, *, proxy: Optional[str] = None, ssl_context: Optional[ssl.SSLContext] = None) -> None:
        self._options: Dict[str, Any] = {"proxy": proxy, "allow_redirects": False}
        if ssl_context is not None:
            self._options["ssl"] = ssl_context
        self._session: Optional[aiohttp.ClientSession] = None
        self._loop: Optional[asyncio.AbstractEventLoop] = None

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
        outcome = await self._send(method, url, headers, body, connect, total, idle)
        if isinstance(outcome, TransportFailure):
            # Raised out here, so that it carries neither the frames of aiohttp nor the header values in them.
            raise outcome
        return AsyncRawResponse(outcome, timed=idle is None)

    async def close(self) -> None:
        """Close the idle connections. The transport can still be used; it opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Optional[bytes],
        connect: Optional[float],
        total: Optional[float],
        idle: Optional[float],
    ) -> Union[aiohttp.ClientResponse, TransportFailure]:
        progress = _Progress()
        _current.set(progress)
        # Without a limit on silence aiohttp's own timer, which also runs on while the body is read, is all it takes.
        own_total = total if idle is None else None
        request = self._current_session().request(
            method,
            yarl.URL(url, encoded=True),
            headers=headers,
            data=body,
            timeout=aiohttp.ClientTimeout(total=own_total, sock_connect=connect),
            **self._options,
        )
        try:
            if idle is None:
                return await request
            async with within(_shortest(total, idle)):
                return await request
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            return _failure(error, total, idle, sent=progress.sent)

    def _current_session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            # A session cannot leave its loop; what the old one held was closed with it.
            self._session = _new_session()
            self._loop = loop
        return self._session


def _new_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        max_line_size=_HEADER_BYTES,
        max_field_size=_HEADER_BYTES,
        request_class=_Request,
    )


def _shortest(*limits: Optional[float]) -> Optional[float]:
    return min((limit for limit in limits if limit is not None), default=None)


def _failure(error: Exception, total: Optional[float], idle: Optional[float], *, sent: bool) -> TransportFailure:
    if isinstance(error, asyncio.TimeoutError):
        return TransportFailure(FailureKind.TIMEOUT, _timeout_message(error, total, idle, sent), request_sent=sent)
    kind = FailureKind.BROKEN if sent else FailureKind.CONNECT
    return TransportFailure(kind, _say(error), request_sent=sent)


def _timeout_message(error: Exception, total: Optional[float], idle: Optional[float], sent: bool) -> str:
    if isinstance(error, aiohttp.ServerTimeoutError):
        return "no connection was made in time"
    if total is not None and total == _shortest(total, idle):
        return "the total time limit passed"
    return "the server was silent for too long" if sent else "no connection was made in time"


def _say(error: BaseException) -> str:
    cause = getattr(error, "os_error", None) or error.__cause__ or error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(error).__name__
