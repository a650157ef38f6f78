# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Models, each imported on its first use."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api_limits import ApiLimits as ApiLimits
    from .async_execution import AsyncExecution as AsyncExecution
    from .async_execution_links import AsyncExecutionLinks as AsyncExecutionLinks
    from .cost import Cost as Cost
    from .error_body import ErrorBody as ErrorBody
    from .error_object import ErrorObject as ErrorObject
    from .execute_workflow_body import ExecuteWorkflowBody as ExecuteWorkflowBody
    from .execute_workflow_x_execution_mode import ExecuteWorkflowXExecutionMode as ExecuteWorkflowXExecutionMode
    from .execute_workflow_x_sim_stream_protocol import (
        ExecuteWorkflowXSimStreamProtocol as ExecuteWorkflowXSimStreamProtocol,
    )
    from .execution_metadata import ExecutionMetadata as ExecutionMetadata
    from .execution_metadata_summary import ExecutionMetadataSummary as ExecutionMetadataSummary
    from .execution_result import ExecutionResult as ExecutionResult
    from .execution_snapshot import ExecutionSnapshot as ExecutionSnapshot
    from .file_input import FileInput as FileInput
    from .file_input_type import FileInputType as FileInputType
    from .job_error import JobError as JobError
    from .job_metadata import JobMetadata as JobMetadata
    from .job_status import JobStatus as JobStatus
    from .list_logs_details import ListLogsDetails as ListLogsDetails
    from .list_logs_level import ListLogsLevel as ListLogsLevel
    from .list_logs_order import ListLogsOrder as ListLogsOrder
    from .log_detail import LogDetail as LogDetail
    from .log_detail_data import LogDetailData as LogDetailData
    from .log_entry import LogEntry as LogEntry
    from .log_execution_data import LogExecutionData as LogExecutionData
    from .log_file import LogFile as LogFile
    from .log_page import LogPage as LogPage
    from .log_workflow import LogWorkflow as LogWorkflow
    from .model_cost import ModelCost as ModelCost
    from .rate_limit_bucket import RateLimitBucket as RateLimitBucket
    from .rate_limit_buckets import RateLimitBuckets as RateLimitBuckets
    from .storage import Storage as Storage
    from .stream_block_error import StreamBlockError as StreamBlockError
    from .stream_chunk import StreamChunk as StreamChunk
    from .stream_chunk_reset import StreamChunkReset as StreamChunkReset
    from .stream_done import StreamDone as StreamDone
    from .stream_error_event import StreamErrorEvent as StreamErrorEvent
    from .stream_final import StreamFinal as StreamFinal
    from .stream_frame import StreamFrame as StreamFrame
    from .stream_thinking import StreamThinking as StreamThinking
    from .stream_tool import StreamTool as StreamTool
    from .token_usage import TokenUsage as TokenUsage
    from .trace_span import TraceSpan as TraceSpan
    from .usage import Usage as Usage
    from .usage_limits import UsageLimits as UsageLimits
    from .webhook_data import WebhookData as WebhookData
    from .webhook_event import WebhookEvent as WebhookEvent
    from .webhook_links import WebhookLinks as WebhookLinks
    from .workflow_state import WorkflowState as WorkflowState
    from .workflow_status import WorkflowStatus as WorkflowStatus
else:
    from ...lazy import exports

    __getattr__, __dir__ = exports(
        __name__,
        {
            "ApiLimits": "api_limits",
            "AsyncExecution": "async_execution",
            "AsyncExecutionLinks": "async_execution_links",
            "Cost": "cost",
            "ErrorBody": "error_body",
            "ErrorObject": "error_object",
            "ExecuteWorkflowBody": "execute_workflow_body",
            "ExecuteWorkflowXExecutionMode": "execute_workflow_x_execution_mode",
            "ExecuteWorkflowXSimStreamProtocol": "execute_workflow_x_sim_stream_protocol",
            "ExecutionMetadata": "execution_metadata",
            "ExecutionMetadataSummary": "execution_metadata_summary",
            "ExecutionResult": "execution_result",
            "ExecutionSnapshot": "execution_snapshot",
            "FileInput": "file_input",
            "FileInputType": "file_input_type",
            "JobError": "job_error",
            "JobMetadata": "job_metadata",
            "JobStatus": "job_status",
            "ListLogsDetails": "list_logs_details",
            "ListLogsLevel": "list_logs_level",
            "ListLogsOrder": "list_logs_order",
            "LogDetail": "log_detail",
            "LogDetailData": "log_detail_data",
            "LogEntry": "log_entry",
            "LogExecutionData": "log_execution_data",
            "LogFile": "log_file",
            "LogPage": "log_page",
            "LogWorkflow": "log_workflow",
            "ModelCost": "model_cost",
            "RateLimitBucket": "rate_limit_bucket",
            "RateLimitBuckets": "rate_limit_buckets",
            "Storage": "storage",
            "StreamBlockError": "stream_block_error",
            "StreamChunk": "stream_chunk",
            "StreamChunkReset": "stream_chunk_reset",
            "StreamDone": "stream_done",
            "StreamErrorEvent": "stream_error_event",
            "StreamFinal": "stream_final",
            "StreamFrame": "stream_frame",
            "StreamThinking": "stream_thinking",
            "StreamTool": "stream_tool",
            "TokenUsage": "token_usage",
            "TraceSpan": "trace_span",
            "Usage": "usage",
            "UsageLimits": "usage_limits",
            "WebhookData": "webhook_data",
            "WebhookEvent": "webhook_event",
            "WebhookLinks": "webhook_links",
            "WorkflowState": "workflow_state",
            "WorkflowStatus": "workflow_status",
        },
    )

__all__ = (
    "ApiLimits",
    "AsyncExecution",
    "AsyncExecutionLinks",
    "Cost",
    "ErrorBody",
    "ErrorObject",
    "ExecuteWorkflowBody",
    "ExecuteWorkflowXExecutionMode",
    "ExecuteWorkflowXSimStreamProtocol",
    "ExecutionMetadata",
    "ExecutionMetadataSummary",
    "ExecutionResult",
    "ExecutionSnapshot",
    "FileInput",
    "FileInputType",
    "JobError",
    "JobMetadata",
    "JobStatus",
    "ListLogsDetails",
    "ListLogsLevel",
    "ListLogsOrder",
    "LogDetail",
    "LogDetailData",
    "LogEntry",
    "LogExecutionData",
    "LogFile",
    "LogPage",
    "LogWorkflow",
    "ModelCost",
    "RateLimitBucket",
    "RateLimitBuckets",
    "Storage",
    "StreamBlockError",
    "StreamChunk",
    "StreamChunkReset",
    "StreamDone",
    "StreamErrorEvent",
    "StreamFinal",
    "StreamFrame",
    "StreamThinking",
    "StreamTool",
    "TokenUsage",
    "TraceSpan",
    "Usage",
    "UsageLimits",
    "WebhookData",
    "WebhookEvent",
    "WebhookLinks",
    "WorkflowState",
    "WorkflowStatus",
)
