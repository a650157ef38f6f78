# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class TokenUsage:
    """Numbers of tokens, under the names of October 2025 or those of August 2026."""

    __wire__: ClassVar[Mapping[str, str]] = {"input_": "input"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    prompt: Optional[int] = None
    """Tokens of the input."""
    completion: Optional[int] = None
    """Tokens of the output."""
    input_: Optional[int] = None
    """Tokens of the input, on servers of August 2026."""
    output: Optional[int] = None
    """Tokens of the output, on servers of August 2026."""
    total: Optional[int] = None
    """All tokens."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
