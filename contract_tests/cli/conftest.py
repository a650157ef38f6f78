"""Fixtures of the command's tests: a mock to talk to, and the command run in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract_tests.cli.commands import Sim
from sim_conformance.mock import MockSim
from sim_conformance.mock.dialects import DIALECTS

_SETTINGS = ("SIM_API_KEY", "SIM_BASE_URL", "SIM_LOG", "SIM_PROFILE", "SIM_WORKSPACE", "SIM_WEBHOOK_SECRET")
_LOOKS = ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own decides what the command does or how it looks."""
    for name in (*_SETTINGS, *_LOOKS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def mock(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockSim]:
    """A mock as documented, which the environment points to."""
    with MockSim() as mock:
        _point_to(mock, monkeypatch)
        yield mock


@pytest.fixture(params=DIALECTS)
def any_mock(environment: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockSim]:
    """A mock in every dialect in turn, which the environment points to."""
    with MockSim(request.param) as mock:
        _point_to(mock, monkeypatch)
        yield mock


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes what is tested think that it writes to a terminal of a width."""

    def make(width: int) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(width))

    return make


@pytest.fixture
def sim(capsys: pytest.CaptureFixture[str]) -> Sim:
    return Sim(capsys)


def _point_to(mock: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", mock.api_key)
    monkeypatch.setenv("SIM_BASE_URL", mock.base_url)
