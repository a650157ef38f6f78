"""A webhook event such as Sim makes."""

import time
import uuid
from datetime import datetime, timezone
from typing import Any, Dict

__all__ = ["EVENT", "sample_event"]

EVENT = "workflow.execution.completed"

_DURATION = 198  # milliseconds


def sample_event(workflow_id: str, *, failed: bool) -> Dict[str, Any]:
    """An execution that has just ended.

    Args:
        workflow_id: Its workflow.
        failed: Whether it failed.
    """
    now = int(time.time() * 1000)
    execution_id, log_id = str(uuid.uuid4()), str(uuid.uuid4())
    output = {"error": "Function 1: something went wrong"} if failed else {"content": "Hello from sim webhook send"}
    return {
        "id": f"evt_{uuid.uuid4()}",
        "type": EVENT,
        "timestamp": now,
        "data": {
            "workflowId": workflow_id,
            "executionId": execution_id,
            "status": "error" if failed else "success",
            "level": "error" if failed else "info",
            "trigger": "api",
            "startedAt": _iso(now - _DURATION),
            "endedAt": _iso(now),
            "totalDurationMs": _DURATION,
            "cost": {"total": 0.001},
            "files": None,
            "finalOutput": output,
        },
        "links": {"log": f"/v1/logs/{log_id}", "execution": f"/v1/logs/executions/{execution_id}"},
    }


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03}Z"
