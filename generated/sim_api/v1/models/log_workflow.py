# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

import datetime
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field


@define(kw_only=True)
class LogWorkflow:
    """The workflow of an execution."""

    __wire__: ClassVar[Mapping[str, str]] = {
        "folder_id": "folderId",
        "user_id": "userId",
        "workspace_id": "workspaceId",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
    }
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    id: Optional[str]
    """The id of the workflow; null when it was deleted since."""
    name: str
    """Its name."""
    description: Optional[str] = None
    """What its author says about it."""
    color: Optional[str] = None
    """Its colour in the editor, as a CSS hex value, on servers of October 2025."""
    folder_id: Optional[str] = None
    """The folder that it is in."""
    user_id: Optional[str] = None
    """Its owner."""
    workspace_id: Optional[str] = None
    """The workspace that it belongs to."""
    created_at: Optional[datetime.datetime] = None
    """When it was made."""
    updated_at: Optional[datetime.datetime] = None
    """When it was last changed."""
    deleted: Optional[bool] = None
    """Whether it was deleted since, on servers of August 2026."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
