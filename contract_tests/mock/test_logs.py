"""Logs: pages, cursors, filters and levels of detail, as far as the dialect has them."""

from collections.abc import Iterator

import pytest

from contract_tests.mock.http_client import Client
from sim_conformance.mock import ManualClock, MockSim

HEALTHY = ("documented", "2026-08")


@pytest.fixture(params=HEALTHY)
def healthy(request: pytest.FixtureRequest, clock: ManualClock) -> Iterator[MockSim]:
    """A mock whose cursors work."""
    with MockSim(request.param, clock=clock) as sim:
        yield sim


def fill(client: Client, clock: ManualClock, runs: int) -> None:
    """Runs at three moments, so that some share theirs."""
    for number in range(runs):
        client.run("failing" if number % 4 == 3 else "echo", {"n": number})
        if number % 3 == 2:
            clock.advance(1)


def pages(client: Client, **query: object) -> list[list[str]]:
    """The ids of all pages, following the cursors."""
    found = []
    cursor: dict[str, str] = {}
    while True:
        page = client.logs(**query, **cursor).json()
        found.append([record["id"] for record in page["data"]])
        if "nextCursor" not in page:
            return found
        cursor = {"cursor": page["nextCursor"]}


@pytest.mark.parametrize("order", ["desc", "asc"])
@pytest.mark.parametrize("limit", [1, 3, 4, 10, 11])
def test_cursors_lose_and_repeat_nothing(healthy: MockSim, clock: ManualClock, order: str, limit: int) -> None:
    with Client(healthy) as client:
        fill(client, clock, 10)
        whole = [record["id"] for record in client.logs(order=order).json()["data"]]
        split = pages(client, order=order, limit=limit)
    assert len(set(whole)) == 10
    assert [record for page in split for record in page] == whole
    assert all(len(page) == limit for page in split[:-1])
    assert 0 < len(split[-1]) <= limit


def test_new_runs_do_not_disturb_the_pages_behind(healthy: MockSim, clock: ManualClock) -> None:
    with Client(healthy) as client:
        fill(client, clock, 6)
        before = [record["id"] for record in client.logs().json()["data"]]
        page = client.logs(limit=2).json()
        clock.advance(1)
        client.run("echo", {})
        following = client.logs(limit=2, cursor=page["nextCursor"]).json()
    assert [record["id"] for record in following["data"]] == before[2:4]


def test_a_cursor_belongs_to_its_order(healthy: MockSim, clock: ManualClock) -> None:
    with Client(healthy) as client:
        fill(client, clock, 3)
        cursor = client.logs(limit=1).json()["nextCursor"]
        assert client.logs(limit=1, cursor=cursor, order="asc").status == 400
        assert client.logs(limit=1, cursor="not-base64!!").status == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 4),
        ({"level": "error"}, 1),
        ({"level": "info"}, 3),
        ({"workflowIds": "failing,nope"}, 1),
        ({"workflowIds": "echo,agent"}, 3),
        ({"folderIds": "folder"}, 0),
        ({"triggers": "api,manual"}, 4),
        ({"triggers": "schedule"}, 0),
        ({"startDate": "2026-01-01T00:00:10Z"}, 2),
        ({"endDate": "2026-01-01T00:00:05Z"}, 2),
        ({"minDurationMs": 40, "maxDurationMs": 250}, 4),
        ({"minDurationMs": 251}, 0),
        ({"minCost": 0.0005, "maxCost": 1}, 4),
        ({"maxCost": 0.0005}, 0),
        ({"model": "mock-model"}, 1),
        ({"model": "other"}, 0),
        ({"executionId": "nope"}, 0),
    ],
)
def test_filters_narrow_the_logs(healthy: MockSim, clock: ManualClock, query: dict[str, object], expected: int) -> None:
    with Client(healthy) as client:
        client.run("echo", {})
        client.run("failing", {})
        clock.advance(10)
        client.run("agent", {})
        client.run("echo", {})
        assert len(client.logs(**query).json()["data"]) == expected
    assert healthy.violations == []


def test_details_come_only_when_they_are_asked_for(sim: MockSim, client: Client) -> None:
    client.run("echo", {"n": 1})
    basic = client.logs().json()["data"][0]
    full = client.logs(details="full").json()["data"][0]
    all_of_it = client.logs(details="full", includeTraceSpans="true", includeFinalOutput="true").json()["data"][0]
    assert not {"workflow", "finalOutput", "traceSpans"} & basic.keys()
    assert full["workflow"]["id"] == "echo"
    assert not {"finalOutput", "traceSpans"} & full.keys()
    assert all_of_it["finalOutput"]["result"] == {"echo": {"n": 1}}
    assert all_of_it["traceSpans"][0]["children"][0]["name"] == "Function 1"


def test_a_log_and_its_execution_are_found_by_their_ids(sim: MockSim, client: Client) -> None:
    client.run("echo", {"n": 1})
    record = client.logs().json()["data"][0]
    log = client.get(f"/api/v1/logs/{record['id']}").json()["data"]
    execution = client.get(f"/api/v1/logs/executions/{record['executionId']}").json()
    assert log["executionData"]["finalOutput"]["result"] == {"echo": {"n": 1}}
    assert execution["workflowId"] == "echo"
    assert len(execution["workflowState"]["edges"]) == 1


def test_other_users_see_nothing(sim: MockSim, client: Client) -> None:
    client.run("echo", {})
    record = client.logs().json()["data"][0]
    stranger = {"X-API-Key": sim.other_key, "User-Agent": "tests"}
    for path in (f"/api/v1/logs/{record['id']}", f"/api/v1/logs/executions/{record['executionId']}"):
        assert client.request("GET", path, headers=stranger).status == 404
    listed = client.request("GET", f"/api/v1/logs?workspaceId={sim.workspace_id}", headers=stranger)
    assert (listed.status, listed.json().get("data")) == ((200, []) if sim.dialect == "2025-10" else (403, None))


def test_october_2025_breaks_on_a_cursor_and_on_a_model(clock: ManualClock) -> None:
    with MockSim("2025-10", clock=clock) as sim, Client(sim) as client:
        fill(client, clock, 3)
        cursor = client.logs(limit=1).json()["nextCursor"]
        assert client.logs(limit=1, cursor=cursor).status == 500
        assert client.logs(model="mock-model").status == 500
        assert len(client.logs(limit=1, cursor="not-base64!!").json()["data"]) == 1
