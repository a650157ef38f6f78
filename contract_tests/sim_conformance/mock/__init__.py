"""A mock of Sim's API on a real socket, for tests of programs that talk to Sim."""

try:
    from sim_conformance.mock.sim import MockSim
except ModuleNotFoundError as error:
    if error.name is not None and error.name.startswith("sim_conformance"):
        raise
    raise ImportError('the mock server needs packages that are not installed: pip install "sim-sdk[mock]"') from error

from sim_conformance.mock.behaviours import (
    Agent,
    Answer,
    Behaviour,
    Block,
    Chain,
    Echo,
    Failing,
    ResponseBlock,
    Run,
    Slow,
)
from sim_conformance.mock.clock import Clock, ManualClock
from sim_conformance.mock.contract import Violation
from sim_conformance.mock.faults import Fault, Faults
from sim_conformance.mock.journal import Entry, Journal

__all__ = [
    "Agent",
    "Answer",
    "Behaviour",
    "Block",
    "Chain",
    "Clock",
    "Echo",
    "Entry",
    "Failing",
    "Fault",
    "Faults",
    "Journal",
    "ManualClock",
    "MockSim",
    "ResponseBlock",
    "Run",
    "Slow",
    "Violation",
]
