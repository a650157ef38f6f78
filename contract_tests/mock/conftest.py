"""Fixtures of the mock's own tests: a mock in each dialect, and a client that knows nothing of the SDK."""

from collections.abc import Iterator

import pytest

from contract_tests.mock.http_client import Client
from sim_conformance.mock import ManualClock, MockSim
from sim_conformance.mock.dialects import DIALECTS


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=DIALECTS)
def sim(request: pytest.FixtureRequest, clock: ManualClock) -> Iterator[MockSim]:
    """A mock in every dialect in turn, with a clock that stands still."""
    with MockSim(request.param, clock=clock) as sim:
        yield sim


@pytest.fixture
def documented(clock: ManualClock) -> Iterator[MockSim]:
    with MockSim(clock=clock) as sim:
        yield sim


@pytest.fixture
def client(sim: MockSim) -> Iterator[Client]:
    with Client(sim) as client:
        yield client
