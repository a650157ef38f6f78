# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Operations, each imported on its first use."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import execute_workflow as execute_workflow
    from . import get_execution as get_execution
    from . import get_job as get_job
    from . import get_log as get_log
    from . import get_usage_limits as get_usage_limits
    from . import get_workflow_status as get_workflow_status
    from . import list_logs as list_logs
else:
    from ...lazy import exports

    __getattr__, __dir__ = exports(
        __name__,
        {
            "execute_workflow": "",
            "get_execution": "",
            "get_job": "",
            "get_log": "",
            "get_usage_limits": "",
            "get_workflow_status": "",
            "list_logs": "",
        },
    )

__all__ = (
    "execute_workflow",
    "get_execution",
    "get_job",
    "get_log",
    "get_usage_limits",
    "get_workflow_status",
    "list_logs",
)
