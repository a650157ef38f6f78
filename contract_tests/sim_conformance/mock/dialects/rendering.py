"""Pieces that every dialect puts together in its own way."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim_conformance.mock.behaviours import Block, Run
from sim_conformance.mock.exchange import Frame, Headers, Reply
from sim_conformance.mock.jsons import Json, as_array, as_object, decode, encode, indented
from sim_conformance.mock.logs import Execution
from sim_conformance.mock.problems import Kind, Problem
from sim_conformance.mock.state import Account

EVENT_STREAM_HEADERS = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
}


@dataclass(frozen=True)
class Order:
    """What a client wants run.

    Attributes:
        selected: outputs to stream, as `blockName.attribute`.
        agent_events: the kinds of agent events that the client wants.
        execution_id: where the client chose one.
    """

    run_input: Json
    stream: bool = False
    background: bool = False
    selected: tuple[str, ...] = ()
    agent_events: frozenset[str] = frozenset()
    execution_id: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Status and words of a refused request; the code where the version sends one."""

    status: int
    message: str
    code: str | None = None


@dataclass(frozen=True)
class Selection:
    """The outputs that a client selected of one block; each path is keys joined by dots."""

    block: Block
    paths: tuple[str, ...]


def json_reply(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer with a JSON body."""
    return Reply(status, Headers({"content-type": "application/json"} | dict(headers or {})), encode(body))


def stream_reply(frames: Sequence[Frame], seconds: float = 0.0) -> Reply:
    """An event stream whose first frame comes after `seconds`."""
    return Reply(200, Headers(EVENT_STREAM_HEADERS), delay=seconds, frames=tuple(frames))


def authored_reply(execution: Execution) -> Reply | None:
    """The answer of a workflow that ends in a Response block, else None."""
    answer = execution.run.answer
    if answer is None:
        return None
    headers = {"content-type": "application/json"} | {name.lower(): text for name, text in answer.headers.items()}
    return Reply(answer.status, Headers(headers), encode(answer.data), execution.run.seconds, free=True)


def derived_code(message: str) -> str:
    """The code that Sim makes of a message that has none."""
    return re.sub(r"\s+", "_", message.upper())


def usage(account: Account) -> dict[str, Json]:
    """What the account has used, in dollars."""
    return {"currentPeriodCost": round(account.cost, 6), "limit": account.usage_limit, "plan": account.plan}


def parsed(body: bytes) -> Json:
    """The body as JSON; an empty one is an empty object."""
    if not body:
        return {}
    try:
        return decode(body)
    except ValueError as error:
        raise Problem(Kind.INVALID_JSON) from error


def words(value: Json) -> tuple[str, ...]:
    """The strings of a JSON array; empty for anything else."""
    return tuple(item for item in as_array(value) or () if isinstance(item, str))


def select(blocks: Sequence[Block], selected: Sequence[str]) -> list[Selection]:
    """The selected outputs, by block, in the blocks' order."""
    selections = [Selection(block, tuple(_paths_of(block, selected))) for block in blocks]
    return [selection for selection in selections if selection.paths]


def _paths_of(block: Block, selected: Sequence[str]) -> list[str]:
    paths: list[str] = []
    for entry in selected:
        name, dot, path = entry.partition(".")
        if dot and _plain(name) in (_plain(block.name), block.id):
            paths.append(path)
        elif entry.startswith(f"{block.id}_"):
            paths.append(entry.removeprefix(f"{block.id}_"))
    return paths


def _plain(name: str) -> str:
    return name.lower().replace(" ", "")


def value_at(output: Mapping[str, Json], path: str) -> Json:
    """The value at a dotted path.

    Raises:
        KeyError: when there is none.
    """
    value: Json = output
    for key in path.split("."):
        fields = as_object(value)
        if fields is None:
            raise KeyError(path)
        value = fields[key]
    return value


def picked(selections: Sequence[Selection]) -> dict[str, dict[str, Json]]:
    """The selected values by block id, then by dotted path as one key."""
    values: dict[str, dict[str, Json]] = {}
    for selection in selections:
        for path in selection.paths:
            try:
                value = value_at(selection.block.output, path)
            except KeyError:
                continue
            values.setdefault(selection.block.id, {})[path] = value
    return values


def shown(value: Json) -> str:
    """An output as the text of a chunk."""
    return value if isinstance(value, str) else indented(value)


def agent_frames(block: Block, *, agent_events: frozenset[str], following: bool) -> list[Frame]:
    """The frames of an agent's pieces, and of its death.

    Args:
        agent_events: the kinds of agent events to send besides.
        following: other outputs came before; a blank line sets this one apart.
    """
    frames: list[Frame] = []
    apart = "\n\n" if following else ""
    for piece in block.pieces:
        if isinstance(piece, str):
            frames.append(Frame({"blockId": block.id, "chunk": apart + piece}, block.piece_delay))
            apart = ""
        elif piece["event"] in agent_events:
            frames.append(Frame({"blockId": block.id, **piece}, block.piece_delay))
    if block.failure is not None:
        frames.append(Frame({"event": "stream_error", "blockId": block.id, "error": block.failure}))
    return frames


def correlation(request_id: str, workflow_id: str, execution_id: str) -> dict[str, Json]:
    """What ties a run to its request."""
    return {
        "source": "workflow",
        "requestId": request_id,
        "workflowId": workflow_id,
        "executionId": execution_id,
        "triggerType": "api",
    }


def workflow_state(run: Run) -> dict[str, Json]:
    """The run's blocks as a workflow: a trigger, then one block after the other."""
    trigger = _state_block("92b73fd8-6d64-48c0-aa0e-f9f15ee13641", "API", "api_trigger")
    blocks = [trigger, *(_state_block(block.id, block.name, block.type) for block in run.blocks)]
    edges: list[dict[str, Json]] = [
        {
            "id": f"edge-{number}",
            "data": {},
            "type": "default",
            "source": before["id"],
            "target": after["id"],
            "sourceHandle": "source",
            "targetHandle": "target",
        }
        for number, (before, after) in enumerate(zip(blocks, blocks[1:], strict=False), start=1)
    ]
    return {"edges": edges, "loops": {}, "blocks": {block["id"]: block for block in blocks}, "parallels": {}}


def _state_block(block_id: str, name: str, block_type: str) -> dict[str, Json]:
    return {
        "id": block_id,
        "data": {},
        "name": name,
        "type": block_type,
        "height": 0,
        "isWide": False,
        "enabled": True,
        "outputs": {},
        "position": {"x": 0, "y": 0},
        "subBlocks": {},
        "triggerMode": False,
        "advancedMode": False,
        "horizontalHandles": True,
    }
