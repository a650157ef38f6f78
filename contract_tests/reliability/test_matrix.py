"""Every fault on a real socket, against every public method of both clients."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contract_tests.reliability._faults import FAULTS, Fault
from contract_tests.reliability._matrix import CLIENTS, cells, check, covering
from contract_tests.reliability._table import PAGE, render


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """What `validate_workflow` says of the faults is of no interest here."""
    caplog.set_level(logging.ERROR, "sim_sdk")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.group}: {fault.name}")
def test_fault(fault: Fault) -> None:
    matrix = [cell for client in CLIENTS for cell in cells(fault, client) if covering(cell)]
    with ThreadPoolExecutor(len(matrix) if fault.waits else 1) as pool:
        list(pool.map(check, matrix))


def test_the_table_in_the_documentation_is_up_to_date() -> None:
    assert Path(PAGE).read_text("utf-8") == render(), "run: python -m tools.faults"
