"""Event streams: their bytes in each dialect, their pace, and how they break off."""

import json
import time

import pytest
from urllib3.exceptions import ProtocolError

from contract_tests.mock.http_client import Client
from sim_conformance.mock import Agent, Chain, Echo, Fault, MockSim, Slow

BLOCK = "7b7735b9-19e5-4bd6-818b-46aae2596e9f"
SELECTED = {"stream": True, "selectedOutputs": ["agent1.content"]}


def frames(body: bytes) -> list[object]:
    """The JSON values of a stream whose framing is exactly Sim's."""
    assert body.endswith(b"\n\n")
    lines = body.decode()[:-2].split("\n\n")
    assert all(line.startswith("data: ") and "\n" not in line for line in lines)
    payloads = [line.removeprefix("data: ") for line in lines]
    return [payload if payload == "[DONE]" else json.loads(payload) for payload in payloads]


def test_the_documentations_stream_is_sent_byte_for_byte(documented: MockSim) -> None:
    documented.add_workflow("short", Agent(("One", ", two")))
    with Client(documented) as client:
        response = client.run("short", SELECTED)
    head, _, tail = response.data.partition(b'"metadata":')
    assert head == (
        b'data: {"blockId":"7b7735b9-19e5-4bd6-818b-46aae2596e9f","chunk":"One"}\n\n'
        b'data: {"blockId":"7b7735b9-19e5-4bd6-818b-46aae2596e9f","chunk":", two"}\n\n'
        b'data: {"event":"done","success":true,"output":{},'
    )
    assert tail.endswith(b"}}\n\ndata: [DONE]\n\n")
    assert response.headers["Content-Type"] == "text/event-stream"


@pytest.mark.parametrize("workflow_id", ["workflow-id", "my-workflow-id", "workflow-1", "workflow-2", "WORKFLOW_ID"])
def test_the_documentations_workflows_stream_an_agent_and_echo_otherwise(
    sim: MockSim, client: Client, workflow_id: str
) -> None:
    streamed = frames(client.run(workflow_id, {"message": "Count to five", **SELECTED}).data)
    chunks = [frame["chunk"] for frame in streamed if isinstance(frame, dict) and "chunk" in frame]
    assert "".join(chunks) == "One, two, three, four, five"
    output = client.run(workflow_id, {"message": "hello"}).json()["output"]
    assert output["result"]["echo"] == {"message": "hello"}


def test_each_dialect_ends_a_stream_in_its_own_way(sim: MockSim, client: Client) -> None:
    streamed = frames(client.run("agent", SELECTED).data)
    assert streamed[-1] == "[DONE]"
    assert client.run("agent", SELECTED).data.endswith(
        b"data: [DONE]\n\n" if sim.dialect == "documented" else b'data: "[DONE]"\n\n'
    )
    final = streamed[-2]
    assert isinstance(final, dict)
    if sim.dialect == "documented":
        assert (final["event"], final["success"], final["output"]) == ("done", True, {})
    elif sim.dialect == "2025-10":
        output = {BLOCK: {"content": "One, two, three, four, five"}}
        assert final == {"event": "final", "data": {"success": True, "output": output}}
    else:
        assert final == {"event": "final", "data": {"success": True, "output": {}}}


def test_each_dialect_tells_of_a_block_that_died_in_its_own_way(sim: MockSim, client: Client) -> None:
    streamed = frames(client.run("dying-stream", SELECTED).data)
    assert streamed[2] == {"event": "stream_error", "blockId": BLOCK, "error": "terminated"}
    end = streamed[3]
    assert isinstance(end, dict)
    if sim.dialect == "documented":
        assert (end["event"], end["success"], end["error"]) == ("done", False, "terminated")
    elif sim.dialect == "2025-10":
        assert end["data"] == {"success": True, "output": {BLOCK: {"content": "One, two"}}}
    else:
        assert end == {"event": "error", "error": "agent1: terminated"}


def test_a_later_output_starts_with_a_blank_line(sim: MockSim, client: Client) -> None:
    sim.add_workflow("two", Chain((Agent(("a", "b")), Agent(("c", "d"), block_id="second", block_name="agent2"))))
    streamed = frames(client.run("two", {"stream": True, "selectedOutputs": ["agent2.content", "agent1.content"]}).data)
    chunks = [frame["chunk"] for frame in streamed if isinstance(frame, dict) and "chunk" in frame]
    assert chunks == ["a", "b", "\n\nc", "d"]


def test_blocks_of_one_name_are_told_apart(sim: MockSim, client: Client) -> None:
    twins = Chain((Agent(("a",)), Agent(("b",)), Agent(("c",), dies_after=0)))
    sim.add_workflow("twins", Chain((Agent(("x",)), twins)))
    selected = [f"agent{number}.content" for number in (1, 2, 3, 4)]
    streamed = frames(client.run("twins", {"stream": True, "selectedOutputs": selected}).data)
    chunks = [frame for frame in streamed if isinstance(frame, dict) and "chunk" in frame]
    assert [frame["chunk"].strip() for frame in chunks] == ["x", "a", "b"]
    assert chunks[0]["blockId"] == BLOCK
    assert len({frame["blockId"] for frame in chunks}) == 3
    again = frames(client.run("twins", {"stream": True, "selectedOutputs": selected}).data)
    assert [frame for frame in again if isinstance(frame, dict) and "chunk" in frame] == chunks
    assert sim.violations == []
    if sim.dialect == "2026-08":
        assert streamed[-2] == {"event": "error", "error": "agent4: terminated"}


def test_other_outputs_are_streamed_as_indented_json_except_in_august_2026(sim: MockSim, client: Client) -> None:
    body = {"n": 1, "stream": True, "selectedOutputs": ["function1.result"]}
    first = frames(client.run("echo", body).data)[0]
    assert isinstance(first, dict)
    if sim.dialect == "2026-08":
        assert first["event"] == "final"
    else:
        assert first["chunk"].startswith('{\n  "echo": {\n    "n": 1')


def test_agent_events_are_sent_to_clients_that_ask_for_them_in_august_2026_only(sim: MockSim, client: Client) -> None:
    events = ({"event": "thinking", "data": "hm"}, "wrong", {"event": "chunk_reset"}, "right")
    sim.add_workflow("thinker", Agent(events))
    with_header = {"X_Sim_Stream_Protocol": "agent-events-v1"}
    plain = frames(client.run("thinker", SELECTED).data)
    asked = frames(client.run("thinker", SELECTED | {"includeThinking": True}, **with_header).data)
    kinds = [frame.get("event", "chunk") for frame in asked[:-2] if isinstance(frame, dict)]
    assert [frame.get("event", "chunk") for frame in plain[:-2] if isinstance(frame, dict)] == ["chunk"] * 2
    assert kinds == (["thinking", "chunk", "chunk_reset", "chunk"] if sim.dialect == "2026-08" else ["chunk"] * 2)
    assert sim.violations == []


def test_pieces_come_at_their_pace(documented: MockSim) -> None:
    documented.add_workflow("paced", Agent(("a", "b", "c"), delay=0.1))
    with Client(documented) as client:
        began = time.monotonic()
        response = client.run("paced", SELECTED, preload=False)
        first = response.read1()
        rest = response.read()
    assert time.monotonic() - began >= 0.3
    assert b'"chunk":"a"' in first
    assert b"[DONE]" not in first
    assert rest.endswith(b"[DONE]\n\n")


def test_a_slow_run_takes_real_time_whatever_the_clock_says(documented: MockSim) -> None:
    documented.add_workflow("slowish", Slow(0.1))
    with Client(documented) as client:
        began = time.monotonic()
        result = client.run("slowish", {}).json()
    assert time.monotonic() - began >= 0.1
    assert result["metadata"]["duration"] >= 100


def test_a_stream_can_be_cut_anywhere(documented: MockSim) -> None:
    documented.faults.add(Fault(cut_after=100))
    with Client(documented) as client:
        response = client.run("agent", SELECTED, preload=False)
        with pytest.raises(ProtocolError):
            response.read()
    body = documented.journal[0].response_body
    assert len(body) == 100
    assert body.startswith(b'data: {"blockId"')


def test_a_client_that_leaves_does_not_keep_the_server_from_stopping(documented: MockSim) -> None:
    documented.add_workflow("endless", Agent(("a",) * 1000, delay=0.05))
    with Client(documented) as client:
        response = client.run("endless", SELECTED, preload=False)
        response.read1()
        response.close()
        began = time.monotonic()
        documented.stop()
    assert time.monotonic() - began < 1.0


def test_echo_keeps_control_keys_out_except_in_october_2025(sim: MockSim, client: Client) -> None:
    sim.add_workflow("plain", Echo())
    echoed = client.run("plain", {"a": 1, "stream": False, "selectedOutputs": []}).json()["output"]["result"]["echo"]
    leaked = {"a": 1, "stream": False, "selectedOutputs": []}
    assert echoed == (leaked if sim.dialect == "2025-10" else {"a": 1})
