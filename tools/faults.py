"""Plays the fault matrix and writes what comes of it to docs/faults.md.

python -m tools.faults          what the tests play, and the page
python -m tools.faults --all    each fault against each method, also those that last until a deadline; and the memory
                                that a compressed answer and a stream of 1 GiB take
"""

import argparse
import logging
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, product
from typing import List, Optional

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
    if every:
        problems += large_answers()
    print("\n".join(problems), end="")
    print(f"{len(FAULTS)} faults, {len(matrix)} cells, {len(problems)} not as they have to be")
    if not problems:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(render(), "utf-8")
    return 1 if problems else 0


def large_answers() -> List[str]:
    """What takes too much memory."""
    from contract_tests.reliability._large import ALLOWED, MEBIBYTE, memory
    from contract_tests.reliability._matrix import CLIENTS

    problems = []
    for client, what in product(CLIENTS, ("bomb", "stream")):
        taken = memory(client, what, 1024 * MEBIBYTE, timeout=600)
        print(f"{what} of 1 GiB, {client}: {taken / MEBIBYTE:.1f} MiB")
        if taken > ALLOWED:
            problems.append(f"that is more than {ALLOWED // MEBIBYTE} MiB\n")
    return problems


if __name__ == "__main__":
    sys.exit(main())
