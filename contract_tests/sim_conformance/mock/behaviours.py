"""What a workflow does when it runs: a script instead of blocks and models."""

import itertools
import uuid
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sim_conformance.mock.checked import expect_a, expect_headers, expect_json, expect_number
from sim_conformance.mock.jsons import Json

Piece = str | Mapping[str, Json]
"""A chunk of text, or an agent event's fields (`{"event": "chunk_reset"}`); the block's id is put before them."""

PAGE_BLOCK_ID = "7b7735b9-19e5-4bd6-818b-46aae2596e9f"
"""The block of the documentation's streaming sample."""


@dataclass(frozen=True)
class Block:
    """One block of a run.

    Attributes:
        type: `function`, `agent` or `response`.
        output: what it put out; partial where it died.
        pieces: an agent's output as it came.
        piece_delay: seconds between two pieces.
        failure: what it died of half-way, if it did.
        model: the model that an agent used.
    """

    id: str
    name: str
    type: str
    output: Mapping[str, Json]
    pieces: tuple[Piece, ...] = ()
    piece_delay: float = 0.0
    failure: str | None = None
    model: str | None = None

    @property
    def text(self) -> str:
        """An agent's text as far as it came."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))


@dataclass(frozen=True)
class Answer:
    """A response block's own HTTP answer; `data` may be any JSON value."""

    status: int
    headers: Mapping[str, str]
    data: Json


@dataclass(frozen=True)
class Run:
    """How a workflow ran.

    Attributes:
        output: the last block's output; empty where the run failed.
        failed_block: display name of the block that failed.
        author_mistake: it failed because of the workflow's own fault, such as a bad reference.
        seconds: how long it takes, in real time.
        answer: the HTTP answer of a response block.
    """

    success: bool
    output: Json
    blocks: tuple[Block, ...]
    error: str | None = None
    failed_block: str = ""
    author_mistake: bool = False
    seconds: float = 0.0
    answer: Answer | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The models that it used."""
        return tuple(block.model for block in self.blocks if block.model)


def is_piece(value: object) -> bool:
    """Whether an agent can put it out."""
    return isinstance(value, str) or (isinstance(value, Mapping) and isinstance(value.get("event"), str))


class Behaviour(Protocol):
    """What a workflow does with its input."""

    def run(self, run_input: Json) -> Run:
        """Run once."""
        ...


@dataclass(frozen=True)
class Echo:
    """A function block that gives its input back as `{"result": {"echo": input}, "stdout": …}`."""

    stdout: str = ""
    block_id: str = "38a27bf5-f6d3-48ac-aef7-3a34f5edc9b2"
    block_name: str = "Function 1"

    def __post_init__(self) -> None:
        expect_a(str, stdout=self.stdout, block_id=self.block_id, block_name=self.block_name)

    def run(self, run_input: Json) -> Run:
        """Run once."""
        output = {"result": {"echo": run_input}, "stdout": self.stdout}
        return Run(True, output, (Block(self.block_id, self.block_name, "function", output),))


@dataclass(frozen=True)
class Failing:
    """A function block that throws.

    Attributes:
        author_mistake: the workflow is wrong, not what it was given.
    """

    error: str = 'Line 1: `throw new Error("boom from function")` - boom from function'
    author_mistake: bool = False
    block_id: str = "6b0d3c5e-5a0f-4f0e-9a53-2d1f6a0f3b11"
    block_name: str = "Function 1"

    def __post_init__(self) -> None:
        expect_a(str, error=self.error, block_id=self.block_id, block_name=self.block_name)
        expect_a(bool, author_mistake=self.author_mistake)

    def run(self, run_input: Json) -> Run:
        """Run once."""
        block = Block(self.block_id, self.block_name, "function", {"error": self.error})
        return Run(
            False,
            {},
            (block,),
            error=self.error,
            failed_block=self.block_name,
            author_mistake=self.author_mistake,
        )


@dataclass(frozen=True)
class Slow:
    """A function block that takes `seconds` of real time."""

    seconds: float = 3.0
    result: str = "slow done"
    block_id: str = "1f7b8a52-0d52-4a0c-9a0a-5b3e6f1c2d44"
    block_name: str = "Function 1"

    def __post_init__(self) -> None:
        expect_a(str, result=self.result, block_id=self.block_id, block_name=self.block_name)
        expect_number("seconds", self.seconds, 0, kind=(int, float))

    def run(self, run_input: Json) -> Run:
        """Run once."""
        output = {"result": self.result, "stdout": ""}
        block = Block(self.block_id, self.block_name, "function", output)
        return Run(True, output, (block,), seconds=self.seconds)


@dataclass(frozen=True)
class Agent:
    """An agent block whose text comes in pieces.

    Attributes:
        chunks: the pieces, in order.
        delay: seconds before each piece of a stream.
        dies_after: the number of pieces after which the model's stream breaks; None for never.
        error: what it then says.
    """

    chunks: Sequence[Piece] = ("One", ", two", ", three", ", four", ", five")
    delay: float = 0.0
    model: str = "mock-model"
    block_id: str = PAGE_BLOCK_ID
    block_name: str = "agent1"
    dies_after: int | None = None
    error: str = "terminated"

    def __post_init__(self) -> None:
        expect_a(str, model=self.model, error=self.error, block_id=self.block_id, block_name=self.block_name)
        expect_number("delay", self.delay, 0, kind=(int, float))
        if self.dies_after is not None:
            expect_number("dies_after", self.dies_after, 0)
        if isinstance(self.chunks, str) or not isinstance(self.chunks, Sequence) or not all(map(is_piece, self.chunks)):
            raise ValueError(f"chunks must be a list of texts and of objects with an event, got {self.chunks!r}")

    def run(self, run_input: Json) -> Run:
        """Run once."""
        pieces = tuple(self.chunks[: self.dies_after])
        block = Block(self.block_id, self.block_name, "agent", {}, pieces, self.delay, model=self.model)
        if self.dies_after is not None:
            dead = replace(block, output={"content": block.text}, failure=self.error)
            return Run(False, {}, (dead,), error=self.error, failed_block=self.block_name)
        done = replace(block, output=self._output(block.text, len(pieces)))
        return Run(True, done.output, (done,))

    def _output(self, content: str, tokens: int) -> dict[str, Json]:
        return {
            "content": content,
            "model": self.model,
            "tokens": {"prompt": 12, "completion": tokens, "total": 12 + tokens},
            "toolCalls": {"list": [], "count": 0},
            "cost": {"input": 0, "output": 0, "total": 0},
        }


@dataclass(frozen=True)
class ResponseBlock:
    """A workflow that ends in a Response block: its author's own status, headers and JSON body."""

    data: Json = field(default_factory=lambda: {"created": True, "id": 42, "items": ["a", "b"]})
    status: int = 201
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/json", "X-Custom-Header": "custom-value"}
    )
    block_id: str = "4769e304-5951-4c82-aec1-14ddd281a3f3"
    block_name: str = "Response 1"

    def __post_init__(self) -> None:
        expect_a(str, block_id=self.block_id, block_name=self.block_name)
        expect_number("status", self.status, 200, 599)
        expect_headers(self.headers)
        expect_json("data", self.data)

    def run(self, run_input: Json) -> Run:
        """Run once."""
        output = {"data": self.data, "status": self.status, "headers": dict(self.headers)}
        block = Block(self.block_id, self.block_name, "response", output)
        return Run(True, output, (block,), answer=Answer(self.status, self.headers, self.data))


@dataclass(frozen=True)
class Chain:
    """Behaviours one after the other, up to the first that fails; the last one's output is the run's.

    Blocks of one name are numbered as Sim does: a second `agent1` is `agent2`, and has an id of its own.
    """

    steps: Sequence[Behaviour]

    def run(self, run_input: Json) -> Run:
        """Run once."""
        blocks: tuple[Block, ...] = ()
        seconds = 0.0
        last = Run(True, {}, ())
        for step in self.steps:
            last = distinct(step.run(run_input), blocks)
            blocks += last.blocks
            seconds += last.seconds
            if not last.success:
                break
        return replace(last, blocks=blocks, seconds=seconds)


def distinct(run: Run, before: Sequence[Block]) -> Run:
    """The run with names and ids that no block before it has."""
    taken = list(before)
    failed_block = run.failed_block
    for block in run.blocks:
        name = free_name(block.name, {other.name for other in taken})
        known = block.id in {other.id for other in taken}
        block_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{block.id} {len(taken)}")) if known else block.id
        taken.append(replace(block, id=block_id, name=name))
        failed_block = name if run.failed_block == block.name else failed_block
    return replace(run, blocks=tuple(taken[len(before) :]), failed_block=failed_block)


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or the next that is free when its number is counted up."""
    stem = name.rstrip("0123456789")
    numbered = (f"{stem}{number}" for number in itertools.count(int(name[len(stem) :] or 1) + 1))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


BEHAVIOURS: Mapping[str, Callable[..., Behaviour]] = {
    "echo": Echo,
    "failing": Failing,
    "slow": Slow,
    "agent": Agent,
    "response-block": ResponseBlock,
}
"""The behaviours by the names that the control API knows."""


def behaviour_named(name: str, options: Mapping[str, Any]) -> Behaviour:
    """The behaviour of that name with those fields.

    Raises:
        ValueError: for an unknown name or field, or a field of a type that is not its.
    """
    if name not in BEHAVIOURS:
        raise ValueError(f"unknown behaviour {name!r}; known: {', '.join(BEHAVIOURS)}")
    try:
        return BEHAVIOURS[name](**options)
    except TypeError as error:
        raise ValueError(str(error)) from error
