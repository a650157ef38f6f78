"""A whole answer of the server, and what it means to the method that asked."""

from typing import Any, Callable, Dict, Optional

from sim_api.loads import loads

from ._headers import Headers
from .errors import InvalidResponseError, SimStudioError, error_from_response, invalid_response, parse_json

_WITHOUT_BODY = (204, 205)  # whatever their content type


class Answer:
    """Status, headers and body of one response.

    Attributes:
        status: The HTTP status.
        headers: The header fields.
        body: The whole body (b"" for a stream, whose body is read elsewhere).
        default_code: The documented error code of the method that asked.
        received: When the answer came, in epoch seconds.
        redact: Takes the API key out of a text.
    """

    def __init__(
        self,
        status: int,
        headers: Headers,
        body: bytes,
        default_code: str,
        received: float,
        redact: Callable[[str], str],
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.default_code = default_code
        self.received = received
        self.redact = redact

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def request_id(self) -> Optional[str]:
        return self.headers.get("x-request-id")

    def value(self) -> Any:
        """The body: a JSON value, or text, or bytes, whatever it can be read as; None where it is empty.

        Raises:
            SimStudioError: It is not the JSON that its content type promises, or a page of something before the server.
        """
        try:
            return loads(self.body)
        except ValueError:
            kind = self.headers.get("content-type", "").lower()
            if not self.body and ("json" not in kind or self.status in _WITHOUT_BODY):
                return None
            if "json" in kind or "html" in kind:
                raise self.invalid(f"expected JSON, got {len(self.body)} bytes of something else ({kind})") from None
        except RecursionError:
            raise self.invalid("the answer is nested too deeply to be read") from None
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError:
            return self.body

    def object(self) -> Dict[str, Any]:
        """The body of a successful answer, which has to be a JSON object.

        Raises:
            SimStudioError: It is something else.
        """
        value = parse_json(self.body)
        if not isinstance(value, dict):
            kind = self.headers.get("content-type", "no content type")
            raise self.invalid(f"expected a JSON object, got {len(self.body)} bytes of another kind ({kind})")
        return value

    def error(self) -> SimStudioError:
        """The error that this answer stands for."""
        return error_from_response(
            self.status,
            self.headers,
            self.body,
            default_code=self.default_code,
            now=self.received,
            redact=self.redact,
        )

    def invalid(self, problem: str) -> InvalidResponseError:
        """The error of a successful answer that cannot be read."""
        return invalid_response(
            f"HTTP {self.status}: {problem}",
            self.status,
            self.headers,
            self.body,
            default_code=self.default_code,
            redact=self.redact,
        )
