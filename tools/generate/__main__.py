"""Command line of the generator."""

import argparse
import sys
from collections.abc import Sequence
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory

from .document import Document
from .drift import differences, foreign, replace
from .emit import emit
from .errors import GenerationError
from .load import load
from .pins import require_pinned_tools

_PROJECT = Path(__file__).resolve().parent.parent.parent
_GENERATED = _PROJECT / "generated"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the generator and return the exit status: 1 for a difference, 2 for a document that cannot be generated."""
    options = _parser().parse_args(arguments)
    target: Path = options.output / options.package
    try:
        require_pinned_tools(_PROJECT / "pyproject.toml")
        documents = _documents(options)
        if options.report is not None:
            return _changes(options.report, documents, options.package)
        with TemporaryDirectory() as folder:
            made = Path(folder) / options.package
            emit(documents, made)
            if options.check:
                return _report(made, target, foreign(target) if options.output.resolve() == _GENERATED else [])
            replace(made, target)
    except GenerationError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _documents(options: argparse.Namespace) -> list[Document]:
    """Read the documents that are named, as one, or else the project's own, each API version by itself."""
    groups = [options.spec] if options.spec else [[str(path)] for path in sorted(_PROJECT.glob("spec/v*/openapi.yaml"))]
    return [load(sources, allow_missing=options.allow_missing) for sources in groups]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description="Generate the package of the API.")
    parser.add_argument(
        "--report",
        nargs="?",
        const="",
        metavar="BASE",
        help="write nothing; say what changed since BASE, a document or a revision of git (the last tag)",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; list what differs from a new run")
    parser.add_argument(
        "--spec",
        nargs="+",
        action="extend",
        metavar="FILE|URL",
        help="OpenAPI documents, several of which become one (spec/v*/openapi.yaml, each by itself)",
    )
    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="leave out what cannot be generated, and list it",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=_GENERATED,
        metavar="DIR",
        help="where the package is put (generated)",
    )
    parser.add_argument(
        "--package", type=_package, default="sim_api", metavar="NAME", help="name of the package (sim_api)"
    )
    return parser


def _package(name: str) -> str:
    if not name.isidentifier() or iskeyword(name):
        raise argparse.ArgumentTypeError(f"{name!r} cannot be imported")
    return name


def _changes(base: str, documents: list[Document], package: str) -> int:
    """Print what changed since ``base``."""
    from tools.report.base import documents_at, last_revision
    from tools.report.report import report  # griffe is not needed for anything else

    if Path(base).is_file() or base.startswith(("http://", "https://")):
        print(report([load([base], allow_missing=True)], documents, package), end="")
        return 0
    revision = base or last_revision(_PROJECT)
    if not revision:
        print("There is nothing to compare with.")
        return 0
    print(f"Changes since {revision}")
    print(report(documents_at(_PROJECT, revision), documents, package), end="")
    return 0


def _report(made: Path, target: Path, others: Sequence[Path]) -> int:
    found = differences(made, target)
    for path, kind in found:
        print(f"{kind}: {target.name}/{path.as_posix()}")
    for path in others:
        print(f"foreign: {path.as_posix()}")
    return 1 if found or others else 0


if __name__ == "__main__":
    sys.exit(main())
