"""Inputs: what a client sends is what the workflow receives."""

from typing import Any

from hypothesis import strategies

from sim_conformance.mock.jsons import as_object
from sim_conformance.outcome import Deviation, expect
from sim_conformance.properties import JSON_VALUES, TEXTS, for_all
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server

core = Group(Profile.CORE, "echo")

BODY = spec("ExecuteWorkflowBody")
EXAMPLES = 25
"""Random inputs that a check may try at most; each is a run."""

CONTROLS_LEAK = Deviation("stream and selectedOutputs reach the workflow as input", ("2025-10",))
NULL_IS_EMPTY = Deviation("an input of null reaches the workflow as {}", ("2025-10",))
ANY_ROOT = Deviation("a body that is no JSON object is taken for the input", ("2025-10",))


def arrives(sim: Server, body: Any, expected: Any) -> None:
    """Let the check fail unless a body gives a workflow that input."""
    received = sim.echo(body)
    expect(received == expected, f"the workflow received {received!r}, not {expected!r}")


@core.must("SIM-INPUT-001", "Fields at the root are the input", page("sdks/python", "execute_workflow()"), runs=1)
def spread(sim: Server) -> None:
    fields = {"message": sim.token(), "count": 3, "nested": {"list": [1, None, "x"]}}
    arrives(sim, fields, fields)


@core.must("SIM-INPUT-002", "What is below input is the input", BODY, runs=1)
def below_input(sim: Server) -> None:
    fields = {"message": sim.token()}
    arrives(sim, {"input": fields}, fields)


@core.must("SIM-INPUT-003", "Any JSON value below input arrives unchanged", BODY, runs=EXAMPLES)
def any_value(sim: Server) -> None:
    for_all(sim.settings, JSON_VALUES, lambda value: arrives(sim, {"input": value}, value))


@core.must("SIM-INPUT-004", "An input of null arrives as null", BODY, runs=1, deviations=(NULL_IS_EMPTY,))
def null(sim: Server) -> None:
    received = sim.echo({"input": None})
    sim.known(NULL_IS_EMPTY, received == {})
    expect(received is None, f"the workflow received {received!r}")


@core.must("SIM-INPUT-005", "Any text arrives unchanged", BODY, runs=EXAMPLES)
def any_text(sim: Server) -> None:
    for_all(sim.settings, TEXTS, lambda text: arrives(sim, {"message": text}, {"message": text}))


@core.must("SIM-INPUT-006", "Text beyond the usual arrives unchanged", BODY, runs=1)
def unicode(sim: Server) -> None:
    texts = ["e\u0301 é", "日本語", "😀👩\u200d💻", "\u2028\u2029\u0085", "\ufeffBOM", '"\\\t\n', "שלום", "\U0010fffd"]
    arrives(sim, {"texts": texts}, {"texts": texts})


@core.must("SIM-INPUT-007", "An input of one megabyte arrives unchanged", BODY, runs=1)
def megabyte(sim: Server) -> None:
    text = "0123456789abcdef" * 65536
    received = sim.echo({"message": text})
    expect(received == {"message": text}, "a message of one megabyte did not arrive as it was sent")


@core.must(
    "SIM-INPUT-008",
    "Keys that control a run do not reach the workflow",
    BODY,
    runs=1,
    deviations=(CONTROLS_LEAK,),
)
def control_keys(sim: Server) -> None:
    fields = {"message": sim.token()}
    received = sim.echo({**fields, "stream": False, "selectedOutputs": []})
    sim.known(CONTROLS_LEAK, received == {**fields, "stream": False, "selectedOutputs": []})
    expect(received == fields, f"the workflow received {received!r}")


@core.must("SIM-INPUT-009", "input wins over other fields at the root", BODY, runs=1)
def input_wins(sim: Server) -> None:
    arrives(sim, {"input": {"a": 1}, "b": 2}, {"a": 1})


@core.must("SIM-INPUT-010", "No body is an empty input", BODY, runs=1)
def no_body(sim: Server) -> None:
    received = sim.echo(None, raw=b"")
    expect(received == {}, f"the workflow received {received!r}")


@core.must(
    "SIM-INPUT-011",
    "A body that is no JSON object is refused with 400",
    BODY,
    runs=3,
    deviations=(ANY_ROOT,),
)
def other_roots(sim: Server) -> None:
    for root in ([1, 2], "text", 7):
        exchange = sim.execute("echo", root)
        sim.known(ANY_ROOT, exchange.status == 200)
        exchange.expect_status(400)


@core.must("SIM-INPUT-012", "A deeply nested input arrives unchanged", BODY, runs=1)
def deep(sim: Server) -> None:
    value: Any = "bottom"
    for _ in range(60):
        value = {"down": value}
    arrives(sim, {"input": value}, value)


@core.must("SIM-INPUT-013", "An input with a file in it is taken", spec("FileInput"), runs=1)
def file(sim: Server) -> None:
    content = {"type": "file", "data": "data:text/plain;base64,aGVsbG8=", "name": "hello.txt", "mime": "text/plain"}
    sim.succeed("echo", {"message": sim.token(), "documents": [content]})


@core.must("SIM-INPUT-014", "Field names arrive unchanged and in their order", BODY, runs=EXAMPLES)
def field_names(sim: Server) -> None:
    names = strategies.lists(TEXTS.filter(lambda name: name and not name.isdigit()), unique=True, max_size=6)

    def in_order(wanted: list[str]) -> None:
        received = sim.echo({"input": dict.fromkeys(wanted, 1)})
        arrived = list(as_object(received) or {})
        expect(arrived == wanted, f"the fields {wanted!r} arrived as {arrived!r}")

    for_all(sim.settings, names, in_order)
