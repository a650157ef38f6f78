"""`python -m tools.bench NAME …`: run one benchmark, each a module of this package with a `main(arguments)`."""

import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import List


def main(arguments: List[str]) -> int:
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    names = [name for name in names if not name.startswith("_")]
    if not arguments or arguments[0] not in names:
        print(f"usage: python -m tools.bench {{{'|'.join(names)}}} …", file=sys.stderr)
        return 2
    status: int = import_module(f"tools.bench.{arguments[0]}").main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
