"""The documentation page's samples, run as they are against a mock of each server generation."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim_conformance.mock import ManualClock, MockSim
from sim_conformance.mock.dialects import DIALECTS

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Ran:
    """A sample that was run: its names, and the lines that it printed."""

    names: dict[str, Any]
    lines: list[str]


class Page:
    """Runs samples against a mock; both live on one clock, which sleeping moves.

    Attributes:
        slept: what was slept, in seconds.
    """

    def __init__(self, sim: MockSim, clock: ManualClock, capsys: pytest.CaptureFixture[str]) -> None:
        self.sim = sim
        self.slept: list[float] = []
        self._clock = clock
        self._capsys = capsys

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._clock.advance(seconds)

    def run(self, name: str, *, edits: tuple[tuple[str, str], ...] = (), **names: Any) -> Ran:
        """Run a sample in a namespace of its own.

        Args:
            edits: (old, new) texts, for placeholders that the mock does not have.
            names: what stands before the sample on the page.
        """
        source = (SAMPLES / f"{name}.py").read_text(encoding="utf-8")
        for old, new in edits:
            assert old in source
            source = source.replace(old, new)
        namespace = {"__name__": name, **names}
        exec(compile(source, name, "exec"), namespace)
        return Ran(namespace, self.printed())

    def printed(self) -> list[str]:
        """The lines that were printed since the last time."""
        return self._capsys.readouterr().out.splitlines()


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(dialect: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Page]:
    """The samples with the environment that they ask for; nothing that they do may break the API's contract."""
    clock = ManualClock()
    with MockSim(dialect, clock=clock, plan="free") as sim:
        page = Page(sim, clock, capsys)
        monkeypatch.setenv("SIM_API_KEY", sim.api_key)
        monkeypatch.setenv("SIM_BASE_URL", sim.base_url)
        monkeypatch.setattr(time, "time", clock.time)
        monkeypatch.setattr(time, "sleep", page.sleep)
        yield page
        assert sim.violations == []
