"""A request as a value: everything that a transport needs, and how its answer is read."""

from dataclasses import dataclass, field, replace
from typing import Callable, Generic, Mapping, Optional, Tuple, TypeVar, cast
from urllib.parse import quote, urlencode

from .bodies import binary_body, form_body, json_body, multipart_body, text_body
from .encode import cookie_line, header_map, json_text, path_segment, query_pairs
from .response import ApiError, DecodeError, ResponseTypes, decode
from .values import UNSET, FilePart, Unset

__all__ = (
    "UNSET",
    "ApiError",
    "DecodeError",
    "FilePart",
    "Request",
    "ResponseTypes",
    "Unset",
    "binary_body",
    "cookie_line",
    "form_body",
    "header_map",
    "json_body",
    "json_text",
    "multipart_body",
    "path_segment",
    "query_pairs",
    "text_body",
)

T = TypeVar("T")


def _no_responses() -> ResponseTypes:
    return {}


@dataclass(frozen=True, init=False)  # not by attrs, which is loaded with the first model
class Request(Generic[T]):
    """One request to the API whose answer is a ``T``.

    It holds no key: whoever sends it adds that where ``auth`` says so. Bodies and headers are kept out of the repr,
    since they are the user's own.
    """

    operation: str
    """Name of the operation, as in ``operations``."""
    method: str
    path: str
    """Path below the base URL, percent-encoded, with its leading slash."""
    query: Tuple[Tuple[str, str], ...]
    """Names and values in order, not yet percent-encoded."""
    headers: Mapping[str, str] = field(repr=False)
    body: Optional[bytes] = field(repr=False)
    content_type: Optional[str]
    accept: str
    auth: bool
    """Whether the operation wants the API key, or what else its module names."""
    responses: Callable[[], ResponseTypes] = field(repr=False)
    """What the operation answers; a function, so that no model is loaded before an answer is there."""

    def __init__(
        self,
        *,
        operation: str,
        method: str,
        path: str,
        query: Tuple[Tuple[str, str], ...] = (),
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        content_type: Optional[str] = None,
        accept: str = "application/json",
        auth: bool = True,
        responses: Callable[[], ResponseTypes] = _no_responses,
    ) -> None:
        # As a frozen dataclass has it, but with keywords only, and in less time: each call makes one of these.
        self.__dict__.update(
            operation=operation,
            method=method,
            path=path,
            query=query,
            headers={} if headers is None else headers,
            body=body,
            content_type=content_type,
            accept=accept,
            auth=auth,
            responses=responses,
        )

    @property
    def target(self) -> str:
        """Path and query as the request line has them."""
        return f"{self.path}?{urlencode(self.query, quote_via=quote)}" if self.query else self.path

    def accepting(self, media_type: str) -> "Request[T]":
        """Return the same request, but asking for another media type."""
        return replace(self, accept=media_type)

    def parse(self, status: int, headers: Mapping[str, str], body: bytes) -> T:
        """Return the whole answer's body as the operation's type.

        Raises ApiError for a status other than 2xx, DecodeError for a 2xx body that is not of that type.
        """
        return cast(T, decode(self.responses(), status, headers, body))
