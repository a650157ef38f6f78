"""The Python SDK for Sim: run workflows, stream their output, follow jobs, survive rate limits.

    from sim_sdk import SimStudioClient

    with SimStudioClient() as client:  # the key is in SIM_API_KEY
        result = client.execute_workflow("workflow-id", {"message": "Hello"})
        print(result.output)

Names are loaded when they are first used, and what is needed for HTTP only with the first request.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, List

from ._version import __version__

if TYPE_CHECKING:
    from .aio import AsyncSimStudioClient, AsyncWorkflowStream
    from .batch import BatchInterrupted, BatchProgress, BatchResult
    from .client import SimStudioClient
    from .errors import (
        AmbiguousStateError,
        AuthenticationError,
        ConnectionFailedError,
        InvalidRequestError,
        InvalidResponseError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        RedirectError,
        RequestTimeoutError,
        ServerError,
        SimStudioError,
        StreamError,
        UsageLimitError,
    )
    from .events import (
        BlockChunk,
        ChunkReset,
        Completed,
        StreamEvent,
        StreamFailure,
        Thinking,
        ToolCall,
        UnknownEvent,
    )
    from .files import File
    from .ratelimit import RateLimitInfo
    from .results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus
    from .streams import WorkflowStream

_HOME = {
    "aio": ("AsyncSimStudioClient", "AsyncWorkflowStream"),
    "batch": ("BatchInterrupted", "BatchProgress", "BatchResult"),
    "client": ("SimStudioClient",),
    "errors": (
        "AmbiguousStateError",
        "AuthenticationError",
        "ConnectionFailedError",
        "InvalidRequestError",
        "InvalidResponseError",
        "NotFoundError",
        "PermissionDeniedError",
        "RateLimitError",
        "RedirectError",
        "RequestTimeoutError",
        "ServerError",
        "SimStudioError",
        "StreamError",
        "UsageLimitError",
    ),
    "events": (
        "BlockChunk",
        "ChunkReset",
        "Completed",
        "StreamEvent",
        "StreamFailure",
        "Thinking",
        "ToolCall",
        "UnknownEvent",
    ),
    "files": ("File",),
    "ratelimit": ("RateLimitInfo",),
    "results": ("AsyncExecutionResult", "UsageLimits", "WorkflowExecutionResult", "WorkflowStatus"),
    "streams": ("WorkflowStream",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "AmbiguousStateError",
    "AsyncExecutionResult",
    "AsyncSimStudioClient",
    "AsyncWorkflowStream",
    "AuthenticationError",
    "BatchInterrupted",
    "BatchProgress",
    "BatchResult",
    "BlockChunk",
    "ChunkReset",
    "Completed",
    "ConnectionFailedError",
    "File",
    "InvalidRequestError",
    "InvalidResponseError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RateLimitInfo",
    "RedirectError",
    "RequestTimeoutError",
    "ServerError",
    "SimStudioClient",
    "SimStudioError",
    "StreamError",
    "StreamEvent",
    "StreamFailure",
    "Thinking",
    "ToolCall",
    "UnknownEvent",
    "UsageLimitError",
    "UsageLimits",
    "WorkflowExecutionResult",
    "WorkflowStatus",
    "WorkflowStream",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("." + _MODULE_OF[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})
