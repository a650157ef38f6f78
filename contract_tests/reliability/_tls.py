"""A certificate authority of the tests' own, and servers' contexts with its certificates."""

import datetime
import functools
import ssl

import trustme

HOST = "127.0.0.1"


@functools.cache
def authority() -> trustme.CA:
    """The authority, made once."""
    return trustme.CA()


@functools.cache
def trusting() -> ssl.SSLContext:
    """What a client uses that knows the authority."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


@functools.cache
def server_context(host: str = HOST, *, expired: bool = False) -> ssl.SSLContext:
    """What a server of this name uses."""
    day = datetime.timedelta(days=-1 if expired else 1)
    certificate = authority().issue_cert(host, not_after=datetime.datetime.now(datetime.timezone.utc) + day)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
