"""A mock to which every example talks."""

from collections.abc import Iterator

import pytest

from sim_conformance.mock import MockSim


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockSim]:
    """A mock whose jobs have ended when they are first looked at, so that no example waits."""
    with MockSim() as sim:
        monkeypatch.setenv("SIM_API_KEY", sim.api_key)
        monkeypatch.setenv("SIM_BASE_URL", sim.base_url)
        sim.set_job_timing(queued=0, processing=0)
        yield sim


@pytest.fixture
def instead(sim: MockSim) -> dict[str, str]:
    """What is run in place of the examples' placeholders."""
    return {"workspace-id": sim.workspace_id, "your-api-key": sim.api_key}
