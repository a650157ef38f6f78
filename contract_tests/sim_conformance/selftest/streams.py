"""Mutants for the profile stream."""

from dataclasses import replace
from typing import Any

from sim_conformance.mock.exchange import Call, Distortion, Frame, Reply
from sim_conformance.mock.jsons import as_object
from sim_conformance.selftest.core import only_to_the_sdk
from sim_conformance.selftest.distort import (
    Fields,
    Mutant,
    as_stream,
    body_holds,
    closing,
    frames,
    header,
    inside,
    mutant,
    ok,
    path_holds,
    raw_stream,
    runs,
    status,
    streamed,
    when,
)


def is_chunk(frame: Frame) -> bool:
    """Whether a frame carries output."""
    return "chunk" in (as_object(frame.data) or {})


def event_of(frame: Frame) -> Any:
    """The kind of a frame."""
    return (as_object(frame.data) or {}).get("event")


def first_chunk_twice(all_frames: list[Frame]) -> list[Frame]:
    """A chunk is repeated."""
    chunks = [frame for frame in all_frames if is_chunk(frame)]
    return [*chunks[:1], *all_frames]


def without_event(kind: str) -> Any:
    """Leaves out the frames of a kind."""
    return frames(lambda all_frames: [frame for frame in all_frames if event_of(frame) != kind])


def as_final(all_frames: list[Frame]) -> list[Frame]:
    """The result is below data, and its frame is called final."""
    return [
        replace(frame, data={"event": "final", "data": frame.data}) if event_of(frame) == "done" else frame
        for frame in all_frames
    ]


def unselected_chunk(all_frames: list[Frame]) -> list[Frame]:
    """A chunk comes that nobody selected."""
    return [Frame({"blockId": "nobody", "chunk": "x"}), *all_frames]


def falls_ill_when_left() -> Distortion:
    """A server that streams once and never again."""
    streams = 0

    def distort(call: Call, reply: Reply) -> Reply:
        nonlocal streams
        if reply.frames is None:
            return reply
        streams += 1
        return Reply(503) if streams > 1 else reply

    return distort


def held_back() -> Distortion:
    """Streams come at their end, and runs take three seconds."""
    at_the_end = when(streamed, then=raw_stream(bytes))
    long_run = when(runs, ok, then=inside("metadata", lambda metadata: metadata.update(duration=3000)))

    def distort(call: Call, reply: Reply) -> Reply:
        return at_the_end(call, reply) if reply.frames is not None else long_run(call, reply)

    return distort


def lose_output(event: Fields) -> None:
    """The output is empty."""
    event["output"] = {}


MUTANTS = [
    mutant("SIM-STREAM-001", "calls the stream text", streamed, then=header("content-type", "text/plain")),
    mutant(
        "SIM-STREAM-002",
        "ends lines with CRLF",
        streamed,
        then=raw_stream(lambda body: body.replace(b"\n\n", b"\r\n\r\n")),
    ),
    mutant("SIM-STREAM-003", "has no terminator", streamed, then=frames(lambda all_frames: all_frames[:-1])),
    mutant(
        "SIM-STREAM-004",
        "quotes the terminator",
        streamed,
        then=frames(lambda all_frames: [*all_frames[:-1], Frame("[DONE]")]),
    ),
    mutant("SIM-STREAM-005", "ends with final", streamed, then=frames(as_final)),
    mutant(
        "SIM-STREAM-006",
        "ends twice",
        streamed,
        then=frames(lambda all_frames: [*all_frames[:-1], all_frames[-2], all_frames[-1]]),
    ),
    mutant(
        "SIM-STREAM-007",
        "sends a frame that nobody knows",
        streamed,
        then=frames(lambda all_frames: [Frame({"chunk": 7}), *all_frames]),
    ),
    mutant("SIM-STREAM-008", "repeats a chunk", streamed, then=frames(first_chunk_twice)),
    mutant("SIM-STREAM-009", "repeats a chunk", streamed, then=frames(first_chunk_twice)),
    mutant("SIM-STREAM-010", "leaves the output out", streamed, then=closing(lose_output)),
    mutant("SIM-STREAM-011", "streams what nobody selected", streamed, then=frames(unselected_chunk)),
    mutant(
        "SIM-STREAM-012",
        "a failure ends as a success",
        streamed,
        path_holds("/failing/"),
        then=closing(lambda event: event.update(success=True)),
    ),
    mutant("SIM-STREAM-013", "refuses in the stream", runs, status(401), then=as_stream),
    Mutant("SIM-STREAM-014", "falls ill when a client hangs up", falls_ill_when_left),
    mutant("SIM-STREAM-015", "hides the death", path_holds("/dying-stream/"), then=without_event("stream_error")),
    mutant(
        "SIM-STREAM-016",
        "a death ends as a success",
        path_holds("/dying-stream/"),
        then=closing(lambda event: event.update(success=True)),
    ),
    Mutant("SIM-STREAM-017", "sends all at the end", held_back),
    mutant("SIM-STREAM-018", "may be cached", streamed, then=header("cache-control", "max-age=60")),
    mutant("SIM-STREAM-019", "streams against its will", body_holds(b'"stream": false'), then=as_stream),
    mutant(
        "SIM-STREAM-020",
        "loses the input",
        streamed,
        path_holds("/echo/"),
        then=closing(lambda event: event["output"]["result"].update(echo={})),
    ),
    mutant("SIM-SDK-003", "repeats a chunk to the SDK", streamed, then=only_to_the_sdk(frames(first_chunk_twice))),
]
