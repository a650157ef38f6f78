"""Fixtures of the concurrency tests."""

from collections.abc import Iterator

import pytest

from sim_conformance.mock import MockSim


class FakeClock:
    """Time that passes only by sleeping; shared by a client and its server."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sim(clock: FakeClock) -> Iterator[MockSim]:
    with MockSim(clock=clock) as sim:
        yield sim
