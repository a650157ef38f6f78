# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class WorkflowStatus:
    """How a workflow is deployed."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "is_deployed": "isDeployed",
        "deployed_at": "deployedAt",
        "needs_redeployment": "needsRedeployment",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    is_deployed: bool
    """Whether the workflow can be run."""
    deployed_at: Optional[datetime.datetime] = None
    """When it was last deployed; null if never."""
    needs_redeployment: Optional[bool] = None
    """Whether it changed since it was deployed."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
