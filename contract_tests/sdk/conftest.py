"""Fixtures of the SDK's tests: servers that play a script, a mock in every dialect, a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contract_tests.sdk._blocking import blocking_client
from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import Exchange, ScriptedServer
from sim_conformance.mock import MockSim
from sim_conformance.mock.dialects import DIALECTS
from sim_sdk import SimStudioClient

KEY = "sk-sim-canary-1f0e9d8c7b6a"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the variables of whoever runs it."""
    for name in ("SIM_API_KEY", "SIM_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def _without_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON is read as most installations read it; that orjson reads it alike is a test of its own."""
    monkeypatch.setattr("sim_api.loads.by_orjson", lambda: None)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Start a server with a script. At the end of the test everything must have gone as the script has it."""
    servers: list[ScriptedServer] = []
    with ExitStack() as stack:

        def start(*script: Exchange, **options: Any) -> ScriptedServer:
            server = stack.enter_context(ScriptedServer(*script, **options))
            servers.append(server)
            return server

        yield start
    assert [problem for server in servers for problem in server.problems] == []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "synchronous: about the synchronous client alone; says why")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the asynchronous client where a test is not about it."""
    items[:] = [item for item in items if not (item.get_closest_marker("synchronous") and _is_asynchronous(item))]


def _is_asynchronous(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("new_client") is blocking_client


@pytest.fixture(params=[SimStudioClient, blocking_client], ids=["sync", "async"])
def new_client(request: pytest.FixtureRequest) -> Callable[..., SimStudioClient]:
    """Makes a client; the asynchronous one does here what the synchronous one does."""
    make: Callable[..., SimStudioClient] = request.param
    return make


@pytest.fixture
def connect(clock: FakeClock, new_client: Callable[..., SimStudioClient]) -> Iterator[Callable[..., SimStudioClient]]:
    """Make a client of a server, on the fake clock unless another is given."""
    with ExitStack() as stack:

        def make(server: ScriptedServer | str, **options: Any) -> SimStudioClient:
            url = server if isinstance(server, str) else server.url
            return stack.enter_context(new_client(KEY, url, **{"clock": clock, **options}))

        yield make


@pytest.fixture(params=DIALECTS)
def sim(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[MockSim]:
    """A mock in every dialect in turn, on the fake clock. No exchange may break the API's description."""
    with MockSim(request.param, clock=clock) as sim:
        yield sim
        assert sim.violations == []


@pytest.fixture
def client(sim: MockSim, clock: FakeClock, new_client: Callable[..., SimStudioClient]) -> Iterator[SimStudioClient]:
    """A client of the mock, on the same clock: what it sleeps passes there too."""
    with new_client(sim.api_key, sim.base_url, clock=clock) as client:
        yield client
