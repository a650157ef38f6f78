# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .token_usage import TokenUsage


@define(kw_only=True)
class ModelCost:
    """What one model cost, in US dollars."""

    __wire__: ClassVar[Mapping[str, str]] = {"input_": "input"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("TokenUsage",)

    total: Optional[float] = None
    """All of it."""
    input_: Optional[float] = None
    """The share of the input."""
    output: Optional[float] = None
    """The share of the output."""
    tokens: Optional[TokenUsage] = None
    """Tokens of this model."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
