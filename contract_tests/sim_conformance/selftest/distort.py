"""Pieces to make distortions of: when an answer is changed, and how."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sim_conformance.mock.clock import epoch, iso
from sim_conformance.mock.dialects.rendering import json_reply, stream_reply
from sim_conformance.mock.exchange import Call, Distortion, Frame, Reply
from sim_conformance.mock.jsons import Json, as_object, decode, encode
from sim_conformance.mock.operations import match

Condition = Callable[[Call, Reply], bool]
Change = Callable[[Call, Reply], Reply]
Fields = dict[str, Any]


@dataclass(frozen=True)
class Mutant:
    """A server that breaks one rule.

    Attributes:
        check: the id of the check that has to notice.
        what: how it breaks the rule.
        make: gives the distortion, new for each server: it may remember what it has seen.
    """

    check: str
    what: str
    make: Callable[[], Distortion]


def mutant(check: str, what: str, *conditions: Condition, then: Change) -> Mutant:
    """A mutant that changes the answers for which all conditions hold."""
    return Mutant(check, what, lambda: when(*conditions, then=then))


def when(*conditions: Condition, then: Change) -> Distortion:
    """The distortion that changes the answers for which all conditions hold."""

    def distort(call: Call, reply: Reply) -> Reply:
        return then(call, reply) if all(holds(call, reply) for holds in conditions) else reply

    return distort


# When


def operation(*names: str) -> Condition:
    """Requests of these operations."""
    return lambda call, reply: operation_of(call) in names


def operation_of(call: Call) -> str | None:
    """The operationId of a request."""
    matched = match(call.path)
    return matched[0] if matched else None


def status(*numbers: int) -> Condition:
    """Answers of these statuses."""
    return lambda call, reply: reply.status in numbers


def key(value: str | None) -> Condition:
    """Requests with this key; None for without one."""
    return lambda call, reply: call.headers.get("x-api-key") == value


def method(*names: str) -> Condition:
    """Requests of these methods."""
    return lambda call, reply: call.method in names


def path_holds(text: str) -> Condition:
    """Requests whose path holds a text."""
    return lambda call, reply: text in call.path


def asked(*names: str) -> Condition:
    """Requests whose query has all of these parameters."""
    return lambda call, reply: set(names) <= call.arguments.keys()


def asked_for(name: str, value: str) -> Condition:
    """Requests whose query has this parameter with this value."""
    return lambda call, reply: call.arguments.get(name) == value


def body_holds(text: bytes) -> Condition:
    """Requests whose body holds these bytes."""
    return lambda call, reply: text in call.body


def in_background(call: Call, reply: Reply) -> bool:
    """Requests for an async run."""
    return call.headers.get("x-execution-mode") == "async"


def in_foreground(call: Call, reply: Reply) -> bool:
    """Requests for a sync run."""
    return not in_background(call, reply)


def streamed(call: Call, reply: Reply) -> bool:
    """Answers that are event streams."""
    return reply.frames is not None


runs = operation("executeWorkflow")
jobs = operation("getJob")
logs = operation("listLogs")
ok = status(200)


# How


def answer(number: int, body: Json) -> Change:
    """Another answer altogether."""
    return lambda call, reply: json_reply(number, body)


def with_status(number: int) -> Change:
    """The same with another status."""

    def change(call: Call, reply: Reply) -> Reply:
        reply.status = number
        return reply

    return change


def header(name: str, value: str) -> Change:
    """The same with another header."""

    def change(call: Call, reply: Reply) -> Reply:
        reply.headers[name] = value
        return reply

    return change


def without_headers(*names: str) -> Change:
    """The same without some headers."""

    def change(call: Call, reply: Reply) -> Reply:
        for name in names:
            reply.headers.pop(name, None)
        return reply

    return change


def fields(edit: Callable[[Fields], Any]) -> Change:
    """The same with changed fields; the edit changes them in place, or returns others."""

    def change(call: Call, reply: Reply) -> Reply:
        body = as_object(decode(reply.body))
        if body is not None:
            edited = edit(body)
            reply.body = encode(body if edited is None else edited)
        return reply

    return change


def put(**values: Json) -> Change:
    """The same with other values in some fields."""
    return fields(lambda body: body.update(values))


def drop(*names: str) -> Change:
    """The same without some fields."""

    def edit(body: Fields) -> None:
        for name in names:
            body.pop(name, None)

    return fields(edit)


def inside(name: str, edit: Callable[[Fields], Any]) -> Change:
    """The same with changed fields of the object in a field."""
    return fields(lambda body: edit(body[name]) and None)


def frames(edit: Callable[[list[Frame]], Iterable[Frame]]) -> Change:
    """The same with other frames."""

    def change(call: Call, reply: Reply) -> Reply:
        reply.frames = tuple(edit(list(reply.frames or ())))
        return reply

    return change


def closing(edit: Callable[[Fields], Any]) -> Change:
    """The same with changed fields in the frame that ends the run."""

    def in_frames(all_frames: list[Frame]) -> Sequence[Frame]:
        for frame in all_frames:
            event = as_object(frame.data)
            if event is not None and event.get("event") == "done":
                edit(event)
        return all_frames

    return frames(in_frames)


def raw_stream(edit: Callable[[bytes], bytes]) -> Change:
    """The same with other bytes in the stream."""

    def change(call: Call, reply: Reply) -> Reply:
        reply.body = edit(b"".join(piece for _, piece in reply.pieces()))
        reply.frames = None
        return reply

    return change


def as_stream(call: Call, reply: Reply) -> Reply:
    """The answer as an event stream."""
    return stream_reply([Frame({"event": "error", "error": "refused"}), Frame("[DONE]", bare=True)])


def ran(call: Call, reply: Reply) -> Reply:
    """The answer of a run that succeeded."""
    return json_reply(200, {"success": True, "output": {"result": {"echo": {}}, "stdout": ""}, "metadata": {}})


def moved_time(name: str, seconds: float) -> Callable[[Fields], None]:
    """Moves the time in a field."""

    def edit(body: Fields) -> None:
        body[name] = iso(epoch(body[name]) + seconds)

    return edit
