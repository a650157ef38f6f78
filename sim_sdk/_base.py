"""What the synchronous and the asynchronous client have in common: everything but waiting.

What a client works with is loaded with the first client, so that `import sim_sdk` costs next to nothing.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Dict, Iterable, Mapping, Optional, Sequence, Tuple, Union

from ._clock import Clock, SystemClock
from ._options import DEFAULT_BASE_URL, DEFAULT_USER_AGENT, Options, read_api_key, require_base_url
from ._validate import require_bool, require_count, require_timeout

if TYPE_CHECKING:
    import ssl

    from ._batch import Prepare, Schedule
    from ._calls import Execution
    from .ratelimit import RateLimitInfo

    if sys.version_info >= (3, 11):
        from typing import Self
    else:
        from typing_extensions import Self

_CHANGEABLE = frozenset(field.name for field in dataclasses.fields(Options))
_OF_TRANSPORT = ("pool_size", "proxy", "ssl_context")

# Held while options are replaced: two threads that change different ones at once would lose one of the two. One for all
# clients, so that a fork can wait for it: a child would never get a lock that another thread had at that moment.
_changing = threading.RLock()
if sys.platform != "win32" and hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_changing.acquire, after_in_parent=_changing.release, after_in_child=_changing.release)


class _Unset:
    """The default of an argument that may be anything, also None."""

    def __repr__(self) -> str:
        return "<unset>"


UNSET = _Unset()


class ClientBase:
    """A client of one Sim server.

    Args:
        api_key: The API key; by default that of the environment variable SIM_API_KEY.
        base_url: Where the server is; by default that of the environment variable SIM_BASE_URL, or https://sim.ai.
        timeout: Seconds for a whole call that has no timeout of its own, None for no limit.
        connect_timeout: Seconds for making a connection, None for no limit.
        idle_timeout: The longest silence in seconds while a stream is read, None for no limit.
        max_retries: How often a request that changes nothing is sent again after a connection error or a 429, 502, 503
            or 504. Executions are never sent again but by `execute_with_retry`.
        max_response_bytes: The largest answer that is read, after decompression, and the most output that is streamed;
            None for no limit. One event of a stream is never larger than 16 MiB.
        pool_size: How many idle connections are kept. The asynchronous client keeps all of them, for some seconds.
        proxy: The URL of an HTTP proxy. The environment is not asked.
        ssl_context: For TLS; by default certificates and host names are verified.
        headers: Sent with every request.
        user_agent: Sent with every request.
        clock: The time, for tests.

    Raises:
        TypeError, ValueError: An argument is not what it should be; the message names it. Nothing is sent.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: str = DEFAULT_BASE_URL,
        *,
        timeout: Optional[float] = 30.0,
        connect_timeout: Optional[float] = 10.0,
        idle_timeout: Optional[float] = 300.0,
        max_retries: int = 2,
        max_response_bytes: Optional[int] = 256 * 1024 * 1024,
        pool_size: int = 16,
        proxy: Optional[str] = None,
        ssl_context: Optional[ssl.SSLContext] = None,
        headers: Optional[Mapping[str, str]] = None,
        user_agent: str = DEFAULT_USER_AGENT,
        clock: Optional[Clock] = None,
    ) -> None:
        # From here on the key is nowhere in plain text, not even in the locals of a traceback.
        key, api_key = read_api_key(api_key), None
        if isinstance(key, Exception):
            raise key
        options = Options(
            api_key=key,
            base_url=require_base_url(base_url),
            timeout=timeout,
            connect_timeout=connect_timeout,
            idle_timeout=idle_timeout,
            max_retries=max_retries,
            max_response_bytes=max_response_bytes,
            headers={} if headers is None else headers,
            user_agent=user_agent,
            pool_size=pool_size,
            proxy=proxy,
            ssl_context=ssl_context,
            clock=clock or self._system_clock(),
        )
        self._connect(options)
        self._use(options)

    @property
    def base_url(self) -> str:
        """Where the server is, without a slash at its end."""
        return self._engine.options.base_url

    def get_rate_limit_info(self) -> Optional[RateLimitInfo]:
        """The rate limit as the last response that mentioned it told it, or None before any has.

        Python SDK page, "get_rate_limit_info". `reset` is in epoch seconds, `retry_after` in milliseconds.
        """
        seen = self._engine.rate_limit
        return None if seen is None else dataclasses.replace(seen)

    def set_api_key(self, api_key: str) -> None:
        """Use another key from the next request on (Python SDK page, "set_api_key").

        Raises:
            TypeError, ValueError: It is no key.
        """
        key, api_key = read_api_key(_given("api_key", api_key)), ""
        if isinstance(key, Exception):
            raise key
        self._change(api_key=key)

    def set_base_url(self, base_url: str) -> None:
        """Use another server from the next request on (Python SDK page, "set_base_url").

        Raises:
            TypeError, ValueError: It is no absolute http or https URL.
        """
        self._change(base_url=require_base_url(base_url))

    def with_options(self, **options: Any) -> Self:
        """A copy with other options; it shares the connections, unless the options are about those.

        Args:
            options: Any keyword argument of the constructor.

        Raises:
            TypeError, ValueError: There is no such option, or it is not what it should be.
        """
        if "api_key" in options:
            key, options["api_key"] = read_api_key(_given("api_key", options["api_key"])), None
            if isinstance(key, Exception):
                raise key
            options["api_key"] = key
        unknown = sorted(options.keys() - _CHANGEABLE)
        if unknown:
            raise TypeError(f"with_options: unknown option {unknown[0]!r}; there are {', '.join(sorted(_CHANGEABLE))}")
        if "base_url" in options:
            options["base_url"] = require_base_url(options["base_url"])
        if options.get("headers", UNSET) is None:
            options["headers"] = {}
        if options.get("clock", UNSET) is None:
            options["clock"] = self._system_clock()
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        changed = dataclasses.replace(self._engine.options, **options)
        if any(name in options for name in _OF_TRANSPORT):
            copy._connect(changed)
        copy._use(changed, self._engine.rate_limit)
        return copy

    def __repr__(self) -> str:
        # A constructor that refuses its arguments shows an unfinished client to tools that print a traceback's locals.
        where = f"base_url={self.base_url!r}" if "_engine" in vars(self) else "unfinished"
        return f"{type(self).__name__}({where})"

    def __reduce__(self) -> Tuple[Any, ...]:
        """Pickled without the key: whoever unpickles it has the key in SIM_API_KEY. A proxy's password is pickled.

        Raises:
            TypeError: The client has an `ssl_context`, which cannot be pickled, and must not be left out unnoticed.
        """
        if self._engine.options.ssl_context is not None:
            raise TypeError("ssl_context: a client that has one cannot be pickled; make the client where it is used")
        options = {
            field.name: getattr(self._engine.options, field.name)
            for field in dataclasses.fields(Options)
            if field.name not in ("api_key", "ssl_context", "clock")
        }
        return _rebuild, (type(self), options)

    def _use(self, options: Options, seen: Optional[RateLimitInfo] = None) -> None:
        """Calls from now on keep to these options; those under way go on with the ones that they began with."""
        from ._calls import Calls
        from ._engine import Engine

        self._engine = Engine(options, seen)
        self._calls = Calls(self._engine)
        self._drive(options)

    def _change(self, **options: Any) -> None:
        with _changing:
            self._use(dataclasses.replace(self._engine.options, **options), self._engine.rate_limit)

    @staticmethod
    def _system_clock() -> Clock:
        return SystemClock()

    def _connect(self, options: Options) -> None:
        """Make the connections that the client and its copies share."""
        raise NotImplementedError

    def _drive(self, options: Options) -> None:
        """Make the driver of flows."""
        raise NotImplementedError

    def _prepare(
        self,
        workflow_id: str,
        input_data: Any,
        input: Any,
        timeout: Optional[float],
        stream: Optional[bool] = None,
        selected_outputs: Optional[Sequence[str]] = None,
        async_execution: Optional[bool] = None,
    ) -> Execution:
        if input is not UNSET:
            if input_data is not None:
                raise TypeError("input: expected either input or input_data, which mean the same, not both")
            input_data = input
        return self._calls.prepare(workflow_id, input_data, timeout, stream, selected_outputs, async_execution)

    @staticmethod
    def _schedule(
        items: Iterable[Tuple[str, Any]],
        max_concurrency: int,
        ordered: bool,
        timeout: Optional[float],
        max_retries: int,
        max_retry_after: float,
    ) -> Schedule:
        from ._batch import Schedule
        from .retry import RetryPolicy

        require_timeout("timeout", timeout)
        policy = RetryPolicy(max_retries=max_retries, max_retry_after=max_retry_after)
        return Schedule(
            items, require_count("max_concurrency", max_concurrency, 1), require_bool("ordered", ordered), policy
        )

    def _preparer(self, timeout: Optional[float]) -> Prepare:
        return lambda job: self._calls.prepare(job.workflow_id, job.input_data, timeout, None, None)


def _given(name: str, value: Union[str, None]) -> str:
    if value is None:
        raise TypeError(f"{name}: expected a str, got None")
    return value


def _rebuild(kind: Any, options: Dict[str, Any]) -> ClientBase:
    client: ClientBase = kind(**options)
    return client
