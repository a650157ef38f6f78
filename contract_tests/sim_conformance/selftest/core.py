"""Mutants for the profiles core and response-block."""

from collections.abc import Callable, Iterator
from typing import Any

from sim_conformance.checks.auth import EXPIRED, WRONG_KEY
from sim_conformance.mock.exchange import Call, Distortion, Reply
from sim_conformance.mock.jsons import as_object
from sim_conformance.mock.state import EXPIRED_KEY
from sim_conformance.selftest.distort import (
    Change,
    Fields,
    Mutant,
    answer,
    body_holds,
    drop,
    fields,
    header,
    inside,
    key,
    method,
    moved_time,
    mutant,
    ok,
    operation,
    path_holds,
    put,
    ran,
    runs,
    status,
    with_status,
    without_headers,
)

ROUTES = {
    11: "getWorkflowStatus",
    13: "getJob",
    15: "getUsageLimits",
    17: "listLogs",
    19: "getLog",
    21: "getExecution",
}


def route_mutants() -> Iterator[Mutant]:
    """Routes that forget to ask for the key."""
    for number, name in ROUTES.items():
        keys = (
            (number, "no key", None),
            (number + 1, "a wrong key", WRONG_KEY),
            (EXPIRED + number // 2, "an expired key", EXPIRED_KEY),
        )
        for check_number, words, value in keys:
            yield mutant(
                f"SIM-AUTH-{check_number:03}",
                f"{name} answers with {words}",
                operation(name),
                key(value),
                then=answer(200, {"data": [], "isDeployed": True}),
            )


def echoing(edit: Callable[[Any], Any]) -> Change:
    """The same, where the workflow has received something else."""

    def change(body: Fields) -> None:
        result = (as_object(body.get("output")) or {}).get("result")
        if isinstance(result, dict) and "echo" in result:
            result["echo"] = edit(result["echo"])

    return fields(change)


def ascii_only(value: Any) -> Any:
    """The value with every other character replaced."""
    if isinstance(value, str):
        return value.encode("ascii", "replace").decode()
    if isinstance(value, list):
        return [ascii_only(item) for item in value]
    return {name: ascii_only(item) for name, item in value.items()} if isinstance(value, dict) else value


def blank_at_end(value: Any) -> Any:
    """An object whose texts end with one blank more."""
    return {name: f"{item} " if isinstance(item, str) else item for name, item in value.items()}


def cut_at(depth: int) -> Callable[[Any], Any]:
    """Cuts off what lies deeper."""

    def cut(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: cut_at(depth - 1)(item) for name, item in value.items()} if depth else {}

    return cut


def falls_ill_after(trigger: bytes) -> Callable[[], Distortion]:
    """A server that fails once it has been asked for a workflow."""

    def make() -> Distortion:
        ill = False

        def distort(call: Call, reply: Reply) -> Reply:
            nonlocal ill
            if ill and b"echo" in call.path.encode():
                return Reply(503)
            ill = ill or trigger in call.path.encode()
            return reply

        return distort

    return make


def crossed_answers() -> Distortion:
    """A server that answers a run with the answer of the run before."""
    previous: list[bytes] = []

    def distort(call: Call, reply: Reply) -> Reply:
        if call.path.endswith("/execute"):
            previous.append(reply.body)
            reply.body = previous[-2] if len(previous) > 1 else reply.body
        return reply

    return distort


def only_to_the_sdk(then: Change) -> Change:
    """The change where the SDK asks."""

    def change(call: Call, reply: Reply) -> Reply:
        return then(call, reply) if call.headers.get("user-agent", "").startswith("sim-sdk") else reply

    return change


def turned_round(value: Any) -> Any:
    """An object with its fields in the opposite order; the only field gets another name."""
    if not isinstance(value, dict) or not value:
        return value
    return dict(list(value.items())[::-1]) if len(value) > 1 else {"other": 1}


def tell_key(call: Call, reply: Reply) -> Reply:
    """A refusal that repeats the key."""
    if reply.status == 401:
        return put(error=f"Invalid API key {call.headers.get('x-api-key')}")(call, reply)
    return reply


def take_basic(call: Call, reply: Reply) -> Reply:
    """Basic credentials run."""
    return ran(call, reply) if "authorization" in call.headers else reply


def want_agent(call: Call, reply: Reply) -> Reply:
    """No answer without a User-Agent."""
    return reply if call.headers.get("user-agent") else Reply(403)


def fail_on_text(call: Call, reply: Reply) -> Reply:
    """A failure where the content type is not that of JSON."""
    return Reply(500) if call.headers.get("content-type") == "text/plain" else reply


def small_bodies(call: Call, reply: Reply) -> Reply:
    """No bodies beyond 500 kB."""
    return Reply(413) if len(call.body) > 500_000 else reply


AUTH = [
    mutant("SIM-AUTH-001", "runs without a key", runs, key(None), then=ran),
    mutant("SIM-AUTH-002", "runs with a wrong key", runs, key(WRONG_KEY), then=ran),
    mutant("SIM-AUTH-003", "runs with an expired key", runs, key(EXPIRED_KEY), then=ran),
    mutant("SIM-AUTH-004", "runs with an empty key", runs, key(""), then=ran),
    mutant("SIM-AUTH-005", "says another code", runs, status(401), then=put(code="INVALID_API_KEY")),
    mutant("SIM-AUTH-006", "repeats the key", then=tell_key),
    mutant("SIM-AUTH-007", "runs what is another user's", runs, status(403), path_holds("other-users"), then=ran),
    mutant("SIM-AUTH-008", "takes Basic credentials", then=take_basic),
    *route_mutants(),
]

EXECUTE = [
    mutant("SIM-EXEC-001", "a success says false", runs, ok, path_holds("/echo/"), then=put(success=False)),
    mutant("SIM-EXEC-002", "success is a text", runs, ok, then=put(success="true")),
    mutant(
        "SIM-EXEC-003",
        "endTime is a second late",
        runs,
        ok,
        path_holds("/echo/"),
        then=inside("metadata", moved_time("endTime", 1)),
    ),
    mutant("SIM-EXEC-004", "a failure says true", path_holds("/failing/"), ok, then=put(success=True)),
    mutant("SIM-EXEC-005", "a failure has no reason", path_holds("/failing/"), then=drop("error")),
    mutant("SIM-EXEC-006", "an unknown workflow is 400", runs, status(404), then=with_status(400)),
    mutant("SIM-EXEC-007", "runs what is not deployed", path_holds("/undeployed/"), then=ran),
    mutant("SIM-EXEC-008", "takes broken JSON for nothing", runs, status(400), then=ran),
    mutant("SIM-EXEC-009", "says another code", runs, status(400), then=put(code="BAD_REQUEST")),
    mutant("SIM-EXEC-010", "a refusal is plain text", runs, status(404), then=header("content-type", "text/plain")),
    mutant("SIM-EXEC-011", "DELETE is taken", runs, method("DELETE"), then=ran),
    mutant("SIM-EXEC-012", "GET runs", runs, method("GET"), then=ran),
    mutant("SIM-EXEC-013", "POST reads", operation("getUsageLimits"), method("POST"), then=answer(200, {})),
    mutant("SIM-EXEC-014", "every path is there", status(404), path_holds("nothing-of-the-kind"), then=answer(200, {})),
    mutant("SIM-EXEC-015", "wants a User-Agent", then=want_agent),
    mutant("SIM-EXEC-016", "fails on another content type", then=fail_on_text),
    Mutant("SIM-EXEC-017", "falls ill when a client gives up", falls_ill_after(b"/slow/")),
    mutant("SIM-EXEC-018", "answers slow runs without output", path_holds("/slow/"), ok, then=drop("output")),
    Mutant("SIM-EXEC-019", "crosses answers", crossed_answers),
    mutant("SIM-EXEC-020", "follows dots in an id", path_holds("..%2F"), then=answer(200, {"success": True})),
]

STATUS = [
    mutant("SIM-STATUS-001", "isDeployed is a text", operation("getWorkflowStatus"), ok, then=put(isDeployed="yes")),
    mutant("SIM-STATUS-002", "deployed since never", operation("getWorkflowStatus"), ok, then=put(deployedAt=None)),
    mutant("SIM-STATUS-003", "everything is deployed", operation("getWorkflowStatus"), ok, then=put(isDeployed=True)),
    mutant("SIM-STATUS-004", "no word of redeployment", operation("getWorkflowStatus"), then=drop("needsRedeployment")),
    mutant("SIM-STATUS-005", "knows everything", operation("getWorkflowStatus"), status(404), then=with_status(200)),
    mutant(
        "SIM-STATUS-006",
        "tells of another user's workflow",
        operation("getWorkflowStatus"),
        path_holds("other-users"),
        then=answer(200, {"isDeployed": True, "deployedAt": None, "needsRedeployment": False}),
    ),
]

INPUT = [
    mutant("SIM-INPUT-001", "drops a field", runs, ok, then=echoing(lambda value: {"message": value.get("message")})),
    mutant(
        "SIM-INPUT-002", "keeps the key input", body_holds(b'"input"'), ok, then=echoing(lambda value: {"input": value})
    ),
    mutant(
        "SIM-INPUT-003",
        "puts what is below input into a list",
        body_holds(b'"input"'),
        ok,
        then=echoing(lambda value: [value]),
    ),
    mutant("SIM-INPUT-004", "null is empty", runs, ok, then=echoing(lambda value: {} if value is None else value)),
    mutant("SIM-INPUT-005", "ends texts with a blank", runs, ok, then=echoing(blank_at_end)),
    mutant("SIM-INPUT-006", "keeps only ASCII", runs, ok, then=echoing(ascii_only)),
    mutant("SIM-INPUT-007", "takes no more than 500 kB", then=small_bodies),
    mutant(
        "SIM-INPUT-008", "stream leaks", body_holds(b'"stream"'), then=echoing(lambda value: {**value, "stream": False})
    ),
    mutant("SIM-INPUT-009", "the root wins", body_holds(b'"b"'), ok, then=echoing(lambda value: {**value, "b": 2})),
    mutant("SIM-INPUT-010", "wants a body", runs, then=lambda call, reply: reply if call.body else Reply(400)),
    mutant("SIM-INPUT-011", "takes any root", runs, status(400), then=ran),
    mutant("SIM-INPUT-012", "cuts deep inputs", runs, ok, then=echoing(cut_at(30))),
    mutant("SIM-INPUT-013", "takes no files", body_holds(b'"file"'), then=with_status(500)),
    mutant("SIM-INPUT-014", "turns the fields round", runs, ok, then=echoing(turned_round)),
]

RESPONSE_BLOCK = [
    mutant("SIM-RESP-001", "answers 200", path_holds("/response-block/"), status(201), then=with_status(200)),
    mutant("SIM-RESP-002", "loses headers", path_holds("/response-block/"), then=without_headers("x-custom-header")),
    mutant(
        "SIM-RESP-003",
        "wraps the data",
        path_holds("/response-block/"),
        then=fields(lambda body: {"success": True, "output": body}),
    ),
    mutant(
        "SIM-RESP-004",
        "calls JSON text",
        path_holds("/response-block/"),
        status(201),
        then=header("content-type", "text/plain"),
    ),
    mutant("SIM-RESP-005", "needs no key", path_holds("/response-block/"), key(None), then=with_status(201)),
]

SDK = [
    mutant(
        "SIM-SDK-001",
        "tells the SDK something else",
        runs,
        ok,
        then=only_to_the_sdk(echoing(lambda value: {"message": "something else"})),
    ),
    mutant(
        "SIM-SDK-002",
        "tells the SDK something else",
        operation("getUsageLimits"),
        ok,
        then=only_to_the_sdk(inside("rateLimit", lambda rates: rates["sync"].update(limit=7))),
    ),
]

GENERATED = [
    mutant(
        "SIM-GEN-003",
        "fails on ids that it does not know",
        status(404),
        then=lambda call, reply: Reply(500),
    ),
]

MUTANTS = [*AUTH, *EXECUTE, *STATUS, *INPUT, *RESPONSE_BLOCK, *SDK, *GENERATED]
