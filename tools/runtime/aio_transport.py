"""The asynchronous counterpart of `transport`: HTTP exchanges over aiohttp.

Nothing is decided here either: redirects, cookies and the environment are off, every limit is the caller's, and what
goes wrong is told as a `TransportFailure`.
"""

import asyncio
import ssl
import sys
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


async def _note_sent(session: Any, context: Any, parameters: Any) -> None:
    context.trace_request_ctx.sent = True


class AsyncRawResponse:
    """The head of an answer, and its body to be read piece by piece.

    Attributes:
        status: The HTTP status.
        headers: The header fields, in the order in which they came.
    """

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.status: int = response.status
        self.headers: List[Tuple[str, str]] = list(response.headers.items())
        self._response = response
        self._ended = False

    async def read(self, *, total: Optional[float], idle: Optional[float]) -> bytes:
        """The next bytes of the body, decompressed, as soon as there are any; b"" at its end.

        Args:
            total: Seconds that remain of the whole exchange, None for no limit.
            idle: The longest silence of the server, in seconds, None for no limit.

        Raises:
            TransportFailure: The body broke off, cannot be decompressed, or a limit passed.
        """
        if self._ended:
            return b""
        outcome = await self._read(total, idle)
        if isinstance(outcome, TransportFailure):
            raise outcome
        if not outcome:
            self._ended = True
            self._response.release()
        return outcome

    async def _read(self, total: Optional[float], idle: Optional[float]) -> Union[bytes, TransportFailure]:
        try:
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
        if not self._ended:
            self._ended = True
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
        return AsyncRawResponse(outcome)

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
        try:
            async with within(_shortest(total, idle)):
                return await self._current_session().request(
                    method,
                    yarl.URL(url, encoded=True),
                    headers=headers,
                    data=body,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect),
                    trace_request_ctx=progress,
                    **self._options,
                )
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
    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(_note_sent)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        max_line_size=_HEADER_BYTES,
        max_field_size=_HEADER_BYTES,
        trace_configs=[tracing],
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
