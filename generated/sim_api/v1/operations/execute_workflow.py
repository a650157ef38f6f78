# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""POST /api/workflows/{id}/execute

Authentication: ApiKey (header X-API-Key)

Documented in:
- sdks/python: execute_workflow()
- sdks/python: Streaming workflow execution
- sdks/python: Async workflow execution
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Union

from ...bodies import json_body
from ...encode import header_map, path_segment
from ...request import Request
from ...response import ResponseTypes, decode
from ...values import UNSET, Unset
from .. import models

OPERATION_ID = "executeWorkflow"


def build(
    id: str,
    *,
    body: Union[models.ExecuteWorkflowBody, Unset] = UNSET,
    x_execution_mode: Optional[models.ExecuteWorkflowXExecutionMode] = None,
    x_sim_stream_protocol: Optional[models.ExecuteWorkflowXSimStreamProtocol] = None,
) -> Request[Union[models.ExecutionResult, Any, models.AsyncExecution]]:
    """Run a workflow

    Runs the deployed version of a workflow. By default the answer is the result; with `stream` it is an event stream;
    with `X-Execution-Mode: async` the run becomes a job and the answer comes at once.

    A workflow that ends in a Response block answers with the status, headers and body that the block defines, which may
    be any JSON value and any status: such an answer is described by the workflow and not by this document.

    Args:
        id: The id of the workflow. Not empty.
        body: The workflow's input and how to run it. No body is an empty input.
        x_execution_mode: With `async` the run is queued as a job and answered 202. Leave the header out for a run that
          is waited for.
        x_sim_stream_protocol: Frames that the client understands beyond chunks and the end of the stream. With
          `agent-events-v1` servers of August 2026 send chunk_reset frames, and thinking and tool frames where the body
          asks for them with `includeThinking` and `includeToolCalls`. Older servers ignore it.

    Raises:
        ValueError, TypeError: An argument cannot be sent; the message names it.
    """
    _content, _content_type = json_body(body, "application/json")
    return Request(
        operation="execute_workflow",
        method="POST",
        path=f"/api/workflows/{path_segment('id', id)}/execute",
        headers=header_map(
            ("X-Execution-Mode", x_execution_mode),
            ("X-Sim-Stream-Protocol", x_sim_stream_protocol),
        ),
        body=_content,
        content_type=_content_type,
        accept="application/json",
        auth=True,
        responses=responses,
    )


def build_stream(
    id: str,
    *,
    body: Union[models.ExecuteWorkflowBody, Unset] = UNSET,
    x_execution_mode: Optional[models.ExecuteWorkflowXExecutionMode] = None,
    x_sim_stream_protocol: Optional[models.ExecuteWorkflowXSimStreamProtocol] = None,
) -> Request[Union[models.ExecutionResult, Any, models.AsyncExecution]]:
    """Return the same request as ``build``, but asking for an event stream."""
    return build(
        id,
        body=body,
        x_execution_mode=x_execution_mode,
        x_sim_stream_protocol=x_sim_stream_protocol,
    ).accepting("text/event-stream")


def responses() -> ResponseTypes:
    """Return what the operation answers, by status."""
    return {
        200: Union[models.ExecutionResult, Any],
        202: models.AsyncExecution,
        400: Union[models.ErrorBody, models.ExecutionResult],
        401: models.ErrorBody,
        402: models.ErrorBody,
        403: models.ErrorBody,
        404: models.ErrorBody,
        408: Union[models.ErrorBody, models.ExecutionResult],
        409: models.ErrorBody,
        413: models.ErrorBody,
        429: models.ErrorBody,
        500: Union[models.ErrorBody, models.ExecutionResult],
        503: models.ErrorBody,
    }


def parse(
    status: int, headers: Mapping[str, str], body: bytes
) -> Union[models.ExecutionResult, Any, models.AsyncExecution]:
    """Return the body of a 2xx answer; raise ApiError or DecodeError as ``Request.parse`` does."""
    parsed: Union[models.ExecutionResult, Any, models.AsyncExecution] = decode(responses(), status, headers, body)
    return parsed
