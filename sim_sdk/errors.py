"""The errors of the SDK, and the one table that says which answer of a server raises which.

`code` is always one of `DOCUMENTED_CODES`, so that programs written after the documentation work against every
server; `server_code` is what the server itself said.
"""

import re
from http import HTTPStatus
from typing import Any, Callable, Container, Mapping, NamedTuple, Optional, Tuple, Type

from sim_api.loads import loads

from ._headers import Headers
from .ratelimit import read_hint

__all__ = [
    "DOCUMENTED_CODES",
    "AmbiguousStateError",
    "AuthenticationError",
    "ConnectionFailedError",
    "InvalidRequestError",
    "InvalidResponseError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RedirectError",
    "RequestTimeoutError",
    "ServerError",
    "SimStudioError",
    "StreamError",
    "UsageLimitError",
]

UNAUTHORIZED = "UNAUTHORIZED"
TIMEOUT = "TIMEOUT"
RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
USAGE_LIMIT_EXCEEDED = "USAGE_LIMIT_EXCEEDED"
EXECUTION_ERROR = "EXECUTION_ERROR"
INVALID_JSON = "INVALID_JSON"
STATUS_ERROR = "STATUS_ERROR"
USAGE_ERROR = "USAGE_ERROR"

DOCUMENTED_CODES = frozenset(
    {
        UNAUTHORIZED,
        TIMEOUT,
        RATE_LIMIT_EXCEEDED,
        USAGE_LIMIT_EXCEEDED,
        EXECUTION_ERROR,
        INVALID_JSON,
        STATUS_ERROR,
        USAGE_ERROR,
    }
)
"""Every value that `SimStudioError.code` takes when the SDK raises it."""

NESTED_TOO_DEEPLY = "(nested too deeply to be shown)"

_BODY_LIMIT = 8192  # characters of a body, or of what it says, that an error keeps
_SENTENCE_LIMIT = 500  # characters of a body that an error message quotes

_REDIRECTS = range(300, 400)
_CLIENT_ERRORS = range(400, 500)


class SimStudioError(Exception):
    """A call that gave no result (Python SDK page, "SimStudioError").

    Args:
        message: What happened, for people.
        code: One of `DOCUMENTED_CODES`.
        status: The HTTP status, None where there was no answer.

    Attributes:
        server_code: The code that the server sent, verbatim, or None.
        response_body: The body of the answer as text, up to 8,192 characters, or None.
        headers: The headers of the answer; names without regard to case.
        retry_after: How long the server asked to wait, in seconds, or None where it gave no hint.
        request_sent: False where the server cannot have acted on the request, True where it may have, None where
            the error is not about a request.
        partial_text: What a stream had delivered before it failed, or None.
        task_id: The job that the call was waiting for, and that goes on without it, or None.
    """

    def __init__(
        self,
        message: str,
        code: Optional[str] = None,
        status: Optional[int] = None,
        *,
        server_code: Optional[str] = None,
        response_body: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        retry_after: Optional[float] = None,
        request_sent: Optional[bool] = None,
        partial_text: Optional[str] = None,
        task_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.server_code = server_code
        self.response_body = response_body
        self.headers: Mapping[str, str] = Headers() if headers is None else headers
        self.retry_after = retry_after
        self.request_sent = request_sent
        self.partial_text = partial_text
        self.task_id = task_id

    @property
    def request_id(self) -> Optional[str]:
        """The server's id of the request (`x-request-id`), to quote when asking its operator, or None."""
        return self.headers.get("x-request-id")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r}, code={self.code!r}, status={self.status!r})"


class AuthenticationError(SimStudioError):
    """The API key is missing, wrong or expired (HTTP 401)."""


class PermissionDeniedError(SimStudioError):
    """The key is good, but not for this: a foreign resource, or a workflow that is not deployed (HTTP 403)."""


class NotFoundError(SimStudioError):
    """There is no such workflow, job, log or route (HTTP 404)."""


class InvalidRequestError(SimStudioError):
    """The server refuses the request as it is (other HTTP 4xx)."""


class RateLimitError(SimStudioError):
    """Too many requests (HTTP 429)."""


class UsageLimitError(SimStudioError):
    """The plan's usage limit is used up (HTTP 402)."""


class RequestTimeoutError(SimStudioError):
    """A time limit of the call passed, or the server reports one (HTTP 408)."""


class ConnectionFailedError(SimStudioError):
    """No connection to the server, or it broke before the answer was complete."""


class RedirectError(SimStudioError):
    """The server redirects (HTTP 3xx) to where the SDK doesn't go with a key: `base_url` is not the API's own."""


class ServerError(SimStudioError):
    """The server failed (HTTP 5xx)."""


class AmbiguousStateError(ServerError):
    """The server failed in the midst of starting a run: it may have been started, so it is never sent again."""


class InvalidResponseError(ServerError):
    """The server said yes, but with an answer that cannot be read."""


class StreamError(SimStudioError):
    """A stream of events that broke off or ended without its last event."""


class _Rule(NamedTuple):
    """One row of the table: what has to match, and what is raised. None matches everything."""

    raises: Type[SimStudioError]
    code: Optional[str] = None  # None: the server's own where it is a documented one, else that of the method
    statuses: Optional[Container[int]] = None
    server_code: Optional[str] = None  # patterns, without regard to case; compiled with the first error
    message: Optional[str] = None

    def matches(self, status: int, server_code: str, message: str) -> bool:
        return (
            (self.statuses is None or status in self.statuses)
            and (self.server_code is None or re.match(self.server_code, server_code, re.IGNORECASE) is not None)
            and (self.message is None or re.match(self.message, message, re.IGNORECASE) is not None)
        )


# The first row that matches counts. Servers of 2026 send hardly any code, those of 2025 make theirs from the message,
# so a limit is also known by its sentence, which is the only thing that all of them send.
_RULES: Tuple[_Rule, ...] = (
    _Rule(AmbiguousStateError, server_code=r".*_AMBIGUOUS$"),
    _Rule(UsageLimitError, USAGE_LIMIT_EXCEEDED, server_code=r"USAGE_LIMIT_EXCEEDED"),
    _Rule(UsageLimitError, USAGE_LIMIT_EXCEEDED, message=r"usage limit exceeded\b"),
    _Rule(UsageLimitError, USAGE_LIMIT_EXCEEDED, statuses={402}),
    _Rule(RateLimitError, RATE_LIMIT_EXCEEDED, statuses={429}),
    _Rule(RateLimitError, RATE_LIMIT_EXCEEDED, server_code=r"RATE_LIMIT_EXCEEDED"),
    _Rule(
        RateLimitError, RATE_LIMIT_EXCEEDED, message=r"((api )?rate limit exceeded|too many concurrent executions)\b"
    ),
    _Rule(AuthenticationError, UNAUTHORIZED, statuses={401}),
    _Rule(PermissionDeniedError, statuses={403}),
    _Rule(NotFoundError, statuses={404}),
    _Rule(RequestTimeoutError, TIMEOUT, statuses={408}),
    _Rule(InvalidRequestError, INVALID_JSON, statuses=_CLIENT_ERRORS, server_code=r"INVALID_JSON"),
    _Rule(InvalidRequestError, INVALID_JSON, statuses=_CLIENT_ERRORS, message=r"invalid json\b"),
    _Rule(InvalidRequestError, statuses=_CLIENT_ERRORS),
    _Rule(RedirectError, statuses=_REDIRECTS),
    _Rule(ServerError),
)

_LIMITS = (UsageLimitError, RateLimitError)


class _Wording(NamedTuple):
    """What an error body says, in whatever shape."""

    message: str
    server_code: Optional[str] = None


def error_from_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    default_code: str,
    now: float,
    redact: Callable[[str], str] = str,
) -> SimStudioError:
    """The error that an answer stands for.

    Args:
        status: The HTTP status.
        headers: The headers of the answer, the API key taken out.
        body: Its body, of any kind.
        default_code: The documented code of the method, for an answer to which no other code belongs.
        now: The time, in epoch seconds.
        redact: Takes the API key out of a text (servers may echo it).
    """
    # Redacted before anything is cut, so that no piece of the key is left at a cut.
    text = redact(body.decode("utf-8", "replace"))
    parsed = parse_json(text.encode())
    wording = _word(status, headers, text, parsed)
    rule = _rule(status, wording)
    server_code = wording.server_code
    return rule.raises(
        redact(printable(wording.message))[:_BODY_LIMIT],
        _code(rule, wording, default_code),
        status,
        server_code=None if server_code is None else redact(printable(server_code))[:_BODY_LIMIT],
        response_body=text[:_BODY_LIMIT],
        headers=headers,
        retry_after=read_hint(status, headers, parsed, now),
        request_sent=True,
    )


def limit_error(
    message: str,
    *,
    status: int,
    headers: Mapping[str, str],
    now: float,
    event: Optional[Mapping[str, Any]] = None,
    redact: Callable[[str], str] = str,
) -> Optional[SimStudioError]:
    """The error of a limit that a server reports inside a stream; None for any other event.

    Args:
        message: What the event says, the API key taken out.
        status: The HTTP status.
        headers: The headers of the answer, the API key taken out.
        now: The time, in epoch seconds.
        event: The event as it was sent, for its code and its hint.
        redact: Takes the API key out of a text.
    """
    event = {"error": message} if event is None else event
    code = _word_object(status, "", event).server_code
    limits = (rule for rule in _RULES if rule.raises in _LIMITS and rule.statuses is None)
    rule = next((rule for rule in limits if rule.matches(status, code or "", message)), None)
    if rule is None:
        return None
    return rule.raises(
        message,
        rule.code,
        status,
        server_code=None if code is None else redact(code)[:_BODY_LIMIT],
        headers=headers,
        retry_after=read_hint(429, headers, event, now),
        request_sent=True,
    )


def invalid_response(
    message: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    default_code: str,
    redact: Callable[[str], str] = str,
) -> InvalidResponseError:
    """The error for a successful answer that cannot be read. Arguments as for `error_from_response`."""
    text = body.decode("utf-8", "replace")
    return InvalidResponseError(
        redact(message),
        default_code,
        status,
        response_body=redact(text)[:_BODY_LIMIT],
        headers=headers,
        request_sent=True,
    )


def parse_json(body: bytes) -> Any:
    """The JSON value of a body, None where it is not JSON (or nested too deeply to read)."""
    try:
        return loads(body)
    except (ValueError, RecursionError):
        return None


def error_text(error: Any) -> Optional[str]:
    """What an error says: servers send a sentence or an object with a message. None where there is no error."""
    if error is None or isinstance(error, str):
        return printable(error) if error else None
    message = error.get("message") if isinstance(error, dict) else None
    if isinstance(message, str):
        return printable(message)
    try:
        return repr(error)
    except RecursionError:
        return NESTED_TOO_DEEPLY


def printable(text: str) -> str:
    """The text with lone surrogates replaced, which JavaScript leaves where it cuts a text within a character."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _rule(status: int, wording: _Wording) -> _Rule:
    code = wording.server_code or ""
    return next(rule for rule in _RULES if rule.matches(status, code, wording.message))


def _code(rule: _Rule, wording: _Wording, default_code: str) -> str:
    if rule.code is not None:
        return rule.code
    return wording.server_code if wording.server_code in DOCUMENTED_CODES else default_code


def _word(status: int, headers: Mapping[str, str], text: str, parsed: Any) -> _Wording:
    if status in _REDIRECTS:
        return _Wording(f"{_title(status)}: the server redirects to {headers.get('location', 'an unnamed place')!r}")
    if isinstance(parsed, dict):
        return _word_object(status, text, parsed)
    if isinstance(parsed, str) and parsed.strip():
        return _Wording(sentence(parsed))
    if not text.strip():
        return _Wording(f"{_title(status)} (empty body)")
    if "html" in headers.get("content-type", "").lower() or text.lstrip()[:1] == "<":
        return _Wording(f"{_title(status)}: an HTML page{_html_title(text)}, not an answer of the API")
    return _Wording(f"{_title(status)}: {sentence(text)}")


def _word_object(status: int, text: str, body: Mapping[str, Any]) -> _Wording:
    inner = body.get("error")
    source = inner if isinstance(inner, dict) else body
    code = source.get("code", body.get("code"))
    message = inner if isinstance(inner, str) else source.get("message")
    if not isinstance(message, str) or not message.strip():
        message = _title(status) + (f": {sentence(text)}" if body else "")
    details = _details(source.get("details", body.get("details")))
    return _Wording(message + details, code if isinstance(code, str) else None)


def _details(details: Any) -> str:
    """`[{path, message}, …]` as `: path: message; …`."""
    if not isinstance(details, list):
        return ""
    lines = []
    for detail in details:
        if isinstance(detail, dict) and isinstance(detail.get("message"), str):
            where = _place(detail.get("path"))
            lines.append(f"{where}: {detail['message']}" if where else detail["message"])
    return (": " + sentence("; ".join(lines))) if lines else ""


def _place(path: Any) -> str:
    steps = path if isinstance(path, list) else [path]
    return ".".join(str(step) for step in steps if isinstance(step, (str, int)))


def _title(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def sentence(text: str) -> str:
    """The beginning of a text in one line that can be printed."""
    line = " ".join(text[: 4 * _SENTENCE_LIMIT].split())
    printable = "".join(character if character.isprintable() else "�" for character in line)
    return printable if len(printable) <= _SENTENCE_LIMIT else printable[:_SENTENCE_LIMIT] + "…"


def _html_title(text: str) -> str:
    match = re.search(r"<title[^>]{0,200}>([^<]{1,200})", text[: 16 * _SENTENCE_LIMIT], re.IGNORECASE)
    if match is None:
        return ""
    import html  # loaded with the first such page, not with the SDK

    return f" ({sentence(html.unescape(match.group(1)))})"
