"""Writes a generated package."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .docs import docstring
from .document import Document
from .errors import GenerationError
from .normalise import normalise
from .parse import parse
from .views import Alias, Model, Views

HEAD = '# Made by "python -m tools.generate". Do not edit: the next run writes it anew.\n'

_TOOLS = Path(__file__).parent.parent
_RUFF_CONFIG = _TOOLS / "templates" / "ruff.toml"


class Export(NamedTuple):
    """A name that a package offers and the submodule where it is, "" if it is the submodule."""

    name: str
    module: str


def emit(documents: Sequence[Document], target: Path) -> None:
    """Write the package of these documents into the empty directory ``target``."""
    names = [document.package for document in documents]
    if len(set(names)) != len(names):
        raise GenerationError(f"two documents would become the same package: {', '.join(names)}")
    for source in sorted((_TOOLS / "runtime").glob("*.py")):
        _write(target / source.name, source.read_text(encoding="utf-8"))
    _write(target / "py.typed", "")
    for document in documents:
        _emit_document(document, target / document.package)
    _format(target)


def _emit_document(document: Document, target: Path) -> None:
    content = normalise(document.content)
    data = parse(content)
    views = Views(content, data)
    templates = _templates()
    info = document.content["info"]

    def render(path: str, template: str, **context: object) -> None:
        _write(target / path, templates.get_template(f"{template}.py.jinja").render(context))

    render("__init__.py", "package", doc=f"{info['title']} {info['version']}: its models and operations.")
    models, aliases, operations = views.models(), views.aliases(), views.operations()
    for model in models:
        render(f"models/{model.module}.py", "model", model=model)
    for alias in aliases:
        render(f"models/{alias.module}.py", "alias", alias=alias)
    for operation in operations:
        render(f"operations/{operation.name}.py", "operation", operation=operation)
    types: list[Model | Alias] = [*models, *aliases]
    exports = sorted(Export(each.name, each.module) for each in types)
    render("models/__init__.py", "index", title="Models", exports=exports)
    exports = [Export(operation.name, "") for operation in operations]
    render("operations/__init__.py", "index", title="Operations", exports=exports)


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TOOLS / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(docstring=docstring, literal=repr)
    return environment


def _write(path: Path, text: str) -> None:
    if path.exists():
        raise GenerationError(f"two things of the document would become the same file: {path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text, encoding="utf-8", newline="\n")


def _format(target: Path) -> None:
    _ruff("check", "--fix-only", "--quiet", str(target))
    _ruff("format", "--quiet", str(target))


def _ruff(*arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--config", str(_RUFF_CONFIG)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise GenerationError(f"ruff cannot format the generated code:\n{result.stderr}")
