"""Recorded exchanges of real servers, and a mock that is set up like those servers were."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_conformance.mock import Agent, Echo, Failing, MockSim, ResponseBlock, Slow

ROOT = Path(__file__).parents[1] / "recordings"

NOISE_HEADERS = {"content-length", "transfer-encoding"}

# What differs from one run to the next, and what stands for it in a comparison.
VOLATILE = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>"),
    (r"workspace-main|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
    (r"run_[0-9a-f]{25}", "run_<hex>"),
    (r'"requestId":"[0-9a-f]{8}"', '"requestId":"<hex>"'),
    (r'"(duration|totalDurationMs|currentPeriodCost|remaining|retryAfter)":[0-9.]+', r'"\1":<number>'),
    (r'"nextCursor":"[^"]+"', '"nextCursor":"<cursor>"'),
    (r"localhost:3200|127\.0\.0\.1:\d+", "<host>"),
)

AGENT_CHUNKS = (
    *("Hello", ",", " this", " is", " a", " fake", " model", ".", " Unicode:", " é", " 漢字", " 🎉"),
    *(" done", ".\n", "- item 1\n", "- item 2\n", '"quoted"', " end"),
)

WORKSPACE = "ec15480c-f112-4e6c-ab9c-4538448487f2"
ECHO = "4b5fe2cb-21ae-4245-a911-780674a687ea"
FAILING = "9d48a485-9a61-4f23-a730-65efec7c690b"
SLOW = "48c3ccf9-1b74-4b1a-ae9c-f32616b42e50"


@dataclass(frozen=True)
class Exchange:
    """A recorded request and its answer."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer_headers: frozenset[str]
    answer: str


def recorded(version: str, name: str) -> Exchange:
    """The exchange of that name."""
    exchange = json.loads((ROOT / version / f"{name}.json").read_text(encoding="utf-8"))
    request, response = exchange["request"], exchange["response"]
    return Exchange(
        request["method"],
        request["path"],
        request["headers"],
        request["body"].encode(),
        response["status"],
        shown_headers(response["headers"]),
        shape(response["body"]),
    )


def body_of(version: str, name: str) -> Any:
    """The JSON body of a recorded answer."""
    exchange = json.loads((ROOT / version / f"{name}.json").read_text(encoding="utf-8"))
    return json.loads(exchange["response"]["body"])


def shown_headers(headers: Any) -> frozenset[str]:
    """The names of the headers that mean something."""
    return frozenset(name.lower() for name in headers) - NOISE_HEADERS


def shape(body: str) -> str:
    """The body with what is volatile in it named, not spelt out."""
    for pattern, name in VOLATILE:
        body = re.sub(pattern, name, body)
    return body


def set_up(sim: MockSim) -> None:
    """Give the mock the keys and the workflows of the servers that were recorded."""
    old = sim.dialect == "2025-10"
    for name in ("main", "wksp", "limit", "broke"):
        sim.add_key(f"sk-sim-test-{name}")
    sim.add_key("sk-sim-test-expi", expired=True)
    thrown = f'Line 1{":11" if old else ""}: `throw new Error("boom from function")` - boom from function'
    sim.add_workflow(ECHO, Echo(stdout="log line 1\n" if old else "log line 1"), name="echo")
    sim.add_workflow(FAILING, Failing(thrown))
    sim.add_workflow(SLOW, Slow(0.0))
    sim.add_workflow("48037675-02ee-4a3f-a815-48a69ec26b77", Echo())
    sim.add_workflow("d3d48054-5c97-4a36-aa15-c2ded703ca50", Echo())
    sim.add_workflow("3a08ea54-401f-49dc-ab32-8651e2ea0f4d", Echo(), deployed=False)
    sim.add_workflow("e026cfef-7ec1-4682-ad3d-b54f3fe13342", Echo(), triggered=False)
    headers = {"Content-Type": "application/json", "X-Custom-Header": "custom-value", "Cache-Control": "max-age=60"}
    sim.add_workflow("81d5991c-720d-4343-ac0f-fd0e236815a7", ResponseBlock(headers=headers))
    text = ResponseBlock("plain words, not json", 200, {"Content-Type": "text/plain"})
    sim.add_workflow("dab0a5e2-c05b-4c7b-a5d8-460299f6258c", text)
    sim.add_workflow("0a2fae8b-e82e-43bd-a703-c1c2971f29ca", Agent(AGENT_CHUNKS, block_name="Agent 1"))
    dying = Agent(AGENT_CHUNKS, block_name="Agent 1", dies_after=4)
    sim.add_workflow("3c64d4e7-0c25-4198-ad4f-e5ed0b7ced7d", dying)
    reference = '"nosuch.deep" doesn\'t exist on block "function1". Available fields: result, stdout'
    mistaken = Failing(reference, author_mistake=True, block_name="Function 2")
    sim.add_workflow("03fff259-03f4-484c-af0c-6b6a8d2a02bd", mistaken)
