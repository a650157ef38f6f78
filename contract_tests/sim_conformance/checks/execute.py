"""Runs: what comes back of one, and what is refused before it runs."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

from sim_conformance.checks.auth import NO_CODE, NOBODYS_ID, WRONG_KEY
from sim_conformance.outcome import Deviation, Skipped, expect
from sim_conformance.reading import moment_in, number_in, object_in, text_in
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server, expect_schema

core = Group(Profile.CORE)

DURATION_TOLERANCE = 50.0
"""Milliseconds by which a run's duration and its two times may differ: they are taken one after the other."""

GIVE_UPS = 3
"""Runs that a client tries to give up: on a busy machine it may be so late that the answer is there."""

FAILING_IS_500 = Deviation("a workflow that fails answers 500, with the result as its body", ("2026-08",))
CODE_WITH_WORDS = Deviation("the code is INVALID_JSON_IN_REQUEST_BODY", ("2025-10",))
GET_RUNS = Deviation("a GET runs the workflow too", ("2025-10",))
AGENT_NEEDED = Deviation("a request without a User-Agent is answered 403 with an empty body", ("2025-10",))


@core.must(
    "SIM-EXEC-001",
    "A run that succeeds answers 200 with success true",
    page("sdks/python", "execute_workflow()"),
    "echo",
    runs=1,
)
def run_succeeds(sim: Server) -> None:
    sim.succeed("echo", {"message": sim.token()})


@core.must(
    "SIM-EXEC-002",
    "The answer of a run is what the description says",
    spec("executeWorkflow 200"),
    "echo",
    runs=1,
)
def run_is_described(sim: Server) -> None:
    exchange = sim.execute("echo", {"message": sim.token()})
    expect(exchange.media_type == "application/json", f"the answer is {exchange.media_type!r}")
    sim.expect_described(exchange)
    # The operation's own description has to allow anything, for Response blocks; this workflow has none.
    expect_schema("ExecutionResult", exchange.json())


@core.must("SIM-EXEC-003", "A run's times agree with its duration", spec("ExecutionMetadata"), "echo", runs=1)
def run_has_times(sim: Server) -> None:
    metadata = object_in(sim.succeed("echo", {"message": sim.token()}), "metadata")
    duration = number_in(metadata, "duration")
    between = (moment_in(metadata, "endTime") - moment_in(metadata, "startTime")) * 1000
    expect(
        between >= 0 and abs(between - duration) <= DURATION_TOLERANCE,
        f"{between:.0f} ms pass between startTime and endTime, but duration is {duration}",
    )


@core.must(
    "SIM-EXEC-004",
    "A run that fails answers 200 with success false",
    page("sdks/python", "execute_workflow()"),
    "failing",
    runs=1,
    deviations=(FAILING_IS_500,),
)
def run_fails(sim: Server) -> None:
    exchange = sim.execute("failing", {"message": sim.token()})
    failed = exchange.fields().get("success") is False
    sim.known(FAILING_IS_500, exchange.status == 500 and failed and "output" in exchange.fields())
    exchange.expect_status(200)
    expect(failed, "success is not false")


@core.must(
    "SIM-EXEC-005",
    "A run that fails says why",
    page("sdks/python", "WorkflowExecutionResult"),
    "failing",
    runs=1,
)
def failure_has_reason(sim: Server) -> None:
    text_in(sim.execute("failing", {"message": sim.token()}).fields(), "error")


@core.must("SIM-EXEC-006", "A run of an unknown workflow is refused with 404", spec("executeWorkflow 404"))
def unknown_workflow(sim: Server) -> None:
    sim.execute(NOBODYS_ID, {}).expect_status(404)


@core.must(
    "SIM-EXEC-007",
    "A run of a workflow that is not deployed is refused with 403",
    spec("executeWorkflow 403"),
    "undeployed",
)
def undeployed_workflow(sim: Server) -> None:
    sim.execute("undeployed", {}).expect_status(403)


@core.must("SIM-EXEC-008", "A body that is no JSON is refused with 400", spec("executeWorkflow 400"), "echo")
def invalid_json(sim: Server) -> None:
    sim.execute("echo", None, raw=b'{"message": ').expect_status(400)


@core.must(
    "SIM-EXEC-009",
    "A body that is no JSON has the documented code INVALID_JSON",
    page("sdks/python", "Error handling"),
    "echo",
    deviations=(CODE_WITH_WORDS, NO_CODE),
)
def code_of_invalid_json(sim: Server) -> None:
    fields = sim.execute("echo", None, raw=b'{"message": ').fields()
    sim.known(CODE_WITH_WORDS, fields.get("code") == "INVALID_JSON_IN_REQUEST_BODY")
    sim.known(NO_CODE, "code" not in fields)
    expect(fields.get("code") == "INVALID_JSON", f"the code is {fields.get('code')!r}")


@core.must("SIM-EXEC-010", "Every refusal is JSON with a sentence in error", spec("ErrorBody"), "echo")
def refusals_are_errors(sim: Server) -> None:
    refusals = (
        sim.execute(NOBODYS_ID, {}),
        sim.execute("echo", {}, key=WRONG_KEY),
        sim.execute("echo", None, raw=b"["),
    )
    for exchange in refusals:
        expect(exchange.media_type == "application/json", f"a refusal is {exchange.media_type!r}")
        expect(exchange.fields().get("error"), "a refusal has no error")
        sim.expect_described(exchange)


@core.must("SIM-EXEC-011", "PUT, PATCH and DELETE on the run of a workflow are 405", spec("executeWorkflow"), "echo")
def other_methods(sim: Server) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        sim.execute("echo", {}, method=method).expect_status(405)


@core.must(
    "SIM-EXEC-012",
    "GET does not run a workflow",
    spec("executeWorkflow"),
    "echo",
    runs=1,
    deviations=(GET_RUNS,),
)
def get_does_not_run(sim: Server) -> None:
    exchange = sim.send("GET", sim.run_path("echo"))
    sim.known(GET_RUNS, exchange.status == 200)
    exchange.expect_status(405)


@core.must("SIM-EXEC-013", "POST on what is only read is 405", spec("getUsageLimits"))
def post_on_reading(sim: Server) -> None:
    sim.send("POST", "/api/users/me/usage-limits", body=b"{}").expect_status(405)


@core.must("SIM-EXEC-014", "A path that is none of the API's is 404", spec("executeWorkflow 404"))
def unknown_path(sim: Server) -> None:
    sim.get("/api/workflows/sim-conformance/nothing-of-the-kind").expect_status(404)


@core.should(
    "SIM-EXEC-015",
    "A request without a User-Agent is answered like any other",
    spec("getUsageLimits 200"),
    deviations=(AGENT_NEEDED,),
)
def no_user_agent(sim: Server) -> None:
    exchange = sim.get("/api/users/me/usage-limits", agent=None)
    sim.known(AGENT_NEEDED, exchange.status == 403 and not exchange.answer)
    exchange.expect_status(200)


@core.must(
    "SIM-EXEC-016",
    "A body of another content type is read as JSON or refused, and never an error of the server",
    spec("executeWorkflow 400"),
    "echo",
    runs=1,
)
def other_content_type(sim: Server) -> None:
    exchange = sim.execute("echo", {"message": sim.token()}, headers={"Content-Type": "text/plain"})
    expect(exchange.status < 500, f"the server failed: {exchange.status}")


@core.must(
    "SIM-EXEC-017",
    "A client that gives up leaves the server working",
    spec("executeWorkflow 200"),
    "slow",
    "echo",
    runs=GIVE_UPS + 1,
)
def client_gives_up(sim: Server) -> None:
    tries = (sim.execute("slow", {"message": sim.token()}, timeout=0.2) for _ in range(GIVE_UPS))
    if not any(exchange.problem for exchange in tries):
        raise Skipped("the workflow that is set up as slow answers before a client can give up: let it take seconds")
    sim.succeed("echo", {"message": sim.token()})


@core.must(
    "SIM-EXEC-018",
    "A run in the foreground is answered when it has ended",
    page("sdks/python", "execute_workflow()"),
    "slow",
    runs=1,
)
def run_is_waited_for(sim: Server) -> None:
    fields = sim.succeed("slow", {"message": sim.token()})
    expect(fields.get("output"), "the answer of a slow run has no output")


@core.must(
    "SIM-EXEC-019", "Runs at the same time each get their own answer", spec("executeWorkflow 200"), "echo", runs=4
)
def concurrent_runs(sim: Server) -> None:
    tokens = [sim.token() for _ in range(4)]

    def run(token: str) -> object:
        return sim.echo({"message": token})

    for token, answer in zip(tokens, at_once(run, tokens), strict=True):
        expect(answer == {"message": token}, f"the run of {token!r} was answered with {answer!r}")


@core.must("SIM-EXEC-020", "An id with dots and slashes leads nowhere else", spec("executeWorkflow 404"))
def id_with_slashes(sim: Server) -> None:
    for path in ("/api/workflows/..%2F..%2Fusers%2Fme/status", "/api/jobs/..%2Fusers%2Fme%2Fusage-limits"):
        exchange = sim.get(path)
        expect(400 <= exchange.status < 500, f"{path} answered {exchange.status}")


def at_once(call: Callable[[str], object], arguments: Sequence[str]) -> list[object]:
    """What calls with these arguments give that are made at the same time."""
    futures: list[Future[object]] = [Future() for _ in arguments]

    def settle(future: Future[object], argument: str) -> None:
        try:
            future.set_result(call(argument))
        except Exception as error:
            future.set_exception(error)

    for pair in zip(futures, arguments, strict=True):
        # Those of a pool are waited for even when somebody stops the run.
        threading.Thread(target=settle, args=pair, daemon=True).start()
    # Not in one go: a signal that comes just before a wait for a thread does not end it.
    while wait(futures, timeout=0.1).not_done:
        pass
    return [future.result() for future in futures]
