"""What holds for all tests."""

import gc
import signal
import warnings

import pytest

from sim_conformance.stopping import SIGNALS


def pytest_collection_finish() -> None:
    """Keep the garbage collector from going through thousands of tests, and all that they import, again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _children_heed_signals() -> None:
    """Let a signal end what a test starts, also where it would not end the tests: under `nohup`, behind a script's `&`.

    A process inherits that a signal is ignored, not what another one does at it.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda number, frame: None)


@pytest.fixture(autouse=True)
def _nothing_left_by_others(request: pytest.FixtureRequest) -> None:
    """Collect what earlier tests left before one that looks at what it leaves itself: it would be warned of theirs."""
    if "gc" in vars(request.module):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
