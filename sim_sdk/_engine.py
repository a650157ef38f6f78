"""One exchange, and trying again: deadlines, error mapping, logging. Written as flows, without I/O."""

import math
from logging import DEBUG
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Type, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from ._answer import Answer
from ._flow import Flow, Notify, Open, Read, ResponseHandle, Sleep
from ._headers import Headers
from ._logging import logger
from ._options import Options
from .errors import (
    EXECUTION_ERROR,
    TIMEOUT,
    ConnectionFailedError,
    InvalidResponseError,
    RequestTimeoutError,
    SimStudioError,
    parse_json,
    sentence,
)
from .ratelimit import TELLING_HEADERS, RateLimitInfo, read_rate_limit

if TYPE_CHECKING:
    from sim_api.request import Request

    from .retry import RetryPolicy

OnRetry = Callable[[SimStudioError, float], Any]
"""Takes the error of a try, and how many seconds the next one is away."""

TOTAL_LIMIT = "the total time limit"
"""What transports call the time limit that they are given for all of an exchange."""

_T = TypeVar("_T")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_RESIZED = frozenset({"content-encoding", "transfer-encoding"})
_MOST_DIGITS = 18  # of a number that is one
_URL_CHARACTERS = "%:/?#[]@!$&'()*+,;=~"  # and letters, digits, `-._`; a space would end the request's first line early


class Call:
    """What all exchanges of one call of the user's have in common.

    Attributes:
        default_code: The documented error code of the method.
        deadline: When the call has to be over, on the monotonic clock; None for never.
        limit: What the deadline is called where it passes.
    """

    def __init__(
        self, default_code: str = EXECUTION_ERROR, deadline: Optional[float] = None, limit: str = TOTAL_LIMIT
    ) -> None:
        self.default_code = default_code
        self.deadline = deadline
        self.limit = limit


class Reply:
    """The head of an answer, whose body the engine reads.

    Attributes:
        response: The driver's handle.
        headers: The header fields, the API key taken out: they end up in errors and results, and some servers echo it.
    """

    def __init__(self, response: ResponseHandle, headers: Headers) -> None:
        self.response = response
        self.headers = headers


class Engine:
    """Exchanges with one server under one set of options.

    Attributes:
        options: What the client was told.
        rate_limit: What the last response that mentioned it said; replaced as a whole.
    """

    def __init__(self, options: Options, rate_limit: Optional[RateLimitInfo] = None) -> None:
        self.options = options
        self.rate_limit = rate_limit

    def call(self, timeout: Optional[float], default_code: str = EXECUTION_ERROR, limit: str = TOTAL_LIMIT) -> Call:
        """A call that begins now and may take `timeout` seconds."""
        deadline = None if timeout is None else self.options.clock.monotonic() + timeout
        return Call(default_code, deadline, limit)

    def remaining(self, call: Call) -> Optional[float]:
        """Seconds that are left of a call, None for no limit."""
        return None if call.deadline is None else call.deadline - self.options.clock.monotonic()

    def send(self, request: "Request[Any]", call: Call) -> Flow[Answer]:
        """One exchange, its answer read whole.

        Raises:
            SimStudioError: There is no whole answer.
        """
        reply = yield from self.open(request, call)
        return (yield from self.read(reply, call))

    def open(self, request: "Request[Any]", call: Call, *, idle: Optional[float] = None) -> Flow[Reply]:
        """One exchange up to the head of its answer. A redirect within the server is followed for a GET."""
        url = self.options.base_url + request.target
        redirects = 0
        while True:
            told = logger.isEnabledFor(DEBUG)
            began = self.options.clock.monotonic() if told else 0.0
            try:
                response: ResponseHandle = yield self._opening(request, url, call, idle)
            except _transport_failure() as failure:
                error = self.failed(failure, call)
                logger.debug("%s %s: %s", request.method, url, error)
                raise error from None
            if told:
                elapsed = self.options.clock.monotonic() - began
                logger.debug("%s %s: HTTP %d after %.3f s", request.method, url, response.status, elapsed)
            redirected = response.status in _REDIRECTS and redirects < _MAX_REDIRECTS
            target = self._redirect(request, url, response) if redirected else None
            if target is None:
                return Reply(response, self._response_headers(response))
            response.close()
            redirects += 1
            url = target

    def read(self, reply: Reply, call: Call, *, idle: Optional[float] = None) -> Flow[Answer]:
        """The rest of an answer, up to the size that the client accepts."""
        limit = self.options.max_response_bytes or math.inf
        body = bytearray()  # no list of pieces: those of some servers are smaller than what a list takes for each
        try:
            if _announces_more(reply.headers, limit):
                raise self._too_large(reply, call)
            while not reply.response.ended:
                body += reply.response.at_hand() or (yield from self.read_piece(reply, call, idle=idle))
                if len(body) > limit:
                    raise self._too_large(reply, call)
        except BaseException:
            body.clear()  # whoever reports the error with its locals would show what the server sent
            raise
        finally:
            reply.response.close()
        answer = self.answer(reply, call, bytes(body))
        self.note(answer)
        return answer

    def _too_large(self, reply: Reply, call: Call) -> InvalidResponseError:
        return InvalidResponseError(
            f"the answer is larger than max_response_bytes ({self.options.max_response_bytes})",
            call.default_code,
            reply.response.status,
            headers=reply.headers,
            request_sent=True,
        )

    def read_piece(
        self, reply: Reply, call: Call, *, total: Optional[float] = None, idle: Optional[float] = None
    ) -> Flow[bytes]:
        """The next bytes of a body, b"" at its end. `total` and `idle` are seconds; the call's deadline holds too."""
        remaining = self._remaining(call, sent=True)
        if total is None or (remaining is not None and remaining < total):
            total = remaining
        try:
            return (yield Read(reply.response, total, idle))  # type: ignore[no-any-return]  # what is sent in is typed Any
        except _transport_failure() as failure:
            raise self.failed(failure, call) from None

    def answer(self, reply: Reply, call: Call, body: bytes = b"") -> Answer:
        """The head of an answer, with its body."""
        return Answer(
            reply.response.status,
            reply.headers,
            body,
            call.default_code,
            self.options.clock.time(),
            self.options.api_key.redact,
        )

    def note(self, answer: Answer) -> None:
        """Remember what an answer says of the rate limit."""
        limited = answer.status == 429
        if not limited and answer.headers.isdisjoint(TELLING_HEADERS):
            return
        self._remember(answer.status, answer, parse_json(answer.body) if limited else None)

    def note_limit(self, head: Answer, event: Mapping[str, Any]) -> None:
        """Remember a rate limit that an event of a stream reports: what a 429 would say of it."""
        self._remember(429, head, event)

    def _remember(self, status: int, answer: Answer, body: Any) -> None:
        seen = read_rate_limit(status, answer.headers, body, answer.received)
        if seen is not None:
            self.rate_limit = seen

    def retrying(
        self,
        attempt: Callable[[], Flow[_T]],
        policy: "RetryPolicy",
        retryable: Callable[[SimStudioError], bool],
        call: Optional[Call] = None,
        on_retry: Optional[OnRetry] = None,
    ) -> Flow[_T]:
        """Attempts until one succeeds, or the policy or the call's deadline says that it is over.

        Raises:
            SimStudioError: The error of the last attempt.
        """
        retries = 0
        while True:
            try:
                return (yield from attempt())
            except SimStudioError as error:
                wait = policy.wait(error, retries, retryable)
                remaining = None if call is None else self.remaining(call)
                if wait is None or (remaining is not None and wait >= remaining):
                    raise
                logger.info("try %d failed (%s); the next one is in %.2f s", retries + 1, error, wait)
                if on_retry is not None:
                    yield Notify(on_retry, (error, wait))
            yield Sleep(wait)
            retries += 1

    def failed(self, failure: Any, call: Call) -> SimStudioError:
        """The error for a `sim_api.failures.TransportFailure`."""
        from sim_api.failures import FailureKind

        told = str(failure).replace(TOTAL_LIMIT, call.limit)
        message = sentence(self.options.api_key.redact(told))  # some quote what the server sent
        fate = "" if failure.request_sent else "; the request was not sent"
        if failure.kind is FailureKind.TIMEOUT:
            return RequestTimeoutError(f"timed out: {message}{fate}", TIMEOUT, request_sent=failure.request_sent)
        where = self.options.base_url
        if failure.kind is FailureKind.CONNECT:
            message = f"cannot connect to {where}: {message}{fate}"
        else:
            message = f"the connection to {where} broke: {message}"
        return ConnectionFailedError(message, call.default_code, request_sent=failure.request_sent)

    def _opening(self, request: "Request[Any]", url: str, call: Call, idle: Optional[float]) -> Open:
        connect, total = self.options.connect_timeout, self._remaining(call, sent=False)
        return Open(request.method, url, self._headers(request), request.body, connect, total, idle)

    def _headers(self, request: "Request[Any]") -> Dict[str, str]:
        headers = {**self.options.headers, **request.headers}
        headers["Accept"] = request.accept
        # A compressed stream would be held back until a block of it is full.
        headers["Accept-Encoding"] = "identity" if request.accept == "text/event-stream" else "gzip, deflate"
        headers["User-Agent"] = self.options.user_agent
        if request.body is not None and request.content_type is not None:
            headers["Content-Type"] = request.content_type
        headers["X-API-Key"] = self.options.api_key
        return headers

    def _response_headers(self, response: ResponseHandle) -> Headers:
        key = self.options.api_key
        fields = response.headers
        if key.is_in("\n".join(map("\n".join, fields))):
            fields = [(key.redact_name(name), key.redact(value)) for name, value in fields]
        return Headers(fields)

    def _redirect(self, request: "Request[Any]", url: str, response: ResponseHandle) -> Optional[str]:
        """Where a GET goes on: only to the same origin, because the key goes along."""
        if request.method != "GET":
            return None
        location = Headers(response.headers).get("location", "")
        if self.options.api_key.redact(location) != location:
            return None  # the key would be in the URL, and in every log of it
        try:
            target = urljoin(url, quote(location, safe=_URL_CHARACTERS)) if location else None
            return target if target is not None and _origin(target) == _origin(url) else None
        except ValueError:
            return None  # it names no place at all

    def _remaining(self, call: Call, *, sent: bool) -> Optional[float]:
        if call.deadline is None:
            return None
        remaining = call.deadline - self.options.clock.monotonic()
        if remaining <= 0:
            raise RequestTimeoutError(f"timed out: {call.limit} passed", TIMEOUT, request_sent=sent)
        return remaining


def _announces_more(headers: Headers, limit: float) -> bool:
    """Whether an answer is going to be larger, as far as that is told: what is compressed unfolds to any size."""
    length = headers.get("content-length", "")
    known = length.isdecimal() and len(length) <= _MOST_DIGITS
    return known and int(length) > limit and headers.isdisjoint(_RESIZED)


def _origin(url: str) -> object:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.username, parts.password, parts.hostname, port


def _transport_failure() -> Type[Exception]:
    from sim_api.failures import TransportFailure

    return TransportFailure
