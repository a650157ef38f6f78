"""A uvicorn server in a thread of its own."""

import asyncio
import socket
import threading

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

STARTUP_SECONDS = 10.0

# How long an idle connection is kept. One that is closed just when a request is sent over it breaks that request; on a
# busy machine uvicorn's own 5 seconds pass in the midst of a test.
KEEP_ALIVE_SECONDS = 75


class BackgroundServer:
    """Serves an application until it is stopped.

    Args:
        port: 0 for any free one.

    Raises:
        OSError: when the address is taken.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        # Bound here and not in the thread: the address is known at once, and requests wait in its queue.
        self._socket = bound_socket(host, port)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=KnownConnection,
            ws="none",
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
        )
        self._server = PromptServer(config)
        self._thread = threading.Thread(target=self._run, name=f"sim-mock:{self.address[1]}", daemon=True)

    def start(self) -> None:
        """Return once requests are answered.

        Raises:
            RuntimeError: when the server does not come up.
        """
        self._thread.start()
        if not self._server.ready.wait(STARTUP_SECONDS) or not self._server.started:
            self.stop()
            raise RuntimeError("the mock server did not start")

    def stop(self) -> None:
        """Return once the thread has ended and all connections are closed."""
        self._server.end()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.ready.set()


class KnownConnection(H11Protocol):
    """HTTP whose requests know their connection, as `state.connection`, for answers that are not HTTP."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the connection for its requests."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": transport}


class PromptServer(uvicorn.Server):
    """A server that says when it is ready, and that ends at once instead of looking ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Let the server end; may be called from any thread, and more than once."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Serve until `end`."""
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drop the listeners and the connections, answered or not."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by name: asyncio switches Nagle's delay off only for sockets that say TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener
