"""The asynchronous client behind the synchronous one's face, so that one suite tests both.

Each call runs in an event loop of its own thread; what is awaited there is waited for here.
"""

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from types import TracebackType
from typing import Any

from sim_sdk import AsyncSimStudioClient, AsyncWorkflowStream
from sim_sdk.aio import AsyncLogs


class _Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def wait(self, awaitable: Awaitable[Any]) -> Any:
        async def run() -> Any:
            return await awaitable

        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise


class _Blocking:
    """Anything of the asynchronous client's."""

    def __init__(self, inner: Any, loop: _Loop) -> None:
        self._inner = inner
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        return self._here(getattr(self._inner, name))

    def __repr__(self) -> str:
        return repr(self._inner)

    def __reduce__(self) -> Any:
        return self._inner.__reduce__()

    def _here(self, value: Any) -> Any:
        if inspect.isawaitable(value) and not isinstance(value, AsyncWorkflowStream):
            return self._here(self._loop.wait(value))
        if isinstance(value, AsyncSimStudioClient):
            return BlockingClient(value, self._loop)
        if isinstance(value, AsyncWorkflowStream):
            return BlockingStream(value, self._loop)
        if isinstance(value, AsyncLogs):
            return _Blocking(value, self._loop)
        if hasattr(value, "__anext__"):
            return self._iterate(value)
        return self._function(value) if inspect.ismethod(value) else value

    def _function(self, method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._here(method(*args, **kwargs))

    def _iterate(self, items: Any) -> Iterator[Any]:
        try:
            while True:
                try:
                    yield self._loop.wait(items.__anext__())
                except StopAsyncIteration:
                    return
        finally:
            if hasattr(items, "aclose"):
                self._loop.wait(items.aclose())


class BlockingStream(_Blocking):
    """An asynchronous stream; opened at once, as the synchronous one is."""

    def __init__(self, inner: AsyncWorkflowStream, loop: _Loop) -> None:
        super().__init__(inner, loop)
        loop.wait(inner)
        self._events = self._iterate(inner)

    def __iter__(self) -> "BlockingStream":
        return self

    def __next__(self) -> Any:
        return next(self._events)

    def __enter__(self) -> "BlockingStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class BlockingClient(_Blocking):
    """An asynchronous client."""

    def __enter__(self) -> "BlockingClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.wait(self._inner.close())


@cache
def _loop() -> _Loop:
    """One for all clients: a client may be used after it was closed."""
    return _Loop()


def blocking_client(*args: Any, **options: Any) -> BlockingClient:
    """An asynchronous client that takes and does what the synchronous one does."""
    return BlockingClient(AsyncSimStudioClient(*args, **options), _loop())
