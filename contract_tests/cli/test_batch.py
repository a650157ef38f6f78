"""Batches: each line once, whatever happens and however often the command is started."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from contract_tests.cli.commands import Ran, Sim, finish, interrupt, start
from sim_conformance.mock import Fault, MockSim, Slow
from sim_sdk import SimStudioClient, WorkflowExecutionResult

SECRET = "sk-canary-0123456789abcdef"


class Batch:
    """A batch in a folder of its own."""

    def __init__(self, folder: Path, sim: Sim) -> None:
        self.folder = folder
        self.input = folder / "inputs.jsonl"
        self.output = folder / "results.jsonl"
        self.failed = folder / "results.failed.jsonl"
        self.journal = folder / "results.jsonl.journal"
        self._sim = sim

    def write(self, *lines: str) -> None:
        self.input.write_text("".join(line + "\n" for line in lines), encoding="utf-8")

    def number(self, count: int) -> None:
        """Numbered inputs, as many as that."""
        self.write(*(json.dumps({"i": number}) for number in range(1, count + 1)))

    def argv(self, workflow_id: str = "echo", *options: str) -> list[str]:
        return ["batch", workflow_id, str(self.input), "--output", str(self.output), *options]

    def run(self, workflow_id: str = "echo", *options: str) -> Ran:
        return self._sim(*self.argv(workflow_id, *options))

    def results(self) -> list[dict[str, Any]]:
        return _records(self.output)

    def failures(self) -> list[dict[str, Any]]:
        return _records(self.failed)

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def crash(self, mock: MockSim, *options: str) -> None:
        """Kill the command as soon as the server has got a request."""
        process = start(*self.argv("slow", *options))
        _await(lambda: len(mock.journal) > 0, process)
        process.kill()
        finish(process)


@pytest.fixture
def batch(tmp_path: Path, sim: Sim) -> Batch:
    return Batch(tmp_path, sim)


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _lines(records: list[dict[str, Any]]) -> list[int]:
    return sorted(record["line"] for record in records)


def _await(happened: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, process.poll()
        time.sleep(0.005)


def executed(mock: MockSim) -> Counter[int]:
    """How often the server ran each input."""
    return Counter(json.loads(entry.body)["i"] for entry in mock.journal if entry.status == 200)


def sent(mock: MockSim) -> Counter[int]:
    """How often each input was sent."""
    return Counter(json.loads(entry.body)["i"] for entry in mock.journal)


def test_each_line_is_run_once_and_its_result_names_it(any_mock: MockSim, batch: Batch) -> None:
    batch.number(50)

    ran = batch.run()

    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == "✓ all 50 items have succeeded"
    assert _lines(batch.results()) == list(range(1, 51))
    for record in batch.results():
        assert record["workflow_id"] == "echo"
        assert record["success"] is True
        assert record["output"]["result"]["echo"] == {"i": record["line"]}
    assert executed(any_mock) == dict.fromkeys(range(1, 51), 1)
    assert not any_mock.violations
    assert batch.files() == {"inputs.jsonl", "results.jsonl"}


def test_blank_lines_count_but_are_not_run(mock: MockSim, batch: Batch) -> None:
    batch.write("", '{"i": 1}', "  ", '{"i": 2}\r', "")

    assert batch.run().code == 0
    assert _lines(batch.results()) == [2, 4]


def test_how_lines_end_and_what_editors_put_before_them_is_no_text_of_theirs(mock: MockSim, batch: Batch) -> None:
    batch.input.write_bytes(b'{"i": 1}\n{"i": 2}')
    assert batch.run().code == 0
    batch.input.write_bytes(b'\xef\xbb\xbf{"i": 1}\r\n{"i": 2}\r\n\r\n{"i": 3}')

    assert batch.run().code == 0
    assert _lines(batch.results()) == [1, 2, 4]
    assert sent(mock) == Counter([1, 2, 3])

    batch.input.write_bytes(b"\xef\xbb\xbf")
    assert batch.run("echo", "--output", str(batch.folder / "empty.jsonl")).code == 0


def test_an_empty_input_is_a_success(mock: MockSim, batch: Batch) -> None:
    batch.write()

    assert batch.run().code == 0
    assert batch.files() == {"inputs.jsonl"}


def test_what_fails_is_told_in_its_own_file(any_mock: MockSim, batch: Batch) -> None:
    batch.number(3)

    ran = batch.run("failing")

    assert ran.code == 1
    assert "✗ 0 of 3 succeeded, 3 failed; see " in ran.err
    assert batch.files() == {"inputs.jsonl", "results.failed.jsonl"}
    for record in batch.failures():
        assert "boom" in record["message"]
        assert record["end_known"] is True
        assert record["request_sent"] is True
        assert record["result"]["success"] is False


def test_a_line_that_cannot_be_sent_is_a_failed_item(mock: MockSim, batch: Batch) -> None:
    batch.write('{"i": 1}', "{bad", "NaN", "[" * 100_000, '{"i": 5}')

    assert batch.run().code == 1
    assert _lines(batch.results()) == [1, 5]
    failures = {record["line"]: record for record in batch.failures()}
    assert failures[2]["message"].startswith("line 2: not JSON: ")
    assert "finite" in failures[3]["message"]
    assert "nested too deeply" in failures[4]["message"]
    assert {record["request_sent"] for record in failures.values()} == {False}
    assert len(mock.journal) == 2


def test_an_answer_that_is_an_error_is_told_with_all_that_is_known(mock: MockSim, batch: Batch) -> None:
    batch.number(1)
    mock.fail_next(status=400, headers={"x-request-id": "r1"}, body={"error": "no", "code": "BAD"})

    assert batch.run().code == 1
    (record,) = batch.failures()
    told = {name: record[name] for name in ("code", "status", "message", "server_code", "request_sent", "request_id")}
    assert told == {
        "code": "EXECUTION_ERROR",
        "status": 400,
        "message": "no",
        "server_code": "BAD",
        "request_sent": True,
        "request_id": "r1",
    }


def test_done_items_are_skipped_and_failed_ones_run_again(mock: MockSim, batch: Batch) -> None:
    batch.number(10)
    mock.fail_next(status=400, body={"error": "no"}, times=3)
    assert batch.run().code == 1
    assert len(batch.failures()) == 3

    ran = batch.run()

    assert ran.code == 0
    assert ran.err.startswith("7 of 10 are done already\n")
    assert executed(mock) == dict.fromkeys(range(1, 11), 1)
    assert _lines(batch.results()) == list(range(1, 11))
    assert batch.files() == {"inputs.jsonl", "results.jsonl"}
    assert batch.run().code == 0
    assert len(mock.journal) == 13


def test_an_edited_line_is_run_again_and_told_and_its_old_result_is_kept_aside(mock: MockSim, batch: Batch) -> None:
    batch.number(3)
    batch.run()
    batch.write('{"i": 1}', '{"i": 20}', '{"i": 3}', '{"i": 4}')

    ran = batch.run()

    assert ran.code == 0
    assert "edited since, run again: line 2\n" in ran.err
    assert executed(mock) == dict.fromkeys([1, 2, 20, 3, 4], 1)
    outputs = {record["line"]: record["output"]["result"]["echo"]["i"] for record in batch.results()}
    assert outputs == {1: 1, 2: 20, 3: 3, 4: 4}
    assert _lines(_records(batch.folder / "results.jsonl.replaced")) == [1, 2, 3]


def test_what_earlier_edits_replaced_is_kept_as_well(mock: MockSim, batch: Batch) -> None:
    for number in (1, 10, 100):
        batch.write(json.dumps({"i": number}))
        assert batch.run().code == 0

    replaced = _records(batch.folder / "results.jsonl.replaced")
    assert [record["output"]["result"]["echo"]["i"] for record in replaced] == [1, 10]
    assert [record["output"]["result"]["echo"]["i"] for record in batch.results()] == [100]


def echoes(batch: Batch) -> dict[int, int]:
    """What each line's record says that its input was."""
    results = {record["line"]: record["output"]["result"]["echo"]["i"] for record in batch.results()}
    assert len(results) == len(batch.results())
    return results


def write_numbers(batch: Batch, *numbers: int) -> None:
    batch.write(*(json.dumps({"i": number}) for number in numbers))


@pytest.mark.parametrize(
    ("after", "run", "told"),
    [
        ([0, 1, 2, 3, 4], {0: 1}, "moved since, not run again: lines 2, 3, 4, 5\n"),
        ([1, 3, 4], {}, "moved since, not run again: lines 2, 3\n"),
        ([4, 2, 3, 1], {}, "moved since, not run again: lines 1, 4\n"),
        ([1, 2, 3, 4, 1, 1], {1: 2}, ""),
        ([1, 1, 2, 20, 3, 4], {1: 1, 20: 1}, "moved since, not run again: lines 3, 5, 6\n"),
        ([1, 20, 3, 4], {20: 1}, "edited since, run again: line 2\n"),
        ([1, 2], {}, ""),
    ],
    ids=["put in", "taken out", "swapped", "copied to the end", "copied, put in", "edited", "cut off"],
)
def test_what_moved_is_not_run_again(
    mock: MockSim, batch: Batch, after: list[int], run: dict[int, int], told: str
) -> None:
    write_numbers(batch, 1, 2, 3, 4)
    batch.run("echo", "--ordered")
    mock.journal.clear()
    write_numbers(batch, *after)

    ran = batch.run("echo", "--ordered")

    assert ran.code == 0
    assert executed(mock) == run
    notes = [line + "\n" for line in ran.err.splitlines() if " since, " in line]
    assert notes == ([told] if told else [])
    records = echoes(batch)
    assert list(records) == sorted(records)
    assert {line: records[line] for line in range(1, len(after) + 1)} == dict(enumerate(after, 1))
    mock.journal.clear()
    assert batch.run().code == 0
    assert len(mock.journal) == 0


def test_identical_lines_are_each_run_once_wherever_they_move(mock: MockSim, batch: Batch) -> None:
    write_numbers(batch, 7, 7, 1, 7)
    batch.run()
    write_numbers(batch, 1, 7, 7, 7, 7)

    assert batch.run().code == 0
    assert executed(mock) == {1: 1, 7: 4}
    assert echoes(batch) == {1: 1, 2: 7, 3: 7, 4: 7, 5: 7}


def test_a_result_whose_line_was_taken_out_is_kept_aside(mock: MockSim, batch: Batch) -> None:
    write_numbers(batch, 1, 2, 3)
    batch.run()
    write_numbers(batch, 1, 3)

    assert batch.run().code == 0
    assert echoes(batch) == {1: 1, 2: 3}
    assert _lines(_records(batch.folder / "results.jsonl.replaced")) == [1, 2, 3]


def test_results_of_lines_that_were_cut_off_wait_for_them(mock: MockSim, batch: Batch) -> None:
    write_numbers(batch, 1, 2, 3)
    batch.run()
    write_numbers(batch, 1)
    batch.run()
    write_numbers(batch, 0, 1, 2, 3)

    assert batch.run().code == 0
    assert executed(mock) == dict.fromkeys([0, 1, 2, 3], 1)
    assert echoes(batch) == {1: 0, 2: 1, 3: 2, 4: 3}


def test_what_has_no_known_end_is_left_alone_also_where_it_moved(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    write_numbers(batch, 1, 2, 3)
    batch.crash(mock, "--concurrency", "1")
    mock.add_workflow("slow", Slow(0))
    write_numbers(batch, 5, 3, 1, 2)

    ran = batch.run("slow")

    assert ran.code == 1
    assert "not run again without --rerun-unknown: line 3\n" in ran.err
    assert "moved" not in ran.err
    assert _lines(batch.failures()) == [3]
    assert sent(mock) == dict.fromkeys([1, 2, 3, 5], 1)
    write_numbers(batch, 1, 5, 3, 2)
    assert "--rerun-unknown: line 1\n" in batch.run("slow").err
    assert batch.run("slow", "--rerun-unknown").code == 0
    assert sent(mock) == {1: 2, 2: 1, 3: 1, 5: 1}
    assert _lines(batch.results()) == [1, 2, 3, 4]


def test_a_result_gives_way_to_a_line_whose_end_is_not_known(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    write_numbers(batch, 1, 2)
    batch.crash(mock, "--concurrency", "1")
    mock.add_workflow("slow", Slow(0))
    batch.run("slow")
    write_numbers(batch, 3, 1)

    assert batch.run("slow").code == 1
    assert (_lines(batch.results()), _lines(batch.failures())) == ([1], [2])
    assert _lines(_records(batch.folder / "results.jsonl.replaced")) == [2]
    assert sent(mock) == {1: 1, 2: 1, 3: 1}


def test_of_two_records_of_a_line_the_result_counts(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(0))
    write_numbers(batch, 1)
    batch.run("slow")
    mock.add_workflow("slow", Slow(20))
    write_numbers(batch, 1, 1)
    assert batch.run("slow", "--timeout", "0.1").code == 1
    write_numbers(batch, 2, 1)
    mock.add_workflow("slow", Slow(0))

    assert batch.run("slow").code == 0
    assert (_lines(batch.results()), batch.failures()) == ([1, 2], [])
    assert sent(mock) == {1: 2, 2: 1}


def test_a_crash_between_the_files_loses_sight_of_nothing_that_moved(
    mock: MockSim, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim_sdk.cli.batch.records import RecordFile

    mock.add_workflow("slow", Slow(20))
    write_numbers(batch, 1, 2)
    batch.crash(mock, "--concurrency", "1")
    mock.add_workflow("slow", Slow(0))
    batch.run("slow")
    write_numbers(batch, 2, 1)
    renumber = RecordFile.renumber

    def crash(self: RecordFile, line_now: Any) -> None:
        if self.path == batch.failed:
            raise OSError(5, os.strerror(5))
        renumber(self, line_now)

    with monkeypatch.context() as patched:
        patched.setattr(RecordFile, "renumber", crash)
        ran = batch.run("slow", "--json")
    assert ran.error["request_sent"] is False
    assert (_lines(batch.results()), _lines(batch.failures())) == ([1], [1])

    assert "--rerun-unknown: line 2\n" in batch.run("slow").err
    assert (_lines(batch.results()), _lines(batch.failures())) == ([1], [2])
    assert sent(mock) == {1: 1, 2: 1}


def test_order_on_request_also_over_several_starts(mock: MockSim, batch: Batch) -> None:
    batch.number(20)
    mock.fail_next(status=400, body={"error": "no"}, times=4)
    batch.run("echo", "--ordered")
    assert len(batch.results()) == 16

    assert batch.run("echo", "--ordered").code == 0
    assert [record["line"] for record in batch.results()] == list(range(1, 21))


def test_order_where_nothing_succeeded(mock: MockSim, batch: Batch) -> None:
    batch.number(2)

    assert batch.run("failing", "--ordered").code == 1


def test_what_a_crash_left_under_way_is_told_and_not_run_again_unasked(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(3)
    batch.crash(mock, "--concurrency", "1")
    assert batch.journal.exists()
    mock.add_workflow("slow", Slow(0))

    ran = batch.run("slow")

    assert ran.code == 1
    assert "their end is not known, not run again without --rerun-unknown: line 1\n" in ran.err
    assert "2 of 3 succeeded, of 1 the end is not known" in ran.err
    assert _lines(batch.results()) == [2, 3]
    (record,) = batch.failures()
    assert (record["line"], record["end_known"], record["request_sent"]) == (1, False, True)
    assert "did not live to see its end" in record["message"]
    assert batch.files() == {"inputs.jsonl", "results.jsonl", "results.failed.jsonl"}

    assert batch.run("slow").code == 1  # it stays told
    assert sent(mock) == {1: 1, 2: 1, 3: 1}
    ran = batch.run("slow", "--rerun-unknown")
    assert ran.code == 0
    assert "run again: line 1\n" in ran.err
    assert _lines(batch.results()) == [1, 2, 3]
    assert sent(mock) == {1: 2, 2: 1, 3: 1}


def test_what_was_recorded_before_a_crash_is_done(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(1)
    batch.crash(mock)
    batch.output.write_bytes(_record_of(batch, mock, 1)[:-1])  # all but the end of its line

    ran = batch.run("slow")

    assert (ran.code, batch.failures()) == (0, [])
    assert "not known" not in ran.err
    assert _lines(batch.results()) == [1]
    assert batch.output.read_bytes().endswith(b"}\n")
    assert len(mock.journal) == 1


def test_a_half_written_record_is_removed_and_its_item_not_run_again_unasked(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(2)
    batch.crash(mock, "--concurrency", "1")
    batch.output.write_bytes(_record_of(batch, mock, 1)[:60])
    mock.add_workflow("slow", Slow(0))

    ran = batch.run("slow")

    assert ran.code == 1
    assert "results.jsonl: the last record was half-written, and is removed" in ran.err
    assert "line 1\n" in ran.err
    assert _lines(batch.results()) == [2]
    assert sent(mock) == {1: 1, 2: 1}


def _record_of(batch: Batch, mock: MockSim, line: int) -> bytes:
    """A record as the command writes it, taken from a batch of its own."""
    with MockSim() as other:
        other.add_workflow("slow", Slow(0))
        folder = batch.folder / "other"
        folder.mkdir()
        process = start(
            "batch", "slow", str(batch.input), "--output", str(folder / "results.jsonl"), "--base-url", other.base_url
        )
        assert finish(process).code == 0
    records = (folder / "results.jsonl").read_bytes().splitlines(keepends=True)
    return next(record for record in records if json.loads(record)["line"] == line)


def test_an_item_whose_answer_was_lost_is_not_run_again_unasked(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(2)
    assert batch.run("slow", "--timeout", "0.1").code == 1
    assert [record["end_known"] for record in batch.failures()] == [False, False]
    assert {record["code"] for record in batch.failures()} == {"TIMEOUT"}
    mock.add_workflow("slow", Slow(0))

    assert batch.run("slow").code == 1
    assert len(mock.journal) == 2
    assert batch.run("slow", "--rerun-unknown").code == 0
    assert sent(mock) == {1: 2, 2: 2}


def test_a_rate_limit_is_a_pause_and_loses_and_repeats_nothing(mock: MockSim, batch: Batch) -> None:
    batch.number(20)
    limit = {"status": 429, "headers": {"retry-after": "0.01"}, "body": {"error": "Rate limit exceeded"}}
    mock.fail_next(**limit, times=3)  # type: ignore[arg-type]

    ran = batch.run("echo", "--concurrency", "1")

    assert ran.code == 0
    assert len(re.findall(r"^paused for \d+ ms$", ran.err, re.MULTILINE)) == 3
    assert executed(mock) == dict.fromkeys(range(1, 21), 1)


def test_retry_is_how_often(mock: MockSim, batch: Batch) -> None:
    batch.number(1)
    mock.fail_next(status=429, headers={"retry-after": "0.01"}, body={"error": "Rate limit exceeded"}, times=3)

    assert batch.run("echo", "--retry", "1").code == 4
    assert len(mock.journal) == 2


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        ({"status": 401, "body": {"error": "Invalid API key"}}, 3),
        ({"status": 403, "body": {"error": "Workflow is not deployed"}}, 3),
        ({"status": 404, "body": {"error": "Workflow not found"}}, 3),
        ({"status": 402, "body": {"error": "Usage limit exceeded"}}, 4),
        ({"status": 429, "headers": {"retry-after": "3600"}, "body": {"error": "Rate limit exceeded"}}, 4),
    ],
    ids=lambda value: str(value["status"]) if isinstance(value, dict) else "",
)
def test_what_all_items_would_meet_ends_the_batch(
    mock: MockSim, batch: Batch, refusal: dict[str, Any], code: int
) -> None:
    batch.number(50)
    mock.fail_next(**refusal)

    ran = batch.run("echo", "--concurrency", "1")

    assert ran.code == code
    assert ran.err.splitlines()[0].startswith("✗ 0 of 50 succeeded, 1 failed, 49 were not run; see ")
    assert ran.err.splitlines()[1] == f"Error: {refusal['body']['error']}"
    assert len(mock.journal) == 1
    assert batch.run().code == 0  # none of it has cost anything
    assert executed(mock) == dict.fromkeys(range(1, 51), 1)


def test_no_connection_ends_the_batch(mock: MockSim, batch: Batch) -> None:
    batch.number(50)

    ran = batch.run("echo", "--base-url", "http://127.0.0.1:1", "--retry", "0", "--concurrency", "1")

    assert ran.code == 6
    assert "49 were not run" in ran.err
    assert batch.run().code == 0


def test_a_workflow_that_answers_404_to_one_item_does_not_end_the_batch(mock: MockSim, batch: Batch) -> None:
    batch.number(1)
    batch.run()
    mock.faults.add(Fault(200, {"content-type": "application/json"}, {"success": True, "output": {}}))
    mock.fail_next(status=404, body={"error": "no such customer"})
    batch.number(20)

    assert batch.run("echo", "--concurrency", "1").code == 1
    assert len(batch.results()) == 19


def test_ctrl_c_lets_what_runs_end_and_the_next_start_does_the_rest(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(0.5))
    batch.number(6)

    ran = interrupt(start(*batch.argv("slow", "--concurrency", "2")), lambda: len(mock.journal) >= 2)

    assert ran.code == 130
    assert ran.err.splitlines()[-1].startswith("Error: interrupted; whatever had been started has ended.")
    assert "✗ 2 of 6 succeeded, 4 were not run" in ran.err
    assert _lines(batch.results()) == [1, 2]
    assert not batch.journal.exists()
    mock.add_workflow("slow", Slow(0))
    assert batch.run("slow").code == 0
    assert executed(mock) == dict.fromkeys(range(1, 7), 1)


def test_a_second_ctrl_c_leaves_at_once_and_names_what_may_be_running(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(6)
    process = start(*batch.argv("slow", "--concurrency", "2", "--json"))
    _await(lambda: len(mock.journal) >= 2, process)
    while process.poll() is None:  # signals that come too fast are one
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)

    ran = finish(process)

    assert ran.code == 130
    assert json.loads(ran.err.splitlines()[-1])["message"] == "left at once; may be running yet: lines 1, 2"
    mock.add_workflow("slow", Slow(0))
    assert "--rerun-unknown: lines 1, 2\n" in batch.run("slow").err
    assert sent(mock) == dict.fromkeys(range(1, 7), 1)


def test_sigterm_lets_what_runs_end_however_often_it_comes(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(1))
    batch.number(6)
    process = start(*batch.argv("slow", "--concurrency", "2"))
    _await(lambda: len(mock.journal) >= 2, process)
    for _ in range(2):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.05)  # signals that come too fast are one

    ran = finish(process)

    assert ran.code == 130
    assert ran.err.splitlines()[-1].startswith("Error: interrupted; whatever had been started has ended.")
    assert _lines(batch.results()) == [1, 2]
    assert not batch.journal.exists()
    mock.add_workflow("slow", Slow(0))
    assert batch.run("slow").code == 0
    assert executed(mock) == dict.fromkeys(range(1, 7), 1)


def test_ctrl_c_gives_a_pause_up(mock: MockSim, batch: Batch) -> None:
    batch.number(6)
    mock.fail_next(status=429, headers={"retry-after": "60"}, body={"error": "Rate limit exceeded"})
    process = start(*batch.argv("echo", "--concurrency", "1", "--json"))
    assert process.stderr is not None
    while json.loads(process.stderr.readline()).get("paused") is None:
        pass
    process.send_signal(signal.SIGINT)

    ran = finish(process)

    assert ran.code == 130
    assert ran.document["pending"] == 6
    assert batch.run().code == 0
    assert executed(mock) == dict.fromkeys(range(1, 7), 1)


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["for people", "for programs"])
def test_what_runs_is_recorded_when_whoever_read_the_progress_has_gone(
    mock: MockSim, batch: Batch, options: list[str]
) -> None:
    mock.add_workflow("slow", Slow(0.5))
    batch.number(40)
    mock.faults.add(Fault(200, {"content-type": "application/json"}, {"success": True, "output": {}}))
    process = start(*batch.argv("slow", "--concurrency", "8", *options))
    assert process.stderr is not None
    _await(lambda: len(mock.journal) >= 8, process)
    process.stderr.close()
    process.stderr = None

    assert finish(process).code == 141
    assert len(batch.results()) == len(mock.journal) < 40
    assert not batch.journal.exists()
    mock.add_workflow("slow", Slow(0))
    assert batch.run("slow").code == 0
    assert max(sent(mock).values()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("which", ["input", "--output", "--failed"])
def test_a_pipe_will_not_do(mock: MockSim, batch: Batch, which: str) -> None:
    batch.number(2)
    pipe = batch.folder / "pipe"
    os.mkfifo(pipe)
    if which == "input":
        batch.input = pipe

    ran = batch.run("echo", *([] if which == "input" else [which, str(pipe)]))

    assert (ran.code, ran.out) == (2, "")
    assert "no regular file" in ran.err
    assert len(mock.journal) == 0


def test_two_at_once_do_not_pay_twice(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(2)
    process = start(*batch.argv("slow"))
    _await(lambda: len(mock.journal) == 2, process)

    ran = batch.run("slow")

    process.kill()
    finish(process)
    assert ran.code == 2
    assert "another sim batch is at work" in ran.err
    assert len(mock.journal) == 2


def test_two_at_once_do_not_write_to_the_same_failures(mock: MockSim, batch: Batch) -> None:
    mock.add_workflow("slow", Slow(20))
    batch.number(2)
    process = start(*batch.argv("slow", "--failed", str(batch.failed)))
    _await(lambda: len(mock.journal) == 2, process)

    shared = [
        batch.run("slow", "--output", str(batch.folder / "other.jsonl"), "--failed", str(batch.failed)),
        batch.run("slow", "--output", str(batch.failed), "--failed", str(batch.folder / "other.jsonl")),
        batch.run("slow", "--output", str(batch.folder / "other.jsonl"), "--failed", str(batch.output)),
    ]

    process.kill()
    finish(process)
    assert [ran.code for ran in shared] == [2, 2, 2]
    assert all("another sim batch is at work" in ran.err for ran in shared)
    assert len(mock.journal) == 2


def test_each_note_and_record_is_on_the_disk_before_what_relies_on_it(
    mock: MockSim, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim_sdk.cli.batch.journal import Journal
    from sim_sdk.cli.batch.records import RecordFile

    happened: list[str] = []
    appended: list[RecordFile] = []

    def append(self: RecordFile, line: int, digest: str, content: dict[str, Any]) -> None:
        real_append(self, line, digest, content)
        happened.append(f"recorded {line}")
        appended.append(self)

    def fsync(file: int) -> None:
        real_fsync(file)
        if appended and appended[-1]._file is not None and file == appended[-1]._file.fileno():
            happened.append("on the disk")

    def forget(self: Journal, line: int, digest: str) -> None:
        real_forget(self, line, digest)
        happened.append(f"forgotten {line}")

    def start_item(self: Journal, line: int, digest: str) -> None:
        real_start(self, line, digest)
        (level,) = self._database.execute("PRAGMA synchronous").fetchone()
        assert (level, self._database.in_transaction) == (2, False)  # 2 is FULL
        happened.append(f"started {line}")

    real_append, real_fsync, real_forget, real_start = RecordFile.append, os.fsync, Journal.forget, Journal.start
    monkeypatch.setattr(RecordFile, "append", append)
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Journal, "forget", forget)
    monkeypatch.setattr(Journal, "start", start_item)
    batch.number(2)
    mock.fail_next(status=400, body={"error": "no"})

    assert batch.run("echo", "--concurrency", "1").code == 1
    assert happened == [
        *("started 1", "recorded 1", "on the disk", "forgotten 1"),
        *("started 2", "recorded 2", "on the disk", "forgotten 2"),
    ]


def test_a_disk_that_is_full_loses_no_account_of_what_ran(
    mock: MockSim, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim_sdk.cli.batch.records import RecordFile

    def full(self: RecordFile, line: int, digest: str, content: object) -> None:
        raise OSError(28, os.strerror(28))

    batch.number(3)
    with monkeypatch.context() as patched:
        patched.setattr(RecordFile, "append", full)
        ran = batch.run("echo", "--concurrency", "1", "--json")

    assert ran.code == 1
    error = json.loads(ran.err.splitlines()[-1])
    assert "No space left on device" in error["message"]
    assert error["request_sent"] is True
    assert "--rerun-unknown: line 1" in batch.run().err
    assert max(sent(mock).values()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit there")
def test_a_disk_that_is_full_yet_when_the_files_are_closed_does_not_hide_what_was_sent(
    mock: MockSim, batch: Batch
) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    batch.write(*(json.dumps({"i": number, "text": "x" * 7_000}) for number in range(1, 7)))
    assert batch.run("echo", "--output", str(batch.folder / "room.jsonl")).code == 0
    room = (batch.folder / "room.jsonl").stat().st_size
    # Of the fourth record only the end does not fit. It stays in the file's buffer, and is written when it is closed.
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * room // 6 - 500, before[1]))
    try:
        ran = batch.run("echo", "--concurrency", "1", "--json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert ran.code == 1
    error = json.loads(ran.err.splitlines()[-1])
    assert "File too large" in error["message"]
    assert error["request_sent"] is True
    assert "--rerun-unknown: line 4" in batch.run().err
    assert sent(mock) == dict.fromkeys(range(1, 7), 2)


@pytest.mark.parametrize("content", ["{}\n", "a file\n", "[1]", "no end of line", '{"line": 1}\n', "\x00\n"])
@pytest.mark.parametrize("option", ["--output", "--failed"])
def test_a_file_that_is_something_else_is_not_touched(mock: MockSim, batch: Batch, option: str, content: str) -> None:
    batch.number(2)
    other = batch.folder / "other.jsonl"
    other.write_text(content)

    ran = batch.run("echo", option, str(other))

    assert ran.code == 2
    assert "holds something else" in ran.err
    assert other.read_text() == content
    assert len(mock.journal) == 0
    assert batch.files() == {"inputs.jsonl", "other.jsonl"}


def test_records_of_another_workflow_are_not_mixed_with(mock: MockSim, batch: Batch) -> None:
    batch.number(2)
    batch.run()

    ran = batch.run("slow")

    assert ran.code == 2
    assert "of another workflow, echo" in ran.err
    assert len(batch.results()) == 2


def test_wrong_files_are_2_and_nothing_is_sent(mock: MockSim, batch: Batch) -> None:
    batch.number(2)
    for options, reason in (
        (["--output", str(batch.input)], "three different files"),
        (["--failed", str(batch.output)], "three different files"),
        (["--failed", str(batch.folder / "results.jsonl.replaced")], "three different files"),
        (["--failed", str(batch.journal)], "three different files"),
        (["--output", str(batch.folder / "no" / "such.jsonl")], "unable to open"),
        (["--failed", str(batch.folder / "no" / "such.jsonl")], "cannot write"),
        (["--output", str(batch.folder)], "is a directory"),
        (["--concurrency", "0"], "--concurrency"),
        (["--retry", "-1"], "--retry"),
        (["--timeout", "-1"], "timeout: expected"),
    ):
        ran = batch.run("echo", *options)
        assert (ran.code, ran.out) == (2, ""), ran
        assert reason in ran.err
    batch.journal.write_text("not a journal " * 100)
    assert batch.run().code == 2
    batch.journal.unlink()
    batch.input.unlink()
    assert batch.run().code == 2
    assert len(mock.journal) == 0


def test_json_tells_each_step_and_the_end(mock: MockSim, batch: Batch) -> None:
    batch.number(2)
    batch.run()
    batch.write('{"i": 1}', '{"i": 20}', "{bad", '{"i": 4}')

    ran = batch.run("echo", "--json", "--concurrency", "1")

    assert ran.code == 1
    found, *progress = map(json.loads, ran.err.splitlines())
    assert (found["type"], found["done"], found["edited"]) == ("found", 1, {"count": 1, "first": [2]})
    assert {event["type"] for event in progress} == {"progress"}
    assert [event["succeeded"] + event["failed"] for event in progress] == [1, 2, 3]
    assert progress[-1]["running"] == 0
    assert ran.document == {"total": 4, "done": 1, "unknown": 0, "succeeded": 2, "failed": 1, "pending": 0}


def test_no_file_holds_the_key(mock: MockSim, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    mock.add_key(SECRET)
    monkeypatch.setenv("SIM_API_KEY", SECRET)
    batch.number(2)
    mock.fail_next(status=400, headers={"x-request-id": SECRET}, body={"error": f"bad key {SECRET}", "code": SECRET})

    ran = batch.run("echo", "--json")

    assert ran.code == 1
    for path in batch.folder.iterdir():
        assert SECRET not in path.read_text("utf-8")
    assert SECRET not in ran.out + ran.err


class _Nowhere(Executor):
    """Answers each run at once, without a server."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(WorkflowExecutionResult(True, {"text": "x" * 200}))
        return future


def test_memory_does_not_grow_with_the_number_of_lines(
    mock: MockSim, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    batched = partialmethod(SimStudioClient.execute_batch, executor=_Nowhere())
    monkeypatch.setattr(SimStudioClient, "execute_batch", batched)

    def peak(count: int) -> int:
        batch.number(count)
        tracemalloc.start()
        try:
            assert batch.run("echo", "--ordered").code == 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is loaded and cached once
    few, many = peak(200), peak(4200)
    assert _lines(batch.results()) == list(range(1, 4201))
    assert many - few < 60 * 4000, (few, many)  # a number and a digest for each line would be more
