"""Command line of the generator."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .document import read
from .drift import differences, replace
from .emit import emit
from .errors import GenerationError
from .pins import require_pinned_tools

_PROJECT = Path(__file__).parent.parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the generator and return the exit status: 1 for a difference, 2 for a document that cannot be generated."""
    options = _parser().parse_args(arguments)
    target: Path = options.output / options.package
    try:
        require_pinned_tools(_PROJECT / "pyproject.toml")
        with TemporaryDirectory() as folder:
            made = Path(folder) / options.package
            emit([read(path) for path in options.spec or _own_documents()], made)
            if options.check:
                return _report(made, target)
            replace(made, target)
    except GenerationError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description="Generate the package of the API.")
    parser.add_argument("--check", action="store_true", help="write nothing; list what differs from a new run")
    parser.add_argument("--spec", nargs="+", type=Path, metavar="FILE", help="OpenAPI documents (spec/v*/openapi.yaml)")
    parser.add_argument(
        "--output",
        type=Path,
        default=_PROJECT / "generated",
        metavar="DIR",
        help="where the package is put (generated)",
    )
    parser.add_argument("--package", default="sim_api", metavar="NAME", help="name of the package (sim_api)")
    return parser


def _own_documents() -> list[Path]:
    return sorted(_PROJECT.glob("spec/v*/openapi.yaml"))


def _report(made: Path, target: Path) -> int:
    found = differences(made, target)
    for path, kind in found:
        print(f"{kind}: {target.name}/{path.as_posix()}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
