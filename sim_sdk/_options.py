"""The options of a client, checked once."""

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Set, Union
from urllib.parse import urlsplit

from ._clock import Clock, SystemClock
from ._secret import Secret
from ._validate import require_count, require_timeout
from ._version import __version__

if TYPE_CHECKING:
    import ssl


class _Default(str):
    """A default that is told apart from the same text given by a caller, whom the environment must not overrule."""

    __slots__ = ()


DEFAULT_BASE_URL: str = _Default("https://sim.ai")
DEFAULT_USER_AGENT = f"sim-sdk/{__version__} Python/{'.'.join(map(str, sys.version_info[:3]))}"

# Set by the SDK itself, or by HTTP; another value would break the exchange.
_RESERVED_HEADERS = frozenset(
    {
        "x-api-key",
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "te",
        "transfer-encoding",
        "user-agent",
        "x-execution-mode",
    }
)


@dataclass(frozen=True, eq=False)
class Options:
    """What a client was told. Times are in seconds; None means no limit.

    Attributes:
        api_key: The key.
        base_url: Without a slash at its end.
        timeout: For a whole call that has no timeout of its own.
        connect_timeout: For making a connection.
        idle_timeout: The longest silence while a stream is read.
        max_retries: How often a request that changes nothing is sent again.
        max_response_bytes: The largest answer that is read, after decompression; None for no limit. It bounds the
            memory that a server can make a call take.
        headers: Sent with every request.
        user_agent: Sent with every request; servers refuse an empty one.
        pool_size: How many idle connections a synchronous client keeps.
        proxy: The URL of an HTTP proxy.
        ssl_context: For TLS.
        clock: The time.
    """

    api_key: Secret
    base_url: str
    timeout: Optional[float] = 30.0
    connect_timeout: Optional[float] = 10.0
    idle_timeout: Optional[float] = 300.0
    max_retries: int = 2
    max_response_bytes: Optional[int] = 256 * 1024 * 1024
    headers: Mapping[str, str] = field(default_factory=dict)
    user_agent: str = DEFAULT_USER_AGENT
    pool_size: int = 16
    proxy: Optional[str] = field(default=None, repr=False)  # may hold a password
    ssl_context: "Optional[ssl.SSLContext]" = None
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        for name in ("timeout", "connect_timeout", "idle_timeout"):
            require_timeout(name, getattr(self, name))
        require_count("max_retries", self.max_retries)
        require_count("pool_size", self.pool_size, minimum=1)
        if self.max_response_bytes is not None:
            require_count("max_response_bytes", self.max_response_bytes, minimum=1)
        object.__setattr__(self, "headers", _checked_headers(self.headers))
        _check_header_text("user_agent", self.user_agent)
        if not self.user_agent.strip():
            raise ValueError("user_agent: expected a text; servers refuse requests without one")
        if self.proxy is not None:
            require_url("proxy", self.proxy)
        if self.ssl_context is not None and not hasattr(self.ssl_context, "wrap_socket"):
            raise TypeError(f"ssl_context: expected an ssl.SSLContext, got {type(self.ssl_context).__name__}")


def read_api_key(value: Any) -> Union[Secret, Exception]:
    """The key given, or that of the environment; or what is wrong with it, without showing it.

    The error is returned, for the caller to raise when it has forgotten the key: tools that report errors with the
    locals of a traceback would show it.
    """
    if value is None:
        value = os.environ.get("SIM_API_KEY")
    if value is None:
        return ValueError("api_key: expected an API key, as an argument or in the environment variable SIM_API_KEY")
    if not isinstance(value, str):
        return TypeError(f"api_key: expected a str, got {type(value).__name__}")
    if not value.strip():
        return ValueError("api_key: expected an API key, got an empty str")
    if not all(0x20 < ord(character) < 0x7F for character in value):
        return ValueError("api_key: expected printable ASCII without spaces; is there a line end at its end?")
    return Secret(str.__str__(value))  # of a member of an enumeration, `str` alone makes its name


def require_base_url(value: str) -> str:
    """The URL given, or that of the environment where none was given, without a slash at its end.

    Raises:
        TypeError: It is no str.
        ValueError: It is not an absolute http or https URL, or it holds a user name. The message does not show it.
    """
    if value is DEFAULT_BASE_URL:
        value = os.environ.get("SIM_BASE_URL") or str(value)
    if urlsplit(require_url("base_url", value)).username is not None:
        # Error messages show where a call went.
        raise ValueError("base_url: expected a URL without a user name and password")
    return value.rstrip("/")


def require_url(name: str, value: str) -> str:
    """An absolute http or https URL without credentials in the query or fragment."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    problem = _url_problem(value)
    if problem is not None:
        raise ValueError(f"{name}: expected a URL such as 'https://sim.ai', but it {problem}")
    return value


def _url_problem(value: str) -> Optional[str]:
    if any(character <= " " or character == "\x7f" for character in value):
        return "holds spaces or control characters" if value else "is empty"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "cannot be read as a URL"
    if parts.scheme not in ("http", "https"):
        return "does not begin with http:// or https://"
    if not parts.hostname or port == 0:
        return "names no host and port that can be reached"
    if "?" in value or "#" in value:  # also an empty one: what stands behind it is no path any more
        return "has a query or a fragment"
    return None


def _checked_headers(headers: Mapping[str, str]) -> Dict[str, str]:
    """A copy, which nobody can change afterwards."""
    if not isinstance(headers, Mapping):
        raise TypeError(f"headers: expected a mapping of names to values, got {type(headers).__name__}")
    seen: Set[str] = set()
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError("headers: expected names and values as str")
        if name.lower() in seen:
            raise ValueError(f"headers: {name!r} is there twice; capitals make no difference")
        seen.add(name.lower())
        if name.lower() in _RESERVED_HEADERS:
            raise ValueError(f"headers: {name!r} is set by the SDK")
        letters = name.isascii() and all(character.isalnum() or character in "!#$%&'*+-.^_`|~" for character in name)
        if not name or not letters:
            raise ValueError(f"headers: {name!r} is no header name")
        _check_header_text(f"headers[{name!r}]", value)
    return dict(headers)


def _check_header_text(name: str, value: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    if not all(character == "\t" or 0x20 <= ord(character) < 0x7F for character in value):
        raise ValueError(f"{name}: expected printable ASCII")
