"""`python -m tools.bench`: run those benchmarks whose outcome the README shows, and write it there.

`python -m tools.bench NAME …` runs one, each a module of this package with a `main(arguments)`.
"""

import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import List

from sim_api import loads


def main(arguments: List[str]) -> int:
    loads.by_orjson = lambda: None  # type: ignore[assignment]  # as without the extra `fast`
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    names = [name for name in names if not name.startswith("_")]
    status: int
    if not arguments:
        status = import_module("tools.bench._report").main()
        return status
    if arguments[0] not in names:
        print(f"usage: python -m tools.bench [{'|'.join(names)}] …", file=sys.stderr)
        return 2
    status = import_module(f"tools.bench.{arguments[0]}").main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
