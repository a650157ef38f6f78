"""The commands as they are installed: also where they cannot run, to say what they need."""

import sys
from importlib import import_module

_NEEDS = (3, 11)
_CANNOT_RUN = 2


def mock() -> int:
    """Run sim-mock."""
    return _run("sim-mock", "sim_conformance.mock.cli")


def conformance() -> int:
    """Run sim-conformance."""
    return _run("sim-conformance", "sim_conformance.cli")


def _run(command: str, module: str) -> int:
    if sys.version_info < _NEEDS:
        print(f"{command}: runs on Python {'.'.join(map(str, _NEEDS))} and later", file=sys.stderr)
        return _CANNOT_RUN
    try:
        main = import_module(module).main
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # says what to install
        print(f"{command}: {error}", file=sys.stderr)
        return _CANNOT_RUN
    exit_code: int = main()
    return exit_code
