"""Mutants for the profile limits."""

from collections.abc import Callable
from typing import Any

from sim_conformance.embedded import LIMITED_KEY, SPENT_KEY
from sim_conformance.mock.clock import iso
from sim_conformance.mock.exchange import Call, Distortion, Reply
from sim_conformance.selftest.distort import (
    Change,
    Fields,
    Mutant,
    drop,
    header,
    in_background,
    in_foreground,
    inside,
    key,
    logs,
    mutant,
    ok,
    operation,
    put,
    ran,
    runs,
    status,
    with_status,
)

usage_limits = operation("getUsageLimits")


def bucket(edit: Callable[[Fields], Any], *modes: str) -> Change:
    """The same with changed rate limits."""

    def change(rates: Fields) -> None:
        for mode in modes or ("sync", "async"):
            edit(rates[mode])

    return inside("rateLimit", change)


def past(body: Fields) -> None:
    """The window has ended long ago."""
    body["resetAt"] = iso(1_000_000_000)


def contradict(body: Fields) -> None:
    """isLimited says the opposite."""
    body["isLimited"] = not body["isLimited"]


def both_modes_count() -> Distortion:
    """Sync runs take from async runs too."""
    count = 0

    def distort(call: Call, reply: Reply) -> Reply:
        nonlocal count
        count += call.path.endswith("/execute")
        if "usage-limits" in call.path and reply.status == 200:
            return bucket(lambda one: one.update(remaining=one["remaining"] - count), "async")(call, reply)
        return reply

    return distort


def spending_falls() -> Distortion:
    """The cost shrinks with each look."""
    looks = 0

    def distort(call: Call, reply: Reply) -> Reply:
        nonlocal looks
        if "usage-limits" not in call.path or reply.status != 200:
            return reply
        looks += 1
        return inside("usage", lambda usage: usage.update(currentPeriodCost=100.0 / looks))(call, reply)

    return distort


def never_opens(mode: Callable[[Call, Reply], bool]) -> Callable[[], Distortion]:
    """A limit that once met is never lifted, whatever its hint says."""

    def make() -> Distortion:
        refusal: list[Reply] = []

        def distort(call: Call, reply: Reply) -> Reply:
            if not mode(call, reply):
                return reply
            if reply.status == 429 and not refusal:
                refusal.append(Reply(429, reply.headers, reply.body))
            return refusal[0] if refusal else reply

        return distort

    return make


def limited_runs(call: Call, reply: Reply) -> bool:
    """Runs of the limited account."""
    return call.headers.get("x-api-key") == LIMITED_KEY and call.path.endswith("/execute")


def unlimited(call: Call, reply: Reply) -> Reply:
    """What was refused runs."""
    return ran(call, reply)


def logs_limit(edit: Callable[[Fields], Any]) -> Change:
    """The same with other limits in a page of logs."""
    return inside("limits", lambda limits: edit(limits["workflowExecutionRateLimit"]))


MUTANTS = [
    mutant("SIM-LIMIT-001", "success is false", usage_limits, ok, then=put(success=False)),
    mutant("SIM-LIMIT-002", "more remains than there is", usage_limits, ok, then=bucket(lambda b: b.update(limit=1))),
    mutant("SIM-LIMIT-003", "the window has ended", usage_limits, ok, then=bucket(past)),
    mutant("SIM-LIMIT-004", "isLimited says the opposite", usage_limits, ok, then=bucket(contradict)),
    mutant(
        "SIM-LIMIT-005", "tells no limit", usage_limits, ok, then=bucket(lambda b: b.update(maxBurst=b.pop("limit")))
    ),
    mutant("SIM-LIMIT-006", "tells no plan", usage_limits, ok, then=inside("usage", lambda usage: usage.pop("plan"))),
    mutant(
        "SIM-LIMIT-007",
        "nothing is counted",
        usage_limits,
        ok,
        then=bucket(lambda b: b.update(remaining=b["limit"], resetAt=iso(2_000_000_000))),
    ),
    Mutant("SIM-LIMIT-008", "sync runs take from async runs", both_modes_count),
    Mutant("SIM-LIMIT-009", "spending falls", spending_falls),
    mutant(
        "SIM-LIMIT-010",
        "the logs tell another limit",
        logs,
        ok,
        then=logs_limit(lambda rates: rates["sync"].update(limit=3)),
    ),
    mutant("SIM-LIMIT-011", "the header tells another limit", runs, ok, then=header("x-ratelimit-limit", "3")),
    mutant("SIM-LIMIT-020", "no run is ever refused", limited_runs, status(429), then=unlimited),
    mutant("SIM-LIMIT-021", "says another code", runs, status(429), then=put(code="TOO_MANY")),
    Mutant("SIM-LIMIT-022", "the hint is too short", never_opens(limited_runs)),
    mutant(
        "SIM-LIMIT-023",
        "says that nothing is limited",
        usage_limits,
        key(LIMITED_KEY),
        then=bucket(lambda b: b.update(isLimited=False)),
    ),
    mutant("SIM-LIMIT-024", "async runs get no code", in_background, status(429), then=drop("code")),
    mutant("SIM-LIMIT-025", "the body contradicts the limits", runs, status(429), then=put(resetAt=iso(2e9))),
    mutant("SIM-LIMIT-030", "the quota is 403", runs, in_foreground, status(402), then=with_status(403)),
    mutant("SIM-LIMIT-031", "says another code", runs, status(402), then=put(code="PAY")),
    mutant(
        "SIM-LIMIT-032",
        "hides the spending",
        usage_limits,
        key(SPENT_KEY),
        then=inside("usage", lambda usage: usage.update(currentPeriodCost=0)),
    ),
    mutant("SIM-LIMIT-033", "async runs pass", in_background, status(402), then=with_status(202)),
    mutant("SIM-LIMIT-040", "a refusal holds no JSON", logs, status(429), then=header("content-type", "text/plain")),
    Mutant("SIM-LIMIT-041", "the hint is too short", never_opens(logs)),
    mutant("SIM-LIMIT-042", "one remains", logs, status(429), then=header("x-ratelimit-remaining", "1")),
    mutant("SIM-LIMIT-043", "the hints contradict", logs, status(429), then=header("x-ratelimit-reset", "2000000000")),
    mutant("SIM-LIMIT-045", "the body contradicts the headers", logs, status(429), then=put(resetAt=iso(2e9))),
    mutant("SIM-LIMIT-044", "the headers never change", logs, ok, then=header("x-ratelimit-remaining", "2")),
]
