"""What the commands show: to people, and to programs."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract_tests.cli.commands import Sim, finish, start
from sim_conformance.mock import Agent, MockSim, ResponseBlock
from sim_sdk._clock import SystemClock

HOSTILE = "a\x1b[31mb\x07c\x9b2Jd\r\ne\tf"
HARMLESS = "a\ufffd[31mb\ufffdc\ufffd2Jd\ne\tf"
STREAM = ["stream", "agent", "--select", "agent1.content"]


def test_the_output_alone_goes_to_standard_output(any_mock: MockSim, sim: Sim) -> None:
    ran = sim("run", "echo", "--input", '{"name": "Zoë"}')

    assert ran.document == {"result": {"echo": {"name": "Zoë"}}, "stdout": ""}
    assert "Zoë" in ran.out
    assert ran.err.startswith("✓ succeeded in ")


def test_long_lines_are_not_folded(mock: MockSim, sim: Sim) -> None:
    text = "word " * 100

    assert f'"{text}"' in sim("run", "echo", "--input", json.dumps({"text": text})).out


def test_text_is_written_as_it_is(mock: MockSim, sim: Sim) -> None:
    mock.add_workflow("text", ResponseBlock("Hello [bold]you[/bold]", 200, {"Content-Type": "text/plain"}))

    assert sim("run", "text").out == "Hello [bold]you[/bold]\n"


def test_no_control_sequence_of_a_server_reaches_the_terminal(mock: MockSim, sim: Sim) -> None:
    mock.add_workflow("agent", Agent((HOSTILE,)))
    mock.add_workflow("text", ResponseBlock(HOSTILE, 200))
    mock.fail_next(status=400, body={"error": HOSTILE}, operation="getJob")

    assert sim(*STREAM).out == HARMLESS + "\n"
    assert sim("run", "text").out == HARMLESS + "\n"
    assert sim("job", "x").err.startswith("Error: a\ufffd[31mb\ufffdc\ufffd2Jd\n")
    assert sim(*STREAM, "--json").out.isascii()


def test_what_is_no_terminal_gets_no_control_sequences(any_mock: MockSim, sim: Sim) -> None:
    any_mock.set_job_timing(queued=0, processing=0)
    for argv in (["run", "echo"], STREAM, ["run", "echo", "--async"], ["limits"], ["run", "nobodys"]):
        ran = sim(*argv)
        assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("value", [{"a": [1, None, "ü"]}, [1, 2], "text", 5, False], ids=str)
def test_input_of_every_kind_arrives(
    mock: MockSim, sim: Sim, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(value, ensure_ascii=False)
    file = tmp_path / "input.json"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    for given in (text, f"@{file}", "-"):
        assert sim("run", "echo", "--input", given).document["result"]["echo"] == value


def test_base_url_counts_more_than_the_environment(mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_BASE_URL", "http://127.0.0.1:1")

    assert sim("run", "echo", "--base-url", mock.base_url).code == 0


def test_a_result_as_json_has_the_fields_of_the_data_class(any_mock: MockSim, sim: Sim) -> None:
    document = sim("run", "echo", "--input", "{}", "--json").document

    assert document["success"] is True
    assert document["output"] == {"result": {"echo": {}}, "stdout": ""}
    assert document["metadata"]["duration"] > 0
    assert {"error", "logs", "trace_spans", "total_duration", "execution_id"} <= document.keys()


@pytest.mark.parametrize(
    "argv", [["run", "echo", "--json"], ["stream", "echo", "--json"], ["run", "echo"]], ids=" ".join
)
def test_output_of_many_levels_is_shown_in_every_form(mock: MockSim, sim: Sim, argv: list[str]) -> None:
    body = b'{"success": true, "output": ' + b"[" * 600 + b"]" * 600 + b"}"
    mock.fail_next(status=200, headers={"content-type": "application/json"}, body=body)

    ran = sim(*argv)

    assert (ran.code, ran.out.count("]")) == (0, 600), ran.err


def test_a_stream_is_shown_in_order(any_mock: MockSim, sim: Sim) -> None:
    ran = sim(*STREAM)

    assert ran.out == "One, two, three, four, five\n"
    assert ran.err.startswith("✓ succeeded")


def test_halves_of_a_character_are_put_together_in_a_stream(mock: MockSim, sim: Sim) -> None:
    mock.add_workflow("agent", Agent(("a\ud83d", "\ude00b", "\ude00c", "\ud83d")))

    assert sim(*STREAM).out == "a\N{GRINNING FACE}b\ufffdc\ufffd\n"


def test_a_stream_as_json_is_an_event_a_line_and_ends_with_the_result(any_mock: MockSim, sim: Sim) -> None:
    *chunks, end = sim(*STREAM, "--json").lines

    assert [line["type"] for line in chunks] == ["chunk"] * 5
    assert [line["chunk"] for line in chunks] == ["One", ", two", ", three", ", four", ", five"]
    assert (end["type"], end["success"]) == ("completed", True)
    assert end["output"] == {chunks[0]["block_id"]: {"content": "One, two, three, four, five"}}


def test_a_stream_without_selected_outputs_shows_the_output(mock: MockSim, sim: Sim) -> None:
    assert sim("run", "echo", "--stream", "--input", "{}").document == {"result": {"echo": {}}, "stdout": ""}


def test_a_block_that_dies_is_told(any_mock: MockSim, sim: Sim) -> None:
    ran = sim("stream", "dying-stream", "--select", "agent1.content")

    assert ran.out == "One, two\n"
    assert "terminated" in ran.err


def test_a_job_tells_each_state_once(any_mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda self, seconds: None)
    any_mock.script_jobs(["queued", "queued", "processing", "processing", "completed"])
    ran = sim("run", "echo", "--async", "--input", "{}")

    assert ran.document == {"result": {"echo": {}}, "stdout": ""}
    states = [line.rpartition(": ")[2] for line in ran.err.splitlines() if line.startswith("job ")]
    assert states == ["queued", "processing"]


def test_a_job_as_json_is_its_result_with_its_id(any_mock: MockSim, sim: Sim) -> None:
    any_mock.set_job_timing(queued=0, processing=0)
    ran = sim("run", "echo", "--async", "--input", "{}", "--json")

    assert ran.document["output"] == {"result": {"echo": {}}, "stdout": ""}
    job = sim("job", ran.document["task_id"], "--json").document
    assert (job["status"], job["taskId"]) == ("completed", ran.document["task_id"])
    assert ran.err == ""


def test_retry_waits_and_says_so(mock: MockSim, sim: Sim) -> None:
    mock.fail_next(status=429, headers={"retry-after": "0.01"}, body={"error": "Rate limit exceeded"}, times=2)

    ran = sim("run", "echo", "--retry")

    assert ran.code == 0
    assert ran.err.count("the server says “Rate limit exceeded” and asks to wait 10 ms\n") == 2
    assert ran.err.count("before the next try") == 2
    assert len(mock.journal) == 3


def test_retry_as_json_is_a_line_a_try(mock: MockSim, sim: Sim) -> None:
    mock.fail_next(status=429, headers={"retry-after": "0.01"}, body={"error": "Rate limit exceeded"}, times=2)

    ran = sim("run", "echo", "--retry", "--json")

    assert ran.code == 0
    for line in map(json.loads, ran.err.splitlines()):
        assert (line["type"], line["message"], line["retry_after"]) == ("retry", "Rate limit exceeded", 0.01)
        assert line["wait"] >= 0.01
    assert ran.err.count("\n") == 2


def test_without_retry_a_run_is_sent_once(mock: MockSim, sim: Sim) -> None:
    mock.fail_next(status=429, headers={"retry-after": "0.01"}, body={"error": "Rate limit exceeded"})

    assert sim("run", "echo").code == 4
    assert len(mock.journal) == 1


def test_status(any_mock: MockSim, sim: Sim) -> None:
    assert sim("status", "echo").out.startswith("deployed since ")
    assert sim("status", "undeployed").out == "not deployed\n"
    assert sim("status", "echo", "--json").document["is_deployed"] is True


def test_limits(any_mock: MockSim, sim: Sim) -> None:
    any_mock.set_rate_limit(10)
    any_mock.set_usage(cost=2.5, limit=10)
    sim("run", "echo")

    out = sim("limits").out
    assert "9 of 10 left, resets " in out
    assert "of $10.00 used" in out
    document = sim("limits", "--json").document
    assert document["rate_limit"]["sync"]["remaining"] == 9
    assert document["usage"]["limit"] == 10


def test_logs(any_mock: MockSim, sim: Sim) -> None:
    for workflow_id in ("echo", "failing"):
        sim("run", workflow_id)
    logs = ["logs", "--workspace", any_mock.workspace_id]

    rows = [line.split("\t") for line in sim(*logs).out.splitlines()]
    assert {row[5]: row[1] for row in rows} == {"echo": "info", "failing": "error"}
    assert [row.split("\t")[5] for row in sim(*logs, "--level", "error").out.splitlines()] == ["failing"]
    page = sim(*logs, "--limit", "1", "--json").document
    assert len(page["data"]) == 1
    assert page["nextCursor"]
    assert f"--cursor {page['nextCursor']}" in sim(*logs, "--limit", "1").err


def test_text_that_the_terminal_cannot_encode_does_no_harm(mock: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    ran = finish(start("run", "echo", "--input", '"naïve ☃"'))

    assert ran.code == 0
    assert '"na?ve ?"' in ran.out


def test_a_terminal_of_no_width_is_shown_all(
    mock: MockSim, sim: Sim, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(0)
    monkeypatch.setenv("NO_COLOR", "1")

    assert '"name"' in sim("run", "echo", "--input", '{"name": "Ada"}').out
    assert "Workflow not found" in sim("run", "nobodys").err
