"""Fixtures of the reliability tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contract_tests.reliability._matrix import CLIENTS, KEY
from contract_tests.reliability._names import resolver

Connect = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the variables of whoever runs it."""
    for name in ("SIM_API_KEY", "SIM_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _names() -> Iterator[None]:
    """Tests may name hosts."""
    with resolver():
        yield


@pytest.fixture(params=CLIENTS)
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Make a client of a server, each client in turn."""
    with ExitStack() as stack:
        yield lambda url, **options: stack.enter_context(CLIENTS[request.param](KEY, url, **options))
