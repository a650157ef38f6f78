# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Sim API 1.0.0: its models and operations."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import models as models
    from . import operations as operations
else:
    from ..lazy import exports

    __getattr__, __dir__ = exports(
        __name__,
        {
            "models": "",
            "operations": "",
        },
    )

__all__ = (
    "models",
    "operations",
)
