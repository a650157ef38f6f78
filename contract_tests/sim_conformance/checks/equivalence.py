"""The SDK reads the server's answers as they are: what it returns is what the raw answers say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim_conformance.checks.jobs import workflow_output
from sim_conformance.checks.stream import SELECTED
from sim_conformance.mock.jsons import as_object
from sim_conformance.outcome import Failure, Skipped, expect
from sim_conformance.registry import Group, Profile, page
from sim_conformance.server import Server, echoed
from sim_conformance.wire import unverified_tls
from sim_sdk import AsyncExecutionResult, RateLimitError, SimStudioClient, SimStudioError, WorkflowExecutionResult

core = Group(Profile.CORE)
streams = Group(Profile.STREAM)
jobs = Group(Profile.ASYNC, "jobs")


@contextmanager
def sdk(sim: Server) -> Iterator[SimStudioClient]:
    """The SDK, pointed at the server under test; what it cannot read is the server's failure, a rate limit is none."""
    settings = sim.settings
    tls = None if settings.verify_tls else unverified_tls()
    with SimStudioClient(
        sim["main-key"], settings.base_url, timeout=settings.timeout, max_retries=0, ssl_context=tls
    ) as client:
        try:
            yield client
        except RateLimitError as error:
            raise Skipped(f"the server's rate limit leaves no room for this check: {error}") from error
        except SimStudioError as error:
            raise Failure(f"the SDK raised {type(error).__name__}: {error}") from error


def finished(result: WorkflowExecutionResult | AsyncExecutionResult) -> WorkflowExecutionResult:
    """A result that has to be one of a run that is over."""
    expect(isinstance(result, WorkflowExecutionResult), f"the SDK returned {type(result).__name__}")
    assert isinstance(result, WorkflowExecutionResult)
    return result


@core.must(
    "SIM-SDK-001",
    "The SDK's result is what the raw answer says",
    page("sdks/python", "execute_workflow()"),
    "echo",
    runs=2,
)
def run(sim: Server) -> None:
    body = {"message": sim.token()}
    raw = sim.succeed("echo", body)
    with sdk(sim) as client:
        sim.count_runs(1)
        result = finished(client.execute_workflow(sim["echo"], body))
    expect(result.success is True, f"the SDK says that the run failed: {result.error!r}")
    expect(echoed(result.output) == echoed(raw.get("output")), f"the SDK gives {result.output!r}")


@core.must(
    "SIM-SDK-002",
    "The SDK's limits are what the raw answer says",
    page("sdks/python", "get_usage_limits()"),
)
def limits(sim: Server) -> None:
    raw = sim.get("/api/users/me/usage-limits").fields()
    with sdk(sim) as client:
        read = client.get_usage_limits()
    rates = as_object(raw.get("rateLimit")) or {}
    for mode in ("sync", "async"):
        told, given = as_object(rates.get(mode)) or {}, as_object(read.rate_limit.get(mode)) or {}
        same = all(given.get(name) == value for name, value in told.items() if name not in ("resetAt", "remaining"))
        expect(same, f"{mode}: the answer says {told}, the SDK {given}")


@streams.must(
    "SIM-SDK-003",
    "The SDK's stream has the text of the raw stream",
    page("sdks/python", "Streaming workflow execution"),
    "agent",
    runs=1,
)
def stream(sim: Server) -> None:
    with sdk(sim) as client:
        sim.count_runs(1)
        with client.stream_workflow(sim["agent"], {"message": sim.token()}, selected_outputs=SELECTED) as events:
            text = "".join(events.text)
        result = events.result
    expect(result is not None and result.success, "the SDK says that the run failed")
    expected = sim.settings.agent_text
    expect(text and (expected is None or text == expected), f"the SDK's text is {text!r}")


@jobs.must(
    "SIM-SDK-004",
    "The SDK's job has the output of the raw job",
    page("sdks/python", "get_job_status()"),
    "echo",
    runs=1,
)
def job(sim: Server) -> None:
    job_id = sim.job_id(sim.start_job("echo", {"message": sim.token()}))
    raw = list(sim.follow_job(job_id))[-1]
    with sdk(sim) as client:
        read: dict[str, Any] = client.get_job_status(job_id)
    same = (raw.get("status"), workflow_output(raw)) == (read["status"], workflow_output(read))
    expect(same, f"the answer says {raw.get('status')!r}, the SDK {read['status']!r}")
