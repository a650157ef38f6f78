"""The command `sim`, of the extra `[cli]`."""

import sys
from typing import Optional, Sequence

__all__ = ["main"]


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the command.

    Args:
        argv: Its arguments; by default those of the process.

    Returns:
        The exit code, as `sim --help` explains it.
    """
    try:
        from .app import run

        return run(sys.argv[1:] if argv is None else argv)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("click", "rich", "tomli"):
            raise
        print('sim: some packages are missing: install "sim-sdk[cli]"', file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # before anything was begun, or while its end is told
        return 130
