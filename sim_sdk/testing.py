"""A pytest fixture for programs that use the SDK: a mock of Sim, so that their tests need no server and no key.

Name this module in a test module or in the top-level `conftest.py`, and install the extra `mock`:

    pytest_plugins = ["sim_sdk.testing"]

    def test_greeting(sim_mock):
        assert greet("Ada") == "Hello, Ada"
"""

from typing import TYPE_CHECKING, Iterator

import pytest

if TYPE_CHECKING:
    from sim_conformance.mock import MockSim


@pytest.fixture
def sim_mock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Iterator[MockSim]":
    """A mock of Sim to which `SIM_BASE_URL` and `SIM_API_KEY` point, so that `SimStudioClient()` talks to it.

    Its workflows, limits and faults are set up by its methods. It speaks as Sim is documented; another version is
    chosen by `@pytest.mark.parametrize("sim_mock", ["2025-10", "2026-08"], indirect=True)`.

    The test fails when the program sent what the API's description does not allow.
    """
    # Here and not above: the mock takes packages and a Python that the SDK itself does not.
    from sim_conformance.mock import MockSim

    with MockSim(getattr(request, "param", "documented")) as sim:
        monkeypatch.setenv("SIM_BASE_URL", sim.base_url)
        monkeypatch.setenv("SIM_API_KEY", sim.api_key)
        yield sim
    wrong = [f"{one.operation} {one.location}: {one.message}" for one in sim.violations if one.side == "request"]
    if wrong:
        pytest.fail("requests that the API does not allow: " + "; ".join(wrong))
