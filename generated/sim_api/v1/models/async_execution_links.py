# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class AsyncExecutionLinks:
    """Addresses of a job."""

    __wire__: ClassVar[Mapping[str, str]] = {}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    status: Optional[str] = None
    """The path of the job's state."""
    additional_properties: Dict[str, str] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
