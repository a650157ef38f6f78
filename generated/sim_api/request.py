# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""A request as a value: everything that a transport needs, and how its answer is read."""

from dataclasses import dataclass, field, replace
from typing import Callable, Dict, Generic, Mapping, Optional, Tuple, TypeVar, cast
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


def _no_headers() -> Dict[str, str]:
    return {}


def _no_responses() -> ResponseTypes:
    return {}


@dataclass(frozen=True)  # by the standard library: attrs is loaded with the first model
class Request(Generic[T]):
    """One request to the API whose answer is a ``T``.

    It holds no key: with ``auth`` the transport adds it. Bodies and headers are kept out of the repr, since they are
    the user's own.
    """

    operation: str
    """Name of the operation, as in ``operations``."""
    method: str
    path: str
    """Path below the base URL, percent-encoded, with its leading slash."""
    query: Tuple[Tuple[str, str], ...] = ()
    """Names and values in order, not yet percent-encoded."""
    headers: Mapping[str, str] = field(default_factory=_no_headers, repr=False)
    body: Optional[bytes] = field(default=None, repr=False)
    content_type: Optional[str] = None
    accept: str = "application/json"
    auth: bool = True
    """Whether the operation wants the API key."""
    responses: Callable[[], ResponseTypes] = field(default=_no_responses, repr=False)
    """What the operation answers; a function, so that no model is loaded before an answer is there."""

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
