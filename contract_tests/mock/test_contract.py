"""Every exchange is held to the API's document, and what breaks it is in the journal."""

from typing import Any

import pytest

from contract_tests.mock.http_client import Client
from sim_conformance.mock import ManualClock, MockSim
from sim_conformance.mock.contract import contract
from sim_conformance.mock.exchange import Frame, Headers, Reply
from sim_conformance.mock.operations import PATHS

WORKFLOWS = ("echo", "failing", "agent", "dying-stream", "response-block", "undeployed", "no-trigger", "nope")


def test_healthy_traffic_breaks_nothing(sim: MockSim, client: Client, clock: ManualClock) -> None:
    for workflow_id in (*WORKFLOWS, "other-users", "workflow-id"):
        client.run(workflow_id, {"message": "hello"})
        client.run(workflow_id, {"input": [1, None, "x"], "stream": True, "selectedOutputs": ["agent1.content"]})
        client.run(workflow_id, {}, X_Execution_Mode="async")
        client.get(f"/api/workflows/{workflow_id}/status")
    job_ids = [client.start_job("echo"), client.start_job("failing")]
    for seconds in (0.0, 0.3, 10.0):
        clock.advance(seconds)
        for job_id in (*job_ids, "nope"):
            client.job(job_id)
    client.get("/api/users/me/usage-limits")
    full = {"details": "full", "includeTraceSpans": "true", "includeFinalOutput": "true"}
    for record in client.logs(limit=50, order="asc", **full).json()["data"]:
        client.get(f"/api/v1/logs/{record['id']}")
        client.get(f"/api/v1/logs/executions/{record['executionId']}")
    client.get("/api/v1/logs/nope")
    client.get("/api/v1/logs", workspaceId="nope")
    sim.exhaust_rate_limit("sync")
    sim.exhaust_rate_limit("async")
    sim.exhaust_rate_limit("api")
    client.run("echo", {})
    client.run("echo", {}, X_Execution_Mode="async")
    client.logs()
    sim.set_rate_limit(10)
    sim.set_usage(cost=99, limit=1)
    client.run("echo", {})
    for key in ("", "wrong", sim.expired_key):
        client.request("GET", "/api/users/me/usage-limits", headers={"X-API-Key": key, "User-Agent": "tests"})
    assert sim.violations == []
    assert len(sim.journal) > 80


@pytest.mark.parametrize(
    ("body", "headers", "location"),
    [
        ({"stream": "yes"}, {}, "body"),
        ({"selectedOutputs": "agent1.content"}, {}, "body"),
        ([1, 2], {}, "body"),
        ({}, {"X_Execution_Mode": "ASYNC"}, "header X-Execution-Mode"),
        ({}, {"Content_Type": "text/plain"}, "header Content-Type"),
    ],
)
def test_a_bad_run_is_noted(sim: MockSim, client: Client, body: Any, headers: dict[str, str], location: str) -> None:
    client.run("echo", body, **headers)
    assert [(v.side, v.operation, v.location) for v in sim.violations] == [("request", "executeWorkflow", location)]
    assert sim.journal[0].violations == sim.violations


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({"limit": "abc"}, "query limit"),
        ({"limit": "0"}, "query limit"),
        ({"order": "up"}, "query order"),
        ({"includeTraceSpans": "yes"}, "query includeTraceSpans"),
        ({"startDate": "yesterday"}, "query startDate"),
        ({"page": "2"}, "query page"),
    ],
)
def test_a_bad_query_is_noted(sim: MockSim, client: Client, query: dict[str, str], location: str) -> None:
    client.logs(**query)
    assert [v.location for v in sim.violations] == [location]


def test_a_missing_parameter_a_wrong_method_and_a_wrong_path_are_noted(sim: MockSim, client: Client) -> None:
    client.get("/api/v1/logs")
    client.request("DELETE", "/api/jobs/x", headers={"User-Agent": "tests"})
    client.get("/api/nope")
    client.run("echo/", {})
    client.request("POST", "/api/workflows/echo/execute", body=b"{bad", headers={"Content-Type": "application/json"})
    locations = [entry.violations[0].location for entry in sim.journal]
    assert locations == ["query workspaceId", "method", "path", "path", "body"]


@pytest.mark.parametrize(
    ("operation", "reply", "location"),
    [
        ("executeWorkflow", Reply(418, Headers({"content-type": "application/json"}), b"{}"), "status"),
        ("getWorkflowStatus", Reply(200, Headers({"content-type": "application/json"}), b"{}"), "body"),
        ("getJob", Reply(200, Headers({"content-type": "text/html"}), b"<p>"), "header Content-Type"),
        (
            "listLogs",
            Reply(401, Headers({"content-type": "application/json", "x-ratelimit-limit": "ten"}), b'{"error":"x"}'),
            "header X-RateLimit-Limit",
        ),
        (
            "executeWorkflow",
            Reply(
                200,
                Headers({"content-type": "text/event-stream"}),
                frames=(Frame({"blockId": "b", "chunk": "x"}), Frame({"blockId": "b", "chunk": 1}), Frame("[DONE]")),
            ),
            "frame 2",
        ),
    ],
)
def test_an_answer_that_the_document_does_not_allow_is_found(operation: str, reply: Reply, location: str) -> None:
    assert [violation.location for violation in contract().check_response(operation, reply)] == [location]


def test_a_mock_that_breaks_says_so(documented: MockSim) -> None:
    documented.add_workflow("broken", Broken())
    with Client(documented) as client:
        assert client.run("broken", {}).status == 500
    assert [(v.side, v.location) for v in documented.violations] == [("response", "mock")]
    assert "no such thing" in documented.violations[0].message


def test_nothing_is_checked_where_nothing_shall_be() -> None:
    with MockSim(validate=False) as sim, Client(sim) as client:
        client.run("echo", {"stream": "yes"})
        assert sim.violations == []


def test_the_mock_has_every_operation_of_the_document() -> None:
    assert set(PATHS.values()) == set(contract().operations)


def test_the_journal_keeps_the_exchange_and_shows_no_key(documented: MockSim) -> None:
    with Client(documented) as client:
        client.get("/api/workflows/a%2Fb/status", x="1")
    entry = documented.journal[-1]
    assert (entry.method, entry.path, entry.query, entry.status) == ("GET", "/api/workflows/a%2Fb/status", "x=1", 404)
    assert entry.headers["x-api-key"] == documented.api_key
    assert b"WORKFLOW_NOT_FOUND" in entry.response_body
    assert documented.api_key not in repr(entry)
    assert documented.api_key not in repr(list(documented.journal))


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        (b'{"a":"\\ud800"}', b'{"a":"\\ud800"}'),
        (b'{"a":"\xe2\x80\xa8"}', b'{"a":"\xe2\x80\xa8"}'),
        (b'{"a":1e999}', b'{"a":null}'),
        (b'{"a":' + b"9" * 400 + b"}", b'{"a":' + b"9" * 400 + b"}"),
        (b'{"a":' + b"[" * 400 + b"]" * 400 + b"}", b'{"a":' + b"[" * 400 + b"]" * 400 + b"}"),
    ],
)
def test_strange_json_is_echoed_as_javascript_would(sim: MockSim, client: Client, sent: bytes, echoed: bytes) -> None:
    headers = {"X-API-Key": sim.api_key, "User-Agent": "tests", "Content-Type": "application/json"}
    answer = client.request("POST", "/api/workflows/echo/execute", body=sent, headers=headers)
    assert b'"output":{"result":{"echo":' + echoed + b"}" in answer.data
    assert sim.violations == []


@pytest.mark.parametrize("sent", [b"{bad", b'{"a":NaN}', b'{"a":"\xff"}', b"[" * 100_000])
def test_what_is_no_json_is_refused(sim: MockSim, client: Client, sent: bytes) -> None:
    headers = {"X-API-Key": sim.api_key, "User-Agent": "tests", "Content-Type": "application/json"}
    answer = client.request("POST", "/api/workflows/echo/execute", body=sent, headers=headers)
    assert (answer.status, answer.json()["error"]) == (400, "Invalid JSON in request body")


class Broken:
    """A behaviour with a bug."""

    def run(self, run_input: Any) -> Any:
        raise LookupError("no such thing")


def test_half_a_character_is_no_violation_and_breaks_nothing(documented: MockSim) -> None:
    with Client(documented) as client:
        headers = {"X-API-Key": documented.api_key, "Content-Type": "application/json", "User-Agent": "tests"}
        path = "/api/workflows/echo/execute"
        answer = client.request("POST", path, body=b'{"a": "\\ud800", "stream": "\\ud800"}', headers=headers)
    assert answer.status == 200
    assert [violation.location for violation in documented.violations] == ["body"]
