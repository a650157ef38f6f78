"""Measures how much memory both clients take for answers of a gigabyte, on Linux.

python -m tools.memory              a gigabyte
python -m tools.memory --size 128   what the tests do, in MiB
"""

import argparse
import sys


def main() -> int:
    """0 where no process grew beyond the limit, and everything was refused that has to be; else 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.memory", description=__doc__)
    parser.add_argument("--size", type=int, default=1024, metavar="MIB", help="of what goes through")
    size = parser.parse_args().size

    from contract_tests.reliability._memory import CLIENTS, LIMIT, LOADS, MIB, measure

    good = True
    for client in CLIENTS:
        for name, figures in measure(client, size * MIB).items():
            good = good and figures.grown < LIMIT and figures.outcome == LOADS[name].outcome
            outcome = figures.outcome or "goes through"
            print(f"{client:5}  {name:14}  {outcome:20}  {figures.grown / MIB:5.1f} MiB  {figures.seconds:5.1f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
