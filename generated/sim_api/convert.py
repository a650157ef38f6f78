# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""JSON values to models and back.

The server's word is kept: numbers, strings and booleans stay what they are even where the API declares another type, an
unknown enum value is a string, an unknown key is in ``additional_properties``, and a date-time that is not one stays a
string. Only a wrong structure (a missing key, a list in an object's place) is an error.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Type, TypeVar, overload

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")


@overload
def structure(value: Any, expected: Type[T]) -> T: ...


@overload
def structure(value: Any, expected: Any) -> Any: ...


def structure(value: Any, expected: Any) -> Any:
    """Return a JSON value as ``expected``, a model or any type made of models.

    Raises ValueError that says which keys are missing or wrong.
    """
    try:
        return _converter().structure(value, expected)
    except Exception as error:  # cattrs raises what the value provokes
        from .converter import explain

        raise ValueError(explain(value, expected, error)) from error


def unstructure(value: Any) -> Any:
    """Return a model, or a list or dict of models, as a JSON value. What a free-form field holds is not copied."""
    return _converter().unstructure(value)


@lru_cache(maxsize=None)
def _converter() -> "Converter":
    from .converter import CONVERTER  # cattrs is loaded with the first value, not with the package

    return CONVERTER
