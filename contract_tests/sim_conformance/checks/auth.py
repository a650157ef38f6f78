"""Keys: every route that needs one asks for it, and a key opens only what is its user's."""

from collections.abc import Callable

from sim_conformance.mock.jsons import as_object
from sim_conformance.outcome import Deviation, expect
from sim_conformance.registry import Clause, Group, Profile, page, spec
from sim_conformance.server import Server
from sim_conformance.wire import Exchange

core = Group(Profile.CORE)

WRONG_KEY = "sk-sim-conformance-wrong"
NOBODYS_ID = "5f0c9b52-0000-4000-8000-c0f0a3a7ce00"

STATUS_IS_OPEN = Deviation("the status of a workflow is told to anybody, with any key or none", ("2025-10",))
CODE_FROM_MESSAGE = Deviation("the code is the message in upper case, not UNAUTHORIZED", ("2025-10",))
NO_CODE = Deviation("errors of runs carry no code", ("2026-08",))
FOREIGN_IS_401 = Deviation("a run of another user's workflow is refused as if the key were wrong", ("2025-10",))

EXPIRED = 26
"""The checks of expired keys are numbered from here, by half the number of those without a key: 31, 32, …"""

Ask = Callable[[Server, str | None], Exchange]


def refused(exchange: Exchange) -> None:
    """Let the check fail unless the key was refused with an error in JSON."""
    exchange.expect_status(401)
    error = exchange.fields().get("error")
    message = (as_object(error) or {}).get("message", error)
    expect(isinstance(message, str) and message, "the refusal has no sentence in error")


@core.must("SIM-AUTH-001", "A run without a key is refused with 401", spec("executeWorkflow 401"), "echo")
def run_without_key(sim: Server) -> None:
    refused(sim.execute("echo", {}, key=None))


@core.must("SIM-AUTH-002", "A run with a wrong key is refused with 401", spec("executeWorkflow 401"), "echo")
def run_with_wrong_key(sim: Server) -> None:
    refused(sim.execute("echo", {}, key=WRONG_KEY))


@core.must(
    "SIM-AUTH-003",
    "A run with an expired key is refused with 401",
    spec("executeWorkflow 401"),
    "echo",
    "expired-key",
)
def run_with_expired_key(sim: Server) -> None:
    refused(sim.execute("echo", {}, key="expired-key"))


@core.must("SIM-AUTH-004", "A run with an empty key is refused with 401", spec("executeWorkflow 401"), "echo")
def run_with_empty_key(sim: Server) -> None:
    refused(sim.execute("echo", {}, key=""))


@core.must(
    "SIM-AUTH-005",
    "A refused key has the documented code UNAUTHORIZED",
    page("sdks/python", "Error handling"),
    "echo",
    deviations=(CODE_FROM_MESSAGE, NO_CODE),
)
def code_of_wrong_key(sim: Server) -> None:
    fields = sim.execute("echo", {}, key=WRONG_KEY).fields()
    sim.known(NO_CODE, "code" not in fields)
    derived = "_".join(str(fields.get("error")).upper().split())
    sim.known(CODE_FROM_MESSAGE, fields.get("code") == derived != "UNAUTHORIZED")
    expect(fields.get("code") == "UNAUTHORIZED", f"the code is {fields.get('code')!r}")


@core.must("SIM-AUTH-006", "A refusal does not repeat the key", spec("ErrorBody"), "echo")
def refusal_keeps_key_to_itself(sim: Server) -> None:
    exchange = sim.execute("echo", {}, key=WRONG_KEY)
    told = exchange.answer.decode(errors="replace") + repr(dict(exchange.answer_headers))
    expect(WRONG_KEY not in told, "the answer holds the key")


@core.must(
    "SIM-AUTH-007",
    "A run of another user's workflow is refused with 403",
    spec("executeWorkflow 403"),
    "foreign",
    deviations=(FOREIGN_IS_401,),
)
def run_of_foreign_workflow(sim: Server) -> None:
    exchange = sim.execute("foreign", {})
    sim.known(FOREIGN_IS_401, exchange.status == 401)
    exchange.expect_status(403)


@core.must("SIM-AUTH-008", "Basic credentials in place of a key open nothing", spec("executeWorkflow 401"), "echo")
def basic_credentials(sim: Server) -> None:
    credentials = {"Authorization": "Basic c2ltOnNpbQ=="}
    exchange = sim.send("POST", sim.run_path("echo"), key=None, headers=credentials, body=b"{}")
    refused(exchange)


def _status(sim: Server, key: str | None) -> Exchange:
    return sim.status("echo", key=key)


def _job(sim: Server, key: str | None) -> Exchange:
    return sim.job(NOBODYS_ID, key=key)


def _usage(sim: Server, key: str | None) -> Exchange:
    return sim.get("/api/users/me/usage-limits", key=key)


def _logs(sim: Server, key: str | None) -> Exchange:
    return sim.get("/api/v1/logs", {"workspaceId": sim.settings.ingredients.get("main-workspace", "none")}, key=key)


def _log(sim: Server, key: str | None) -> Exchange:
    return sim.get(f"/api/v1/logs/{NOBODYS_ID}", key=key)


def _execution(sim: Server, key: str | None) -> Exchange:
    return sim.get(f"/api/v1/logs/executions/{NOBODYS_ID}", key=key)


def _register_route(number: int, what: str, clause: Clause, ask: Ask, *needs: str, is_open: bool = False) -> None:
    deviations = (STATUS_IS_OPEN,) if is_open else ()
    keys = (
        (number, "no key", None, needs),
        (number + 1, "a wrong key", WRONG_KEY, needs),
        (EXPIRED + number // 2, "an expired key", "expired-key", (*needs, "expired-key")),
    )
    for check_number, words, key, all_needs in keys:

        @core.must(
            f"SIM-AUTH-{check_number:03}",
            f"{what} with {words} is refused with 401",
            clause,
            *all_needs,
            deviations=deviations,
        )
        def ask_for_it(sim: Server, key: str | None = key) -> None:
            exchange = ask(sim, key)
            if is_open:
                sim.known(STATUS_IS_OPEN, exchange.status == 200)
            refused(exchange)


_register_route(11, "The status of a workflow", spec("getWorkflowStatus 401"), _status, "echo", is_open=True)
_register_route(13, "The state of a job", spec("getJob 401"), _job)
_register_route(15, "The account's limits", spec("getUsageLimits 401"), _usage)
_register_route(17, "A page of logs", spec("listLogs 401"), _logs)
_register_route(19, "A log entry", spec("getLog 401"), _log)
_register_route(21, "An execution's snapshot", spec("getExecution 401"), _execution)
