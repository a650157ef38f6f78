"""An extension of Griffe: docstrings that are set when the code is imported, which reading the source does not show.

The asynchronous client has the synchronous one's docstrings (`sim_sdk.aio`), and so it has them in the reference too.
"""

import importlib
import inspect
from typing import Any

import griffe


class ImportedDocstrings(griffe.Extension):
    """Gives each class and function without a docstring in the source the one that it has once it is imported."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Called with each class once its source is read."""
        _complete(cls)
        for member in cls.members.values():
            if isinstance(member, (griffe.Function, griffe.Attribute)) and not member.name.startswith("_"):
                _complete(member)


def _complete(documented: griffe.Object) -> None:
    if documented.docstring is None:
        text = inspect.cleandoc(_imported(documented).__doc__ or "")
        if text:
            documented.docstring = griffe.Docstring(text, parent=documented, parser="google")


def _imported(documented: griffe.Object) -> Any:
    found: Any = importlib.import_module(documented.module.path)
    for name in documented.path[len(documented.module.path) + 1 :].split("."):
        found = inspect.getattr_static(found, name, None)
    return found
