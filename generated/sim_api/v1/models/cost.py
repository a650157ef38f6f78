# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

if TYPE_CHECKING:
    from .model_cost import ModelCost
    from .token_usage import TokenUsage


@define(kw_only=True)
class Cost:
    """What an execution cost, in US dollars. Servers of August 2026 send only total."""

    __wire__: ClassVar[Mapping[str, str]] = {"input_": "input"}
    __siblings__: ClassVar[Tuple[str, ...]] = ("ModelCost", "TokenUsage")

    total: Optional[float] = None
    """All of it."""
    input_: Optional[float] = None
    """The share of the models' input."""
    output: Optional[float] = None
    """The share of the models' output."""
    tokens: Optional[TokenUsage] = None
    """Tokens of all models together."""
    models: Optional[Dict[str, ModelCost]] = None
    """The costs of each model, by its name."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
