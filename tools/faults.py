"""Plays the fault matrix and writes what comes of it to docs/faults.md.

python -m tools.faults          what the tests play, and the page
python -m tools.faults --all    each fault against each method, also those that last until a deadline
"""

import argparse
import logging
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Optional

_WORKERS = 4


def main() -> int:
    """0 where everything came out as it has to, else 1; then the page is left as it was."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--all", action="store_true", help="each fault against each method")
    every = parser.parse_args().all
    logging.getLogger("sim_sdk").setLevel(logging.CRITICAL)

    from contract_tests.reliability._faults import FAULTS
    from contract_tests.reliability._matrix import CLIENTS, Cell, cells, check, covering
    from contract_tests.reliability._names import resolver
    from contract_tests.reliability._table import PAGE, render

    def problem(cell: Cell) -> Optional[str]:
        try:
            check(cell)
        except Exception:
            return f"{cell.name}\n{traceback.format_exc()}"
        return None

    matrix = list(chain.from_iterable(cells(fault, client) for fault in FAULTS for client in CLIENTS))
    if not every:
        matrix = list(filter(covering, matrix))
    with resolver(), ThreadPoolExecutor(_WORKERS) as pool:
        problems = [found for found in pool.map(problem, matrix) if found is not None]
    print("\n".join(problems), end="")
    print(f"{len(FAULTS)} faults, {len(matrix)} cells, {len(problems)} not as they have to be")
    if not problems:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(render(), "utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
