"""Values that show themselves in notebooks. What that takes is loaded when a notebook asks for it."""

from typing import Any, Type, TypeVar

__all__ = ["shown"]

_T = TypeVar("_T")


def shown(kind: Type[_T]) -> Type[_T]:
    """Let values of a class show themselves in IPython, Jupyter and their like."""
    # Set and not inherited: of a class and its bases IPython asks the first that has a __repr__ of its own.
    for method in (_repr_html_, _repr_pretty_):
        setattr(kind, method.__name__, method)
    return kind


def _repr_html_(self: Any) -> str:
    from ._notebook import as_html

    return as_html(self)


def _repr_pretty_(self: Any, printer: Any, cycle: bool) -> None:
    from ._notebook import print_fields

    print_fields(self, printer, cycle)
