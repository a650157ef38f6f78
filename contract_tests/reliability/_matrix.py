"""Runs the matrix: one method of one client against one fault."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.reliability._clock import SkippingClock
from contract_tests.reliability._faults import Expected, Fault, Stage
from contract_tests.reliability._methods import METHODS, RETRIES, Method
from contract_tests.sdk._blocking import blocking_client
from contract_tests.sdk._server import PATIENCE
from sim_sdk import SimStudioClient, SimStudioError

CLIENTS: dict[str, Any] = {"sync": SimStudioClient, "async": blocking_client}
KEY = "sk-sim-canary-1f0e9d8c7b6a"
_COVERING = {"execute_workflow", "execute_and_wait", "stream_workflow", "get_job_status", "wait_for_job"}
TOLERANCE = 0.5  # seconds by which a call may outlive its deadline


@dataclass(frozen=True)
class Cell:
    """One method of one client against one fault."""

    fault: Fault
    client: str
    method: Method

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return f"{self.fault.group}: {self.fault.name}, {self.client}, {self.method.name}"

    @property
    def expected(self) -> Expected:
        """What has to come out."""
        expectations = self.fault.elsewise if self.client == "async" else None
        expected = (expectations or self.fault.expected)[self.method.kind]
        if self.method.patient and expected.raises in ("RateLimitError", "RequestTimeoutError"):
            # It waited for a job, which may run whatever became of the last look at it.
            return replace(expected, raises="RequestTimeoutError", sent=True)
        return expected


@dataclass(frozen=True)
class Outcome:
    """What became of a call, and of the client afterwards.

    Attributes:
        raised: The class of the error, None for a result.
        tries: How many requests met the fault, None where none could arrive.
        kept: Whether the next call went over the same connection, None where that cannot be told.
    """

    raised: str | None
    code: str | None
    sent: bool | None
    tries: int | None
    kept: bool | None


def check(cell: Cell) -> None:
    """Play one cell of the matrix.

    Raises:
        AssertionError: What came out is not what has to, the call outlived its deadline, or left its connection open.
    """
    outcome = run(cell)
    expected, method = cell.expected, cell.method
    if method.told:
        told = (outcome.raised, outcome.code, outcome.sent)
        assert told == (expected.raises, expected.code(method), expected.sent), cell.name
    if outcome.tries is not None and expected.raises is not None and not (method.patient and expected.again):
        assert outcome.tries == expected.tries(method), cell.name
    # The deadline may cut off the last of the looks at a job, and with it the connection.
    cut_off = method.patient and expected.again and outcome.kept is False
    if outcome.kept is not None and expected.kept is not None and not cut_off:
        assert outcome.kept is expected.kept, cell.name


def run(cell: Cell) -> Outcome:
    """What comes out."""
    fault = cell.fault
    with fault.stage() as stage:
        options = {"timeout": fault.deadline, "max_retries": RETRIES, "clock": SkippingClock(), **stage.options}
        with CLIENTS[cell.client](KEY, stage.url, **options) as client:
            error = _call(client, cell.method, fault.deadline)
            if fault.waits and stage.is_left is not None:
                assert stage.is_left(error is None or error.request_sent), "the connection is still open"
            tries = None if stage.failed is None else stage.failed()
            kept = _recover(client, stage)
    if error is None:
        return Outcome(None, None, None, tries, kept)
    return Outcome(type(error).__name__, error.code, error.request_sent, tries, kept)


def cells(fault: Fault, client: str, methods: Iterable[Method] = METHODS) -> list[Cell]:
    """The cells of one fault and one client."""
    return [Cell(fault, client, method) for method in methods]


def covering(cell: Cell) -> bool:
    """Whether the cell is one of those that are always played: of the faults that last until the deadline, some."""
    return not cell.fault.waits or cell.method.name in _COVERING


def _call(client: Any, method: Method, deadline: float) -> Any:
    began = time.monotonic()
    error: SimStudioError | None = None
    try:
        method.call(client, deadline)
    except SimStudioError as caught:
        error = caught
    took = time.monotonic() - began
    assert took <= deadline + TOLERANCE, f"{method.name} took {took:.2f} s of {deadline} s"
    return error


def _recover(client: Any, stage: Stage) -> bool | None:
    client.set_base_url(stage.heal())
    client.with_options(timeout=PATIENCE).get_workflow_status("wf")
    if stage.server is None:
        return None
    first, last = stage.server.requests[-2:]
    return first.connection == last.connection
