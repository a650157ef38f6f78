"""Limits: what the server says of them is true, and says the same everywhere."""

import time
from typing import Any

from sim_conformance.mock.clock import epoch
from sim_conformance.outcome import Deviation, Failure, Skipped, expect
from sim_conformance.reading import moment_in, number_in, object_in, text_in
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server
from sim_conformance.versions import USAGE_LIMITS
from sim_conformance.wire import Exchange
from sim_sdk.ratelimit import read_hint

group = Group(Profile.LIMITS)

CLAUSE = page("sdks/python", "get_usage_limits()")
HINTS = page("sdks/python", "Rate limits and retry")
LOGS_CLAUSE = page("execution/api", "Rate Limiting")

MODES = ("sync", "async")

CLOCK_SKEW = 5.0
"""Seconds by which the clocks of the server and of this machine may differ."""

MOST_TRIES = 20
"""Requests that the suite sends at most to use up a limit."""

UNLIMITED = 999_999
"""The limit that servers tell of which have none: their billing is switched off."""

WINDOWS = 3
"""Windows of a rate limit that are waited for at most until one has room."""

LOG_TRIES = 100
"""The same for reading logs, which costs nothing."""

LOOKS = 2
"""Looks at a limit that is used up: the window may end just before one of them."""

ROUNDING = 1.1
"""Seconds that are lost where a time is told in whole seconds."""

NO_LIMIT = Deviation("a bucket has requestsPerMinute and maxBurst in place of limit", ("2026-08",))
NO_HEADERS = Deviation("a 429 of a run has no Retry-After", ("2025-10", "2026-08"))
NO_RATE_HEADERS = Deviation("answers of runs have no X-RateLimit headers", ("2025-10", "2026-08"))
NO_CODE = Deviation("a 429 of a run has no code", ("2026-08",))
NO_ASYNC_CODE = Deviation("a 429 of an async run has no code", ("2025-10", "2026-08"))
NO_SPENT_CODE = Deviation("a 402 has no code", ("2026-08",))
ASYNC_PASSES = Deviation("an async run passes though the quota is spent", ("2025-10",))


def usage(sim: Server, key: str = "main-key") -> dict[str, Any]:
    """What the account's limits are said to be."""
    exchange = sim.get(USAGE_LIMITS, key=key)
    exchange.expect_status(200)
    return exchange.fields()


def bucket(fields: dict[str, Any], mode: str) -> dict[str, Any]:
    """The rate limit of a mode."""
    return object_in(object_in(fields, "rateLimit"), mode)


def most(one: dict[str, Any]) -> float:
    """The requests that a window of a rate limit allows."""
    return number_in(one, "maxBurst" if "maxBurst" in one else "limit")


def rate_headers(exchange: Exchange) -> tuple[int, int, float]:
    """Limit, remaining and the reset in epoch seconds, from the headers.

    Raises:
        Failure: when one is missing or cannot be read.
    """
    headers = exchange.answer_headers
    try:
        limit = int(headers["x-ratelimit-limit"])
        remaining = int(headers["x-ratelimit-remaining"])
        reset = headers["x-ratelimit-reset"]
        return limit, remaining, float(reset) if reset.replace(".", "").isdigit() else epoch(reset)
    except (KeyError, ValueError) as error:
        shown = {name: value for name, value in headers.items() if "ratelimit" in name}
        raise Failure(f"the X-RateLimit headers are {shown}") from error


def retry_after(exchange: Exchange) -> float:
    """The seconds of Retry-After.

    Raises:
        Failure: when it is missing or no number.
    """
    text = exchange.answer_headers.get("retry-after")
    if text is None or not (text.isascii() and text.isdigit()):
        raise Failure(f"Retry-After is {text!r}")
    return float(text)


@group.must("SIM-LIMIT-001", "The limits are what the description says", spec("UsageLimits"))
def described(sim: Server) -> None:
    exchange = sim.get(USAGE_LIMITS)
    exchange.expect_status(200)
    sim.expect_described(exchange)
    expect(exchange.fields().get("success") is True, "success is not true")


@group.must("SIM-LIMIT-002", "What remains is between nothing and the limit", CLAUSE)
def remaining_in_range(sim: Server) -> None:
    fields = usage(sim)
    for mode in MODES:
        one = bucket(fields, mode)
        expect(0 <= number_in(one, "remaining") <= most(one), f"{mode}: {one}")


@group.must("SIM-LIMIT-003", "A window ends in the future", CLAUSE)
def reset_in_future(sim: Server) -> None:
    fields = usage(sim)
    for mode in MODES:
        reset = moment_in(bucket(fields, mode), "resetAt")
        expect(reset > time.time() - CLOCK_SKEW, f"{mode}: resetAt was {time.time() - reset:.0f} s ago")


@group.must("SIM-LIMIT-004", "isLimited is true when nothing remains, and only then", CLAUSE)
def is_limited(sim: Server) -> None:
    fields = usage(sim)
    for mode in MODES:
        one = bucket(fields, mode)
        limited = number_in(one, "remaining") == 0
        expect(one.get("isLimited") is limited, f"{mode}: {one}")


@group.must("SIM-LIMIT-005", "Each rate limit tells its limit", CLAUSE, deviations=(NO_LIMIT,))
def limit_is_told(sim: Server) -> None:
    fields = usage(sim)
    for mode in MODES:
        one = bucket(fields, mode)
        sim.known(NO_LIMIT, "limit" not in one and {"requestsPerMinute", "maxBurst"} <= one.keys())
        expect(number_in(one, "limit") > 0, f"{mode}: {one}")


@group.must("SIM-LIMIT-006", "Spending, its limit and the plan are told", page("sdks/python", "UsageLimits"))
def spending(sim: Server) -> None:
    spent = object_in(usage(sim), "usage")
    expect(number_in(spent, "currentPeriodCost") >= 0, "the cost is negative")
    expect(number_in(spent, "limit") >= 0, "the limit is negative")
    text_in(spent, "plan")


@group.must("SIM-LIMIT-007", "A run takes one from what remains", CLAUSE, "echo", runs=3)
def run_is_counted(sim: Server) -> None:
    for _ in range(3):
        before = bucket(usage(sim), "sync")
        if most(before) >= UNLIMITED:
            raise Skipped("the server does not limit runs: with its billing switched on (BILLING_ENABLED) it does")
        sim.execute("echo", {"message": sim.token()})
        after = bucket(usage(sim), "sync")
        if number_in(after, "remaining") == number_in(before, "remaining") - 1:
            return
        # A window that ended in between starts anew: try again.
        expect(
            moment_in(after, "resetAt") - moment_in(before, "resetAt") > 1,
            f"before the run {before}, after it {after}",
        )


@group.must("SIM-LIMIT-008", "A sync run takes nothing from async runs", CLAUSE, "echo", runs=1)
def modes_are_apart(sim: Server) -> None:
    before = bucket(usage(sim), "async")
    sim.execute("echo", {"message": sim.token()})
    after = bucket(usage(sim), "async")
    expect(number_in(after, "remaining") >= number_in(before, "remaining"), f"before {before}, after {after}")


@group.must("SIM-LIMIT-009", "Spending never falls", CLAUSE, "echo", runs=1)
def spending_grows(sim: Server) -> None:
    before = number_in(object_in(usage(sim), "usage"), "currentPeriodCost")
    sim.execute("echo", {"message": sim.token()})
    after = number_in(object_in(usage(sim), "usage"), "currentPeriodCost")
    expect(after >= before, f"the cost fell from {before} to {after}")


@group.must("SIM-LIMIT-010", "The logs tell the same limits", page("execution/api", "Query Logs"), "main-workspace")
def logs_agree(sim: Server) -> None:
    told = object_in(sim.logs({"limit": 1}).fields(), "limits")
    fields = usage(sim)
    rates = object_in(told, "workflowExecutionRateLimit")
    for mode in MODES:
        in_logs, here = object_in(rates, mode), bucket(fields, mode)
        expect(most(in_logs) == most(here), f"{mode}: {in_logs} in the logs, {here} here")
        expect(number_in(in_logs, "remaining") <= most(here), f"{mode}: {in_logs} in the logs")
    plans = (object_in(told, "usage").get("plan"), object_in(fields, "usage").get("plan"))
    expect(plans[0] == plans[1], f"the plan is {plans[0]!r} in the logs, {plans[1]!r} here")


@group.should(
    "SIM-LIMIT-011",
    "The answer of a run tells the rate limit in its headers",
    page("sdks/python", "get_rate_limit_info()"),
    "echo",
    runs=1,
    deviations=(NO_RATE_HEADERS,),
)
def run_has_headers(sim: Server) -> None:
    exchange = sim.execute("echo", {"message": sim.token()})
    sim.known(NO_RATE_HEADERS, not [name for name in exchange.answer_headers if "ratelimit" in name])
    limit, remaining, reset = rate_headers(exchange)
    expect(0 <= remaining <= limit, f"{remaining} of {limit} remain")
    expect(limit == most(bucket(usage(sim), "sync")), f"the limit is {limit} in the header, and another one elsewhere")
    expect(reset > time.time() - CLOCK_SKEW - ROUNDING, "the window has ended")


limited = Group(Profile.LIMITS, "limited-key", "limited")


def until_limited(sim: Server, mode: str) -> Exchange:
    """The refusal of the first run that the limited account is not allowed.

    Raises:
        Skipped: when the account is allowed too many.
    """
    allowed = most(bucket(usage(sim, "limited-key"), mode))
    if allowed > MOST_TRIES:
        raise Skipped(f"the limited account may run {allowed:.0f} times, and the suite tries {MOST_TRIES} at most")
    headers = {"X-Execution-Mode": "async"} if mode == "async" else {}
    for _ in range(MOST_TRIES + 1):
        body = {"message": sim.token()}
        exchange = sim.execute("limited", body, key="limited-key", headers=headers, patient=False)
        if exchange.status == 429:
            return exchange
        expect(exchange.status < 300, f"a run answered {exchange.status}")
    raise Failure(f"{MOST_TRIES + 1} runs passed, though {allowed:.0f} are allowed")


@limited.must("SIM-LIMIT-020", "A run beyond the rate limit is refused with 429", HINTS, runs=MOST_TRIES)
def run_is_limited(sim: Server) -> None:
    refusal = until_limited(sim, "sync")
    sim.expect_described(refusal)


@limited.must(
    "SIM-LIMIT-021",
    "A 429 of a run has the documented code RATE_LIMIT_EXCEEDED",
    page("sdks/python", "Error handling"),
    runs=MOST_TRIES,
    deviations=(NO_CODE,),
)
def code_of_limited_run(sim: Server) -> None:
    code = until_limited(sim, "sync").fields().get("code")
    sim.known(NO_CODE, code is None)
    expect(code == "RATE_LIMIT_EXCEEDED", f"the code is {code!r}")


@limited.must(
    "SIM-LIMIT-022",
    "A 429 of a run says when to come back, and then the run passes",
    HINTS,
    runs=MOST_TRIES,
    deviations=(NO_HEADERS,),
)
def run_hint_is_honest(sim: Server) -> None:
    refusal = until_limited(sim, "sync")
    sim.known(NO_HEADERS, "retry-after" not in refusal.answer_headers)
    sim.wait(retry_after(refusal))
    again = sim.execute("limited", {"message": sim.token()}, key="limited-key", patient=False)
    expect(again.status == 200, f"the run that waited as it was told is answered {again.status}")


@limited.must("SIM-LIMIT-023", "A limited account is told that it is limited", CLAUSE, runs=LOOKS * MOST_TRIES)
def limited_is_told(sim: Server) -> None:
    one: dict[str, Any] = {}
    for _ in range(LOOKS):
        until_limited(sim, "sync")
        one = bucket(usage(sim, "limited-key"), "sync")
        if one.get("isLimited") is True and one.get("remaining") == 0:
            return
    raise Failure(f"the limit is said to be {one}")


@limited.must(
    "SIM-LIMIT-024",
    "An async run beyond the rate limit is refused with 429 and the documented code",
    HINTS,
    "jobs",
    runs=MOST_TRIES,
    deviations=(NO_ASYNC_CODE,),
)
def async_run_is_limited(sim: Server) -> None:
    refusal = until_limited(sim, "async")
    sim.expect_described(refusal)
    sim.known(NO_ASYNC_CODE, "code" not in refusal.fields())
    expect(refusal.fields().get("code") == "RATE_LIMIT_EXCEEDED", f"the code is {refusal.fields().get('code')!r}")


def ends(refusal: Exchange) -> list[float]:
    """When a 429 says that its window ends, in epoch seconds: by its headers and by its body, where they do."""
    try:
        body = refusal.json()
    except Failure:
        body = None
    hints = (read_hint(429, refusal.answer_headers, None, refusal.sent_at), read_hint(429, {}, body, refusal.sent_at))
    return [refusal.sent_at + hint for hint in hints if hint is not None]


@limited.must(
    "SIM-LIMIT-025",
    "Where a 429 of a run says when its window ends, the limits say the same",
    HINTS,
    runs=LOOKS * MOST_TRIES,
)
def end_of_window_is_one(sim: Server) -> None:
    apart: list[float] = []
    for _ in range(LOOKS):
        refusal = until_limited(sim, "sync")
        reset = moment_in(bucket(usage(sim, "limited-key"), "sync"), "resetAt")
        apart = [end - reset for end in ends(refusal) if abs(end - reset) > CLOCK_SKEW]
        if not apart:
            return
    raise Failure(f"the window ends {apart[0]:+.0f} s from what the limits say")


spent = Group(Profile.LIMITS, "spent-key", "spent")


@spent.must("SIM-LIMIT-030", "A run beyond the quota is refused with 402", spec("executeWorkflow 402"))
def quota(sim: Server) -> None:
    exchange = sim.execute("spent", {"message": sim.token()}, key="spent-key")
    exchange.expect_status(402)
    sim.expect_described(exchange)


@spent.must(
    "SIM-LIMIT-031",
    "A 402 has the documented code USAGE_LIMIT_EXCEEDED",
    page("sdks/python", "Error handling"),
    deviations=(NO_SPENT_CODE,),
)
def code_of_quota(sim: Server) -> None:
    code = sim.execute("spent", {"message": sim.token()}, key="spent-key").fields().get("code")
    sim.known(NO_SPENT_CODE, code is None)
    expect(code == "USAGE_LIMIT_EXCEEDED", f"the code is {code!r}")


@spent.must("SIM-LIMIT-032", "An account beyond its quota sees that", CLAUSE)
def quota_is_told(sim: Server) -> None:
    told = object_in(usage(sim, "spent-key"), "usage")
    expect(number_in(told, "currentPeriodCost") >= number_in(told, "limit"), f"the usage is said to be {told}")


@spent.must(
    "SIM-LIMIT-033",
    "An async run beyond the quota is refused with 402",
    spec("executeWorkflow 402"),
    "jobs",
    deviations=(ASYNC_PASSES,),
)
def async_quota(sim: Server) -> None:
    exchange = sim.start_job("spent", {"message": sim.token()}, key="spent-key")
    sim.known(ASYNC_PASSES, exchange.status == 202)
    exchange.expect_status(402)


reading = Group(Profile.LIMITS, "limited-key", "limited-workspace")


def read_logs(sim: Server) -> Exchange:
    """One read of the limited account's logs."""
    query = {"workspaceId": sim["limited-workspace"], "limit": 1}
    return sim.get("/api/v1/logs", query, key="limited-key", patient=False)


def until_reading_is_limited(sim: Server) -> Exchange:
    """The refusal of the first read of the logs that is not allowed."""
    for _ in range(LOG_TRIES):
        exchange = read_logs(sim)
        if exchange.status == 429:
            return exchange
        exchange.expect_status(200)
    raise Skipped(f"the limited account may read its logs more than {LOG_TRIES} times")


@reading.must("SIM-LIMIT-040", "Reading the logs too often is refused with 429", LOGS_CLAUSE)
def reading_is_limited(sim: Server) -> None:
    sim.expect_described(until_reading_is_limited(sim))


@reading.must("SIM-LIMIT-041", "A 429 of the logs has Retry-After, and no less than it takes", LOGS_CLAUSE)
def reading_hint_is_honest(sim: Server) -> None:
    wait = retry_after(until_reading_is_limited(sim))
    sim.wait(wait)
    again = read_logs(sim)
    expect(again.status == 200, f"the read that waited as it was told is answered {again.status}")


@reading.must("SIM-LIMIT-042", "The headers of a 429 say that nothing remains", LOGS_CLAUSE)
def nothing_remains(sim: Server) -> None:
    _, remaining, _ = rate_headers(until_reading_is_limited(sim))
    expect(remaining == 0, f"{remaining} remain")


@reading.must("SIM-LIMIT-043", "Retry-After and X-RateLimit-Reset mean the same time", LOGS_CLAUSE)
def hints_agree(sim: Server) -> None:
    refusal = until_reading_is_limited(sim)
    _, _, reset = rate_headers(refusal)
    until = refusal.sent_at + retry_after(refusal)
    expect(abs(reset - until) <= CLOCK_SKEW, f"Retry-After ends {until - reset:+.0f} s after X-RateLimit-Reset")


@reading.must("SIM-LIMIT-044", "Each read takes one from what remains", LOGS_CLAUSE)
def reads_are_counted(sim: Server) -> None:
    first = _allowed_read(sim)
    second = read_logs(sim)
    (limit, before, reset), (same, after, later) = rate_headers(first), rate_headers(second)
    expect(limit == same, f"the limit was {limit}, then {same}")
    expect(later - reset >= -ROUNDING, "the window's end moved back")
    new_window = later - reset > ROUNDING
    expect(after == before - 1 or new_window, f"{before} remained, and after one more read {after}")


@reading.must("SIM-LIMIT-045", "The body of a 429 means the same time as its headers", LOGS_CLAUSE)
def body_agrees(sim: Server) -> None:
    told = ends(until_reading_is_limited(sim))
    apart = max(told, default=0.0) - min(told, default=0.0)
    expect(apart <= CLOCK_SKEW, f"the times in the body and in the headers are {apart:.0f} s apart")


def _allowed_read(sim: Server) -> Exchange:
    # One that leaves room for the next, in a window that is not about to end.
    for _ in range(WINDOWS):
        exchange = read_logs(sim)
        if exchange.status == 200 and rate_headers(exchange)[1] > 0:
            return exchange
        if exchange.status == 429:
            sim.wait(retry_after(exchange))
    raise Failure("the limited account may never read its logs twice")
