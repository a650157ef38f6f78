"""One mock apart from its server: what it remembers, was asked, and will get wrong."""

import time

from sim_conformance.mock.clock import Clock
from sim_conformance.mock.contract import Contract, contract
from sim_conformance.mock.dialects import dialect_named
from sim_conformance.mock.exchange import Distortion
from sim_conformance.mock.faults import Faults
from sim_conformance.mock.journal import Journal
from sim_conformance.mock.operations import Operations
from sim_conformance.mock.state import State


class World:
    """Everything that the parts of a mock share.

    Args:
        clock: None for the real time.
        validate: check every exchange against the API's document.
        distortion: what changes the answers before they are sent.

    Raises:
        ValueError: for an unknown dialect or plan.
    """

    def __init__(
        self,
        *,
        dialect: str,
        plan: str,
        seed: int,
        clock: Clock | None,
        validate: bool,
        distortion: Distortion | None = None,
    ) -> None:
        self.dialect = dialect_named(dialect)
        self.clock: Clock = time if clock is None else clock
        self.contract: Contract | None = contract() if validate else None
        self.journal = Journal()
        self.faults = Faults()
        self.distortion = distortion
        self._plan = self.dialect.plan(plan)
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Begin anew, with the same seed."""
        self.state = State(plan=self._plan, run_cost=self.dialect.run_cost, seed=self._seed, clock=self.clock)
        self.operations = Operations(self.state, self.dialect)
        self.faults.clear()
        self.journal.clear()
