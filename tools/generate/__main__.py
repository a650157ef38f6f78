"""Command line of the generator."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .checks import leave_out, problems, resolve_paths
from .document import Document, read
from .drift import differences, replace
from .emit import emit
from .errors import GenerationError
from .merge import merge
from .pins import require_pinned_tools

_PROJECT = Path(__file__).parent.parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the generator and return the exit status: 1 for a difference, 2 for a document that cannot be generated."""
    options = _parser().parse_args(arguments)
    target: Path = options.output / options.package
    try:
        require_pinned_tools(_PROJECT / "pyproject.toml")
        documents = load(options.spec, allow_missing=options.allow_missing)
        with TemporaryDirectory() as folder:
            made = Path(folder) / options.package
            emit(documents, made)
            if options.check:
                return _report(made, target)
            replace(made, target)
    except GenerationError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def load(sources: Sequence[str] | None, *, allow_missing: bool = False) -> list[Document]:
    """Read documents: those that are named as one, else the project's own, each API version by itself.

    Raises GenerationError for what cannot be generated; with ``allow_missing`` that is listed and left out instead.
    """
    if sources:
        documents = [merge([read(source) for source in sources])]
    else:
        documents = [read(str(path)) for path in sorted(_PROJECT.glob("spec/v*/openapi.yaml"))]
    for document in documents:
        resolve_paths(document.content)
        found = problems(document.content)
        if found and not allow_missing:
            raise GenerationError("\n".join(map(str, found)))
        for problem in found:
            print(f"left out: {problem}", file=sys.stderr)
        leave_out(document.content, found)
    return documents


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description="Generate the package of the API.")
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
        default=_PROJECT / "generated",
        metavar="DIR",
        help="where the package is put (generated)",
    )
    parser.add_argument("--package", default="sim_api", metavar="NAME", help="name of the package (sim_api)")
    return parser


def _report(made: Path, target: Path) -> int:
    found = differences(made, target)
    for path, kind in found:
        print(f"{kind}: {target.name}/{path.as_posix()}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
