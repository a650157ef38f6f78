"""Event streams: their frames, and that they say the same as an answer in one piece."""

from typing import Any

from sim_conformance.checks.auth import NOBODYS_ID, WRONG_KEY, refused
from sim_conformance.frames import StreamBody
from sim_conformance.mock.jsons import Json, as_object
from sim_conformance.outcome import Deviation, Failure, Skipped, expect
from sim_conformance.reading import ids_in, number_in, object_in, text_in
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server

group = Group(Profile.STREAM)

CLAUSE = page("sdks/python", "Streaming workflow execution")
SELECTED = ["agent1.content"]

STREAMS = 4
"""Streams that may come late before the server is held to send late."""

AT_ONCE = 0.01
"""Seconds within which nobody makes several chunks."""

LONG_RUN = 500.0
"""Milliseconds that a run takes by the server's own account when its chunks cannot have been made at once."""

QUOTED_TERMINATOR = Deviation('the terminator is the JSON string "[DONE]", with quotes', ("2025-10", "2026-08"))
FINAL_EVENT = Deviation("the last event is final, with the result below data", ("2025-10", "2026-08"))
FAILURE_IS_FINAL = Deviation("a run that fails ends with final, with the result below data", ("2025-10",))
FAILURE_IS_ERROR = Deviation("a run that fails ends with an error event instead of a result", ("2026-08",))
DEATH_IS_SUCCESS = Deviation("a run whose agent dies half-way ends as a success", ("2025-10",))


def agent_stream(sim: Server) -> StreamBody:
    """A streamed run of the agent."""
    return sim.stream("agent", {"message": sim.token(), "selectedOutputs": SELECTED})[1]


def block_of(stream: StreamBody) -> str:
    """The only block that a stream has chunks of."""
    blocks = {str(event.get("blockId")) for event in stream.chunks}
    expect(len(blocks) == 1, f"the stream has chunks of {len(blocks)} blocks, not of one")
    return blocks.pop()


@group.must("SIM-STREAM-001", "stream answers 200 with an event stream", CLAUSE, "agent", runs=1)
def media_type(sim: Server) -> None:
    exchange = sim.execute("agent", {"message": sim.token(), "stream": True})
    exchange.expect_status(200)
    expect(exchange.media_type == "text/event-stream", f"the content type is {exchange.media_type!r}")


@group.must("SIM-STREAM-002", "Every frame is `data: `, one line of JSON and a blank line", CLAUSE, "agent", runs=1)
def framing(sim: Server) -> None:
    expect(agent_stream(sim).events, "the stream is empty")


@group.must("SIM-STREAM-003", "The terminator ends the stream, and comes once", CLAUSE, "agent", runs=1)
def terminator(sim: Server) -> None:
    stream = agent_stream(sim)
    expect(stream.terminator is not None, "the stream does not end with [DONE]")
    terminators = [payload for payload in stream.payloads if b"[DONE]" in payload]
    expect(len(terminators) == 1, f"[DONE] comes {len(terminators)} times")


@group.must("SIM-STREAM-004", "The terminator is [DONE]", CLAUSE, "agent", runs=1, deviations=(QUOTED_TERMINATOR,))
def bare_terminator(sim: Server) -> None:
    last = agent_stream(sim).terminator
    sim.known(QUOTED_TERMINATOR, last == b'"[DONE]"')
    expect(last == b"[DONE]", f"the last frame is {last!r}")


@group.must(
    "SIM-STREAM-005",
    "The last event is done, with success, output and metadata beside it",
    CLAUSE,
    "agent",
    runs=1,
    deviations=(FINAL_EVENT,),
)
def done_event(sim: Server) -> None:
    events = agent_stream(sim).events
    last = events[-1] if events else {}
    sim.known(FINAL_EVENT, last.get("event") == "final" and as_object(last.get("data")) is not None)
    expect(last.get("event") == "done", f"the last event is {last.get('event')!r}")
    missing = {"success", "output", "metadata"} - last.keys()
    expect(not missing, f"the last event has no {', '.join(sorted(missing))}")


@group.must("SIM-STREAM-006", "The run ends once, and nothing but the terminator follows", CLAUSE, "agent", runs=1)
def ends_once(sim: Server) -> None:
    stream = agent_stream(sim)
    expect(stream.result().get("success") is True, "the run did not succeed")
    expect(stream.events[-1] == stream.closing[0], "frames follow the end of the run")


@group.must("SIM-STREAM-007", "Every frame is one that the description has", spec("StreamFrame"), "agent", runs=1)
def frames_are_described(sim: Server) -> None:
    exchange, _ = sim.stream("agent", {"message": sim.token(), "selectedOutputs": SELECTED})
    sim.expect_described(exchange)


@group.must(
    "SIM-STREAM-008",
    "The chunks together are the output that the logs keep",
    CLAUSE,
    "agent",
    "main-workspace",
    runs=1,
)
def chunks_are_the_output(sim: Server) -> None:
    since = set(ids_in(sim.log_entries({"workflowIds": sim["agent"], "limit": 20})))
    stream = agent_stream(sim)

    def logged() -> dict[str, Any] | None:
        query = {"workflowIds": sim["agent"], "limit": 20, "details": "full", "includeFinalOutput": "true"}
        new = [entry for entry in sim.log_entries(query) if text_in(entry, "id") not in since]
        return new[0] if new and "finalOutput" in new[0] else None

    entry = sim.awaited(logged, "the run is not in the logs")
    content = _content(entry["finalOutput"])
    text = stream.text(block_of(stream))
    expect(text == content, f"the chunks say {text!r}, the logs {content!r}")


@group.must(
    "SIM-STREAM-009", "The chunks together are the output at the end, where it is there", CLAUSE, "agent", runs=1
)
def chunks_agree_with_end(sim: Server) -> None:
    stream = agent_stream(sim)
    block = block_of(stream)
    text = stream.text(block)
    final = as_object((as_object(stream.result().get("output")) or {}).get(block)) or {}
    expected = final.get("content", sim.settings.agent_text)
    expect(text, "the chunks are empty")
    expect(expected is None or text == expected, f"the chunks say {text!r}, not {expected!r}")


@group.must("SIM-STREAM-010", "Without selected outputs there are no chunks", CLAUSE, "agent", runs=1)
def nothing_selected(sim: Server) -> None:
    _, stream = sim.stream("agent", {"message": sim.token()})
    expect(not stream.chunks, "outputs are streamed that nobody selected")
    content = _content(stream.result().get("output"))
    expect(isinstance(content, str) and content, "the output at the end is not whole")


@group.must("SIM-STREAM-011", "Selecting a block that is not there gives no chunks", CLAUSE, "agent", runs=1)
def unknown_selection(sim: Server) -> None:
    body = {"message": sim.token(), "selectedOutputs": ["sim-conformance-no-block.content"]}
    _, stream = sim.stream("agent", body)
    expect(not stream.chunks, "outputs are streamed that nobody selected")
    expect(stream.result().get("success") is True, "the run did not succeed")


@group.must(
    "SIM-STREAM-012",
    "A run that fails ends with success false and a reason",
    CLAUSE,
    "failing",
    runs=1,
    deviations=(FAILURE_IS_FINAL, FAILURE_IS_ERROR),
)
def failing_run(sim: Server) -> None:
    _, stream = sim.stream("failing", {"message": sim.token()})
    result = stream.result()
    kind = stream.closing[0].get("event")
    reason = result.get("error")
    expect(isinstance(reason, str) and reason, f"the reason is {reason!r}")
    sim.known(FAILURE_IS_ERROR, kind == "error")
    expect(result.get("success") is False, "success is not false")
    sim.known(FAILURE_IS_FINAL, kind == "final")
    expect(kind == "done", f"the last event is {kind!r}")


@group.must("SIM-STREAM-013", "A refusal of a stream is JSON with its status", spec("executeWorkflow 401"), "agent")
def refusals(sim: Server) -> None:
    refused(sim.execute("agent", {"stream": True}, key=WRONG_KEY))
    exchange = sim.execute(NOBODYS_ID, {"stream": True})
    exchange.expect_status(404)
    exchange.fields()


@group.must(
    "SIM-STREAM-014",
    "A client that hangs up half-way leaves the server working",
    CLAUSE,
    "agent",
    runs=2,
)
def hanging_up(sim: Server) -> None:
    sim.execute(
        "agent", {"message": sim.token(), "stream": True, "selectedOutputs": SELECTED}, leave_after=1
    ).expect_status(200)
    expect(agent_stream(sim).terminator is not None, "the next stream does not end")


@group.must(
    "SIM-STREAM-015",
    "An agent that dies half-way is told, and the stream still ends",
    spec("StreamBlockError"),
    "dying-stream",
    runs=1,
)
def dying_agent(sim: Server) -> None:
    _, stream = sim.stream("dying-stream", {"message": sim.token(), "selectedOutputs": SELECTED})
    kinds = [event.get("event") for event in stream.events]
    expect("stream_error" in kinds, f"the events are {kinds}, without stream_error")
    expect(stream.terminator is not None, "the stream does not end with [DONE]")
    stream.result()


@group.must(
    "SIM-STREAM-016",
    "A run whose agent dies half-way is no success",
    CLAUSE,
    "dying-stream",
    runs=1,
    deviations=(DEATH_IS_SUCCESS, FAILURE_IS_ERROR),
)
def dead_run(sim: Server) -> None:
    _, stream = sim.stream("dying-stream", {"message": sim.token(), "selectedOutputs": SELECTED})
    result = stream.result()
    sim.known(DEATH_IS_SUCCESS, result.get("success") is True)
    sim.known(FAILURE_IS_ERROR, stream.closing[0].get("event") == "error")
    expect(result.get("success") is False, f"success is {result.get('success')!r}")


@group.should("SIM-STREAM-017", "Chunks are sent as they are made, not at the end", CLAUSE, "agent", runs=STREAMS + 1)
def chunks_are_prompt(sim: Server) -> None:
    # Once is enough. A stream that is read late, for whatever reason, looks as if it was sent late.
    for _ in range(STREAMS):
        exchange, stream = sim.stream("agent", {"message": sim.token(), "selectedOutputs": SELECTED})
        expect(len(stream.chunks) > 1, "the whole output came as one chunk")
        times = [seconds for seconds, piece in exchange.pieces if b'"chunk"' in piece]
        if times and times[-1] - times[0] > AT_ONCE:
            return
    seen = f"the chunks come within {AT_ONCE * 1000:.0f} ms in {STREAMS} of {STREAMS} streams"
    took = number_in(object_in(sim.succeed("agent", {"message": sim.token()}), "metadata"), "duration")
    if took < LONG_RUN:
        raise Skipped(f"{seen}, and a run takes {took:.0f} ms: to tell when they were sent, let the agent say more")
    raise Failure(f"{seen}, though a run takes {took:.0f} ms: they are kept back until its end")


@group.should("SIM-STREAM-018", "A stream is not to be cached", CLAUSE, "agent", runs=1)
def no_cache(sim: Server) -> None:
    exchange, _ = sim.stream("agent", {"message": sim.token()})
    control = exchange.answer_headers.get("cache-control", "")
    expect("no-cache" in control or "no-store" in control, f"Cache-Control is {control!r}")


@group.must("SIM-STREAM-019", "stream: false answers in one piece", CLAUSE, "agent", runs=1)
def no_stream(sim: Server) -> None:
    exchange = sim.execute("agent", {"message": sim.token(), "stream": False})
    expect(exchange.media_type == "application/json", f"the content type is {exchange.media_type!r}")
    object_in(exchange.fields(), "output")


@group.must("SIM-STREAM-020", "A streamed run gets its input whole", CLAUSE, "echo", runs=1)
def streamed_input(sim: Server) -> None:
    token = sim.token()
    _, stream = sim.stream("echo", {"input": {"message": token}})
    output = as_object(stream.result().get("output")) or {}
    echo = (as_object(output.get("result")) or {}).get("echo")
    expect(echo == {"message": token}, f"the workflow received {echo!r}")


def _content(output: Json) -> Json:
    return (as_object(output) or {}).get("content")
