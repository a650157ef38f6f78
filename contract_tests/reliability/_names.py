"""Host names that only the tests know, resolved as a test wants it; all others as ever."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

Resolve = Callable[[int], list[tuple[str, int]]]
"""Takes the port asked for, gives IPv4 addresses and ports."""

_hosts: dict[str, Resolve] = {}


@contextlib.contextmanager
def resolver() -> Iterator[None]:
    """Ask `named` hosts first. Not to be nested."""
    system = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        known = _hosts.get(host)
        if known is None:
            return system(host, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for address in known(int(port))]

    socket.getaddrinfo = resolve
    try:
        yield
    finally:
        socket.getaddrinfo = system


@contextlib.contextmanager
def named(resolve: Resolve) -> Iterator[str]:
    """A host name of the test's own."""
    host = f"h{len(_hosts)}.test"
    while host in _hosts:
        host = "x" + host
    _hosts[host] = resolve
    yield host
    del _hosts[host]


def unknown(_: int) -> list[tuple[str, int]]:
    """What the system says of a host that there is not."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
