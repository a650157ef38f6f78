"""Mutants for the profile async."""

from collections import Counter
from typing import Any

from sim_conformance.mock.exchange import Call, Distortion, Reply
from sim_conformance.mock.state import OTHER_KEY
from sim_conformance.selftest.core import only_to_the_sdk
from sim_conformance.selftest.distort import (
    Fields,
    Mutant,
    answer,
    drop,
    fields,
    in_background,
    inside,
    jobs,
    key,
    moved_time,
    mutant,
    ok,
    put,
    runs,
    status,
    with_status,
)


def goes_back() -> Distortion:
    """A job that was told to run is told to be queued next."""
    looks: Counter[str] = Counter()

    def distort(call: Call, reply: Reply) -> Reply:
        if reply.status != 200 or not jobs(call, reply):
            return reply
        looks[call.path] += 1
        told = {1: "processing", 2: "queued"}.get(looks[call.path])
        return reply if told is None else put(status=told)(call, reply)

    return distort


def changes_after_the_end() -> Distortion:
    """A job that has completed is told to have failed later."""
    looks: Counter[str] = Counter()

    def distort(call: Call, reply: Reply) -> Reply:
        if reply.status == 200 and b'"completed"' in reply.body:
            looks[call.path] += 1
            if looks[call.path] > 1:
                return put(status="failed")(call, reply)
        return reply

    return distort


def one_job_for_all() -> Distortion:
    """Every run is said to be the first job."""
    first: list[bytes] = []

    def distort(call: Call, reply: Reply) -> Reply:
        if reply.status == 202:
            first.append(reply.body)
            reply.body = first[0]
        return reply

    return distort


def wrapped(body: Fields) -> None:
    """The output is wrapped."""
    if "output" in body:
        body["output"] = {"success": True, "output": body["output"], "workflowId": "w"}


def other_output(body: Fields) -> None:
    """The output is another one."""
    if "output" in body:
        body["output"] = {"result": {"echo": "another"}, "stdout": ""}


def failure_as_completion(body: Fields) -> None:
    """A failed job is told to have completed."""
    if body["status"] == "failed":
        body["status"] = "completed"


def early_output(body: Fields) -> None:
    """There is an output from the start."""
    body.setdefault("output", {})


def late_end(body: Fields) -> None:
    """completedAt is a second late."""
    if "completedAt" in body["metadata"]:
        moved_time("completedAt", 1)(body["metadata"])


def ended(body: Fields) -> dict[str, Any]:
    """The job has ended already."""
    return {**body, "status": "completed", "output": {}}


def own_word(body: Fields) -> None:
    """A job that has not ended is called running."""
    if body["status"] in ("queued", "processing"):
        body["status"] = "running"


MUTANTS = [
    mutant("SIM-JOB-001", "answers 200", in_background, status(202), then=with_status(200)),
    mutant("SIM-JOB-002", "says that the job has started", in_background, status(202), then=put(status="started")),
    mutant("SIM-JOB-003", "createdAt is no time", in_background, status(202), then=put(createdAt="now")),
    mutant(
        "SIM-JOB-004",
        "the link leads nowhere",
        in_background,
        status(202),
        then=inside("links", lambda links: links.update(status="/api/jobs/elsewhere")),
    ),
    mutant("SIM-JOB-005", "the duration is a text", jobs, ok, then=put(metadata={"duration": "long"})),
    mutant("SIM-JOB-006", "uses a word of its own", jobs, ok, then=fields(own_word)),
    Mutant("SIM-JOB-007", "goes back", goes_back),
    Mutant("SIM-JOB-008", "changes after the end", changes_after_the_end),
    mutant("SIM-JOB-009", "wraps the output", jobs, ok, then=fields(wrapped)),
    mutant("SIM-JOB-010", "gives another output", jobs, ok, then=fields(other_output)),
    mutant("SIM-JOB-011", "a failure completes", jobs, ok, then=fields(failure_as_completion)),
    mutant("SIM-JOB-012", "completedAt is a second late", jobs, ok, then=fields(late_end)),
    mutant("SIM-JOB-013", "has an output from the start", jobs, ok, then=fields(early_output)),
    mutant("SIM-JOB-014", "an unknown job is queued", jobs, status(404), then=with_status(200)),
    mutant("SIM-JOB-015", "any key reads", jobs, key(OTHER_KEY), then=answer(200, {"success": True})),
    Mutant("SIM-JOB-016", "one job for all", one_job_for_all),
    mutant(
        "SIM-JOB-017",
        "takes jobs of unknown workflows",
        runs,
        in_background,
        status(404),
        then=answer(202, {"success": True, "taskId": "x"}),
    ),
    mutant("SIM-JOB-018", "the job is over when the answer comes", jobs, ok, then=fields(ended)),
    mutant("SIM-JOB-019", "has no estimate", jobs, then=drop("estimatedDuration")),
    mutant("SIM-SDK-004", "tells the SDK another output", jobs, ok, then=only_to_the_sdk(fields(other_output))),
]
