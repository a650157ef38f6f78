"""The code of the demonstration. What is shown is the bodies of these functions, and they are what runs."""

from typing import Any, Callable, Dict

from sim_sdk import SimStudioClient, SimStudioError, UsageLimits, WorkflowExecutionResult

Show = Callable[[Any], None]
ShowRetry = Callable[[SimStudioError, float], None]

# Signatures stay on one line, which is left out where the code is shown.


def run(client: SimStudioClient) -> WorkflowExecutionResult:
    return client.execute_workflow("triage", {"message": "Where is my order?"})


def stream(client: SimStudioClient, show: Show) -> WorkflowExecutionResult:
    with client.stream_workflow(
        "support-agent",
        {"message": "Where is my order?"},
        selected_outputs=["agent1.content"],
    ) as stream:
        for text in stream.text:
            show(text)
        return stream.result


def follow_job(client: SimStudioClient, show: Show) -> Dict[str, Any]:
    report = client.execute_workflow("nightly-report", async_execution=True)
    return client.wait_for_job(report.task_id, on_status=show, poll_interval=0.3)


def survive_rate_limit(client: SimStudioClient, show: ShowRetry) -> WorkflowExecutionResult:
    return client.execute_with_retry("triage", {"message": "And mine?"}, on_retry=show)


def look_at_limits(client: SimStudioClient) -> UsageLimits:
    return client.get_usage_limits()
