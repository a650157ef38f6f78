"""The report as text."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.generate.checks import addresses
from tools.generate.document import Document
from tools.generate.emit import emit, view
from tools.report.changes import Change, compare
from tools.report.python_api import compare_packages


def report(old: Sequence[Document], new: Sequence[Document], package: str) -> str:
    """Say what changed from the old documents to the new ones, which are told apart by their API version."""
    before = {document.package: document for document in old}
    lines: list[str] = []
    for document in new:
        # A document that stands alone is compared with the only other one, whatever its file was called.
        other = before.get(document.package) or (old[0] if len(old) == len(new) == 1 else None)
        lines += _section(f"API {document.package}", _of_documents(other, document))
    gone = sorted(before.keys() - {document.package for document in new}) if len(new) > 1 else []
    lines += [f"BREAKING removed API {name}" for name in gone]
    with TemporaryDirectory() as folder:
        lines += _section("Python API", _of_packages(old, new, Path(folder), package))
    return "\n".join(lines) + "\n"


def _of_documents(old: "Document | None", new: Document) -> list[Change]:
    if old is None:
        return [Change("added", f"API {new.package}", breaking=False)]
    return [*_of_servers(old, new), *compare(view(old.content), view(new.content))]


def _of_servers(old: Document, new: Document) -> Iterator[Change]:
    before, after = addresses(old.content), addresses(new.content)
    if before != after:
        said = f"servers: {' and '.join(before)} -> {' and '.join(after)}"
        yield Change("changed", said, breaking=not {*before} <= {*after})


def _of_packages(old: Sequence[Document], new: Sequence[Document], folder: Path, package: str) -> list[Change]:
    named = old
    if len(old) == len(new) == 1:
        named = [Document(new[0].package, old[0].content)]
    for name, documents in (("old", named), ("new", new)):
        emit(documents, folder / name / package)
    return compare_packages(package, folder / "old", folder / "new")


def _section(title: str, changes: Sequence[Change]) -> Iterator[str]:
    breaking = sum(change.breaking for change in changes)
    yield f"{title}: {len(changes)} changes, {breaking} of them breaking"
    yield from (f"- {change}" for change in sorted(changes, key=lambda change: not change.breaking))
