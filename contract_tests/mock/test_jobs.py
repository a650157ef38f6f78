"""Jobs move by the clock, by a script, or not at all, and never backwards by themselves."""

import pytest

from contract_tests.mock.http_client import Client
from sim_conformance.mock import ManualClock, MockSim


def test_a_job_passes_through_its_states_in_order(sim: MockSim, client: Client, clock: ManualClock) -> None:
    sim.set_job_timing(queued=1.0, processing=2.0)
    job_id = client.start_job()
    seen = []
    for _ in range(8):
        seen.append(client.job(job_id)["status"])
        clock.advance(0.5)
    waiting = "pending" if sim.dialect == "2026-08" else "queued"
    assert seen == [waiting] * 2 + ["processing"] * 4 + ["completed"] * 2


def test_a_workflow_that_fails_ends_as_the_dialect_has_it(sim: MockSim, client: Client, clock: ManualClock) -> None:
    job_id = client.start_job("failing")
    clock.advance(10)
    job = client.job(job_id)
    if sim.dialect == "2025-10":
        assert (job["status"], job["output"]["success"]) == ("completed", False)
    else:
        assert job["status"] == "failed"
        assert isinstance(job["error"], str)


def test_the_output_comes_with_the_end(sim: MockSim, client: Client, clock: ManualClock) -> None:
    job_id = client.start_job("echo", {"n": 1})
    assert client.job(job_id).get("output") is None
    clock.advance(10)
    output = client.job(job_id)["output"]
    expected = {"result": {"echo": {"n": 1}}, "stdout": ""}
    assert (output if sim.dialect == "documented" else output["output"]) == expected


def test_a_cancelled_job_stays_so_and_is_not_logged(sim: MockSim, client: Client, clock: ManualClock) -> None:
    job_id = client.start_job()
    sim.cancel_job(job_id)
    clock.advance(10)
    job = client.job(job_id)
    assert job["status"] == "cancelled"
    assert not {"startedAt", "completedAt"} & job["metadata"].keys()
    assert job.get("error") is None
    assert client.logs().json()["data"] == []


def test_a_job_that_was_cancelled_while_it_ran_is_logged(sim: MockSim, client: Client, clock: ManualClock) -> None:
    sim.set_job_timing(queued=1.0, processing=2.0)
    job_id = client.start_job()
    clock.advance(2)
    sim.cancel_job(job_id)
    assert client.job(job_id)["status"] == "cancelled"
    assert len(client.logs().json()["data"]) == 1


def test_only_a_job_that_goes_on_can_be_cancelled(sim: MockSim, client: Client, clock: ManualClock) -> None:
    job_id = client.start_job()
    clock.advance(10)
    with pytest.raises(ValueError, match="already completed"):
        sim.cancel_job(job_id)
    with pytest.raises(KeyError):
        sim.cancel_job("run_nope")


def test_held_jobs_wait_and_then_take_their_time(sim: MockSim, client: Client, clock: ManualClock) -> None:
    sim.set_job_timing(queued=1.0, processing=2.0)
    sim.hold_jobs("processing")
    job_id = client.start_job()
    clock.advance(100)
    assert client.job(job_id)["status"] == "processing"
    sim.hold_jobs("queued")
    assert client.job(job_id)["status"] == "processing"
    sim.hold_jobs(None)
    assert client.job(job_id)["status"] == "completed"


def test_a_job_held_in_the_queue_starts_when_it_is_released(sim: MockSim, client: Client, clock: ManualClock) -> None:
    sim.set_job_timing(queued=1.0, processing=2.0)
    sim.hold_jobs("queued")
    job_id = client.start_job()
    clock.advance(100)
    assert client.job(job_id)["status"] in ("queued", "pending")
    sim.hold_jobs("processing")
    assert client.job(job_id)["status"] == "processing"
    clock.advance(1)
    sim.hold_jobs(None)
    assert client.job(job_id)["status"] == "processing"
    clock.advance(1)
    assert client.job(job_id)["status"] == "completed"


def test_a_script_is_told_poll_by_poll(sim: MockSim, client: Client) -> None:
    sim.script_jobs(["processing", "unknown", "failed"])
    job_id = client.start_job()
    assert [client.job(job_id)["status"] for _ in range(4)] == ["processing", "unknown", "failed", "failed"]


def test_states_that_do_not_exist_are_refused(sim: MockSim) -> None:
    with pytest.raises(ValueError, match="asleep"):
        sim.script_jobs(["asleep"])
    with pytest.raises(ValueError, match="completed"):
        sim.hold_jobs("completed")


def test_a_run_is_logged_when_its_job_leaves_the_queue(sim: MockSim, client: Client, clock: ManualClock) -> None:
    sim.set_job_timing(queued=1.0, processing=2.0)
    client.start_job()
    assert client.logs().json()["data"] == []
    clock.advance(1)
    assert [record["level"] for record in client.logs().json()["data"]] == ["info"]


def test_another_users_job_is_seen_in_october_2025_only(sim: MockSim, client: Client) -> None:
    job_id = client.start_job()
    headers = {"X-API-Key": sim.other_key, "User-Agent": "tests"}
    status = client.request("GET", f"/api/jobs/{job_id}", headers=headers).status
    assert status == {"documented": 404, "2025-10": 200, "2026-08": 403}[sim.dialect]
