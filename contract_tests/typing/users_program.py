"""A user's program, read by type checkers only: each `reveal_type` is followed by what has to be inferred."""

from typing_extensions import assert_type, reveal_type

from sim_sdk import (
    AsyncExecutionResult,
    AsyncSimStudioClient,
    BlockChunk,
    Completed,
    StreamEvent,
    StreamFailure,
    UnknownEvent,
    WorkflowExecutionResult,
)
from simstudio import Client, SimStudioClient, SimStudioError

client = SimStudioClient("key")

assert_type(Client("key"), SimStudioClient)
assert_type(client.execute_workflow("id"), WorkflowExecutionResult)
assert_type(client.execute_workflow("id", {"a": 1}, async_execution=False), WorkflowExecutionResult)
assert_type(client.execute_workflow("id", {"a": 1}, async_execution=True), AsyncExecutionResult)
assert_type(client.execute_workflow_sync("id"), WorkflowExecutionResult)
assert_type(client.execute_with_retry("id"), WorkflowExecutionResult)
assert_type(client.execute_with_retry("id", {"a": 1}, async_execution=True, max_retries=1), AsyncExecutionResult)
assert_type(client.with_options(timeout=3), SimStudioClient)


def undecided(queue: bool) -> None:
    assert_type(client.execute_workflow("id", async_execution=queue), "WorkflowExecutionResult | AsyncExecutionResult")


def events() -> None:
    with client.stream_workflow("id") as stream:
        for event in stream:
            assert_type(event, StreamEvent)
            if isinstance(event, BlockChunk):
                assert_type(event.chunk, str)
            elif isinstance(event, Completed):
                assert_type(event.error, "str | None")
            elif isinstance(event, StreamFailure):
                assert_type(event.block_id, str)
            elif isinstance(event, UnknownEvent):
                assert_type(event.event, str)
        for text in stream.text:
            assert_type(text, str)
        assert_type(stream.result, WorkflowExecutionResult)


def errors() -> None:
    try:
        client.get_usage_limits()
    except SimStudioError as error:
        assert_type(error.code, "str | None")
        assert_type(error.status, "int | None")
        assert_type(error.retry_after, "float | None")
        assert_type(error.request_sent, "bool | None")


def logs() -> None:
    for entry in client.logs.iter(workspace_id="w", level="error", limit=10):
        assert_type(entry.execution_id, str)
    assert_type(client.logs.list(workspace_id="w").next_cursor, "str | None")


async def asynchronous() -> None:
    async with AsyncSimStudioClient("key") as client:
        assert_type(await client.execute_workflow("id"), WorkflowExecutionResult)
        assert_type(await client.execute_workflow("id", async_execution=True), AsyncExecutionResult)
        assert_type(await client.execute_with_retry("id"), WorkflowExecutionResult)
        assert_type(await client.execute_with_retry("id", async_execution=True), AsyncExecutionResult)
        async with client.stream_workflow("id") as stream:
            async for event in stream:
                assert_type(event, StreamEvent)
            assert_type(await stream.result, WorkflowExecutionResult)
        async for result in client.execute_batch([("id", {})]):
            assert_type(result.index, int)


reveal_type(client)
