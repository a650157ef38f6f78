# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class JobError:
    """Why a job failed, as servers of October 2025 say it."""

    __wire__: ClassVar[Mapping[str, str]] = {"stack_trace": "stackTrace"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    message: Optional[str] = None
    """What happened."""
    name: Optional[str] = None
    """The kind of the error."""
    stack_trace: Optional[str] = None
    """Where it happened, on the server."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
