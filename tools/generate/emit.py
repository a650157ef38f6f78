"""Writes a generated package."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .annotations import Annotations
from .docs import docstring
from .document import Document, Json, operations
from .errors import GenerationError
from .model_views import ModelViews
from .normalise import REWRITES, DocumentRewrite, normalise
from .operation_views import OperationViews, pushed
from .parse import parse
from .rewrites.places import TYPE
from .views import Alias, Model, Package

HEAD = '# Made by "python -m tools.generate". Do not edit: the next run writes it anew.\n'

_TOOLS = Path(__file__).parent.parent
_RUFF_CONFIG = _TOOLS / "templates" / "ruff.toml"


class Export(NamedTuple):
    """A name that a package offers and the submodule where it is, "" if it is the submodule."""

    name: str
    module: str


def emit(documents: Sequence[Document], target: Path) -> None:
    """Write the package of these documents into the empty directory ``target``."""
    runtime = sorted((_TOOLS / "runtime").glob("*.py"))
    taken = [source.stem for source in runtime]
    for document in documents:
        if document.package in taken:
            raise GenerationError(f"two things would become the module {document.package}; rename the document")
        taken.append(document.package)
    for source in runtime:
        _write(target / source.name, source.read_text(encoding="utf-8"))
    _write(target / "py.typed", "")
    for document in documents:
        _emit_document(document, target / document.package)
    _format(target)


def _emit_document(document: Document, target: Path) -> None:
    package = view(document.content)
    info = document.content.get("info", {})
    pages = _Pages(target)
    about = f"{info.get('title', document.package)} {info.get('version', '')}".strip()
    pages.write_index("", f"{about}: its models and operations.", [Export("models", ""), Export("operations", "")])
    for model in package.models:
        pages.write(f"models/{model.module}.py", "model", model=model)
    for alias in package.aliases:
        pages.write(f"models/{alias.module}.py", "alias", alias=alias)
    for operation in package.operations:
        pages.write(f"operations/{operation.name}.py", "operation", operation=operation)
    named: list[Model | Alias] = [*package.models, *package.aliases]
    models = sorted(Export(each.name, each.module) for each in named)
    pages.write_index("models/", "Models, each imported on its first use.", models)
    modules = [Export(operation.name, "") for operation in package.operations]
    pages.write_index("operations/", "Operations, each imported on its first use.", modules)


def view(published: Json, rewrites: Sequence[DocumentRewrite] = REWRITES) -> Package:
    """Return all that is said of a document.

    Raises GenerationError for what cannot be generated, and if an operation got lost on the way.
    """
    content = normalise(published, rewrites)
    types = parse(content)
    annotations = Annotations(types.models)
    bodies = [
        media for *_, raw in operations(content) for media in raw.get("requestBody", {}).get("content", {}).values()
    ]
    sent = annotations.reachable(types.places[media[TYPE]] for media in bodies)
    models = ModelViews(content, types, annotations, sent)
    operation_views = OperationViews(content, types, annotations).operations()
    package = Package(models.models(), models.aliases(), operation_views, pushed(content))
    expected = len(operations(published))
    if len({operation.name for operation in package.operations}) != expected:
        raise GenerationError(f"of {expected} operations {len(package.operations)} were made")
    return package


class _Pages:
    """Writes the files of one document's package from templates."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._templates = Environment(
            loader=FileSystemLoader(_TOOLS / "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._templates.filters.update(docstring=docstring, literal=repr)

    def write(self, path: str, template: str, **context: object) -> None:
        _write(self._target / path, self._templates.get_template(f"{template}.py.jinja").render(context))

    def write_index(self, folder: str, doc: str, exports: Sequence[Export]) -> None:
        """Write the package in a folder below, which has "/" at its end, or in the target itself."""
        dots = ".." if not folder else "..."
        self.write(f"{folder}__init__.py", "index", doc=doc, dots=dots, exports=exports)


def _write(path: Path, text: str) -> None:
    if path.exists():
        raise GenerationError(f"two things of the document would become the same file: {path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text, encoding="utf-8", newline="\n")


def _format(target: Path) -> None:
    _ruff("check", "--fix-only", str(target))
    _ruff("format", str(target))


def _ruff(*arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--config", str(_RUFF_CONFIG)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise GenerationError(f"ruff cannot format the generated code:\n{result.stdout}{result.stderr}")
