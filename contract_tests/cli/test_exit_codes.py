"""Each exit code, provoked; and what is said on the way out."""

import socket

import pytest

from contract_tests.cli.commands import Sim, finish, interrupt, run_python, start
from sim_conformance.mock import Agent, Fault, MockSim, Slow

RUN = ["run", "echo"]


@pytest.mark.parametrize(
    "argv",
    [
        ["run", "echo"],
        ["run", "agent", "--stream", "--select", "agent1.content"],
        ["stream", "agent"],
        ["run", "echo", "--async"],
        ["run", "echo", "--async", "--no-wait"],
        ["status", "undeployed"],
        ["limits"],
        ["logs", "--workspace", MockSim.workspace_id],
    ],
    ids=" ".join,
)
def test_success_is_0(any_mock: MockSim, sim: Sim, argv: list[str]) -> None:
    any_mock.set_job_timing(queued=0, processing=0)

    for options in ([], ["--json"]):
        ran = sim(*argv, *options)
        assert ran.code == 0, ran
        assert "rror" not in ran.err
    assert not any_mock.violations


@pytest.mark.parametrize("mode", [[], ["--stream"], ["--async"]], ids=str)
def test_a_failed_workflow_is_1(any_mock: MockSim, sim: Sim, mode: list[str]) -> None:
    any_mock.set_job_timing(queued=0, processing=0)

    ran = sim("run", "failing", *mode)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("✗ the workflow failed: ")

    ran = sim("run", "failing", *mode, "--json")
    assert ran.code == 1
    assert ran.lines[-1]["success"] is False
    assert ran.err == ""


def test_a_failed_or_cancelled_job_is_1_and_one_under_way_is_0(any_mock: MockSim, sim: Sim) -> None:
    any_mock.hold_jobs("processing")
    task_id = sim("run", "echo", "--async", "--no-wait").out.strip()
    under_way = sim("job", task_id)
    any_mock.cancel_job(task_id)

    assert (under_way.code, under_way.err) == (0, "")
    assert under_way.out in ("queued\n", "processing\n")
    cancelled = sim("job", task_id, "--wait", "--json")
    assert (cancelled.code, cancelled.document["status"]) == (1, "cancelled")

    any_mock.hold_jobs(None)
    any_mock.set_job_timing(queued=0, processing=0)
    task_id = sim("run", "failing", "--async", "--no-wait").out.strip()
    assert sim("job", task_id).code == 1


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        ([], "Missing command"),
        (["run"], "Missing argument 'WORKFLOW_ID'"),
        (["walk"], "No such command 'walk'"),
        (["run", "echo", "--api-key", "x"], "No such option"),
        (["run", "echo", "--input", "{bad"], "not JSON"),
        (["run", "echo", "--input", "[" * 100_000], "nested too deeply"),
        (["run", "echo", "--input", "NaN"], "finite"),
        (["run", "echo", "--input", "@/no/such/file"], "cannot read '/no/such/file': No such file"),
        (["run", "echo", "--timeout", "soon"], "--timeout"),
        (["run", "echo", "--timeout", "-1"], "timeout: expected"),
        (["run", "echo", "--base-url", "ftp://sim.ai"], "base_url: expected"),
        (["run", "echo", "--base-url", ""], "base_url: expected"),
        (["run", ".."], "workflow_id: expected"),
        (["run", "echo", "--stream", "--async"], "--stream goes neither with --async nor with --retry"),
        (["run", "echo", "--stream", "--retry"], "--stream goes neither with --async nor with --retry"),
        (["run", "echo", "--no-wait"], "--no-wait goes with --async"),
        (["batch", "echo", __file__, "--output", "x", "--concurrency", "100000000000"], "not in the range 1<=x<=1000"),
        (["batch", "..", __file__, "--output", "x"], "workflow_id: expected"),
        (["logs"], "there is no workspace"),
        (["logs", "--workspace", "w", "--limit", "0"], "limit: expected"),
        (["logs", "--workspace", "w", "--min-duration", "9" * 400 + "d"], "is no time span"),
        (["logs", "--workspace", "w", "--since", "9" * 400 + "d"], "is no time such as"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_wrong_usage_is_2_and_nothing_is_sent(mock: MockSim, sim: Sim, argv: list[str], reason: str) -> None:
    ran = sim(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert reason in ran.err

    ran = sim(*argv, "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.error["request_sent"] is False
    assert len(mock.journal) == 0


def test_no_key_is_2(mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIM_API_KEY")

    ran = sim(*RUN)

    assert (ran.code, ran.out) == (2, "")
    assert "SIM_API_KEY" in ran.err


@pytest.mark.parametrize(
    "argv", [["run", "undeployed"], ["run", "nobodys"], ["stream", "nobodys"], ["job", "nobodys"]], ids=" ".join
)
def test_a_refusal_is_3(any_mock: MockSim, sim: Sim, argv: list[str]) -> None:
    ran = sim(*argv)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: ")

    ran = sim(*argv, "--json")
    assert (ran.code, ran.out) == (3, "")
    assert ran.error["status"] in (403, 404)
    assert ran.error["request_sent"] is True


def test_a_wrong_key_is_3(any_mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", "wrong")

    ran = sim(*RUN, "--json")

    assert (ran.code, ran.out) == (3, "")
    assert (ran.error["status"], ran.error["code"]) == (401, "UNAUTHORIZED")


def test_a_rate_limit_is_4_and_says_how_long(mock: MockSim, sim: Sim) -> None:
    mock.exhaust_rate_limit()

    ran = sim(*RUN, "--json")
    assert (ran.code, ran.out) == (4, "")
    assert (ran.error["code"], ran.error["status"]) == ("RATE_LIMIT_EXCEEDED", 429)
    assert 0 < ran.error["retry_after"] <= 61

    ran = sim(*RUN)
    assert ran.code == 4
    assert "The server asks to wait" in ran.err


def test_the_usage_limit_is_4(any_mock: MockSim, sim: Sim) -> None:
    any_mock.set_usage(cost=20, limit=10)

    ran = sim(*RUN, "--json")

    assert (ran.code, ran.out) == (4, "")
    assert ran.error["code"] == "USAGE_LIMIT_EXCEEDED"


def test_a_time_limit_is_5(mock: MockSim, sim: Sim) -> None:
    mock.add_workflow("slow", Slow(20))

    ran = sim("run", "slow", "--timeout", "0.1", "--json")

    assert (ran.code, ran.out) == (5, "")
    assert ran.error["code"] == "TIMEOUT"


def test_a_job_that_is_not_done_in_time_is_5_and_named(mock: MockSim, sim: Sim) -> None:
    mock.hold_jobs("queued")
    task_id = sim("run", "echo", "--async", "--no-wait").out.strip()

    assert sim("job", task_id, "--wait", "--timeout", "0.1", "--json").error["task_id"] == task_id
    ran = sim("job", task_id, "--wait", "--timeout", "0.1")
    assert (ran.code, ran.out) == (5, "")
    assert f"sim job {task_id} --wait" in ran.err


def test_no_connection_is_6(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", "key")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ran = sim(*RUN, "--base-url", url, "--json")

    assert (ran.code, ran.out) == (6, "")
    assert ran.error["request_sent"] is False


def test_a_broken_stream_is_6_after_what_had_come(mock: MockSim, sim: Sim) -> None:
    mock.faults.add(Fault(cut_after=75))

    ran = sim("stream", "agent", "--select", "agent1.content")

    assert (ran.code, ran.out) == (6, "One\n")
    assert ran.err.startswith("Error: the event stream broke off")


def test_ctrl_c_is_130(mock: MockSim) -> None:
    mock.add_workflow("slow", Slow(20))

    ran = interrupt(start("run", "slow"), lambda: len(mock.journal) > 0)

    assert (ran.code, ran.out) == (130, "")
    assert ran.err.strip().endswith("the connection is closed, the run may go on")


def test_ctrl_c_closes_a_stream(mock: MockSim) -> None:
    mock.add_workflow("agent", Agent(delay=20))

    ran = interrupt(start("stream", "agent", "--select", "agent1.content", "--json"), lambda: len(mock.journal) > 0)

    assert (ran.code, ran.out) == (130, "")
    assert ran.error["message"].endswith("the run may go on")
    assert ran.error["request_sent"] is True


def test_ctrl_c_names_the_job_that_goes_on(mock: MockSim) -> None:
    mock.hold_jobs("processing")

    ran = interrupt(start("run", "echo", "--async", "--json"), lambda: len(mock.journal) > 1)

    assert (ran.code, ran.out) == (130, "")
    assert ran.error["task_id"] in mock.journal[1].path


@pytest.mark.parametrize("options", [[], ["--json"]], ids=str)
def test_a_reader_that_has_gone_is_141(mock: MockSim, options: list[str]) -> None:
    process = start(*RUN, *options)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None

    ran = finish(process)

    assert ran.code == 141
    assert "Traceback" not in ran.err


_ON_A_FULL_DISK = """
import errno, io, os, sys
class Full(io.RawIOBase):
    def writable(self):
        return True
    def write(self, data):
        raise OSError(errno.{reason}, os.strerror(errno.{reason}))
sys.{stream} = io.TextIOWrapper(io.BufferedWriter(Full()), line_buffering=True)
from sim_sdk.cli import main
sys.exit(main({argv}))
"""


@pytest.mark.parametrize("argv", [RUN, [*RUN, "--json"], ["limits"]], ids=" ".join)
def test_output_that_cannot_be_written_is_141_too(mock: MockSim, argv: list[str]) -> None:
    ran = run_python(_ON_A_FULL_DISK.format(stream="stdout", reason="ENOSPC", argv=argv))

    assert ran.code == 141, ran
    assert "the output cannot be written: No space left on device" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("argv", "code"), [(RUN, 141), (["limits"], 0), (["run", "nobodys"], 3), ([*RUN, "--input", "{"], 2)], ids=str
)
@pytest.mark.parametrize("reason", ["ENOSPC", "EPIPE"])
def test_errors_that_cannot_be_told_keep_their_code(mock: MockSim, argv: list[str], code: int, reason: str) -> None:
    assert run_python(_ON_A_FULL_DISK.format(stream="stderr", reason=reason, argv=argv)).code == code


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["run", "echo", "--input", "-"], "not JSON"),
        (["webhook", "send", "http://127.0.0.1:1/"], "there is no webhook secret"),
        (["webhook", "listen", "--secret", "-"], "standard input holds no secret"),
    ],
    ids=" ".join,
)
def test_a_closed_standard_input_is_an_empty_one(mock: MockSim, argv: list[str], reason: str) -> None:
    ran = run_python(f"import sys; sys.stdin = None; from sim_sdk.cli import main; sys.exit(main({argv}))")

    assert ran.code == 2
    assert reason in ran.err
    assert "Traceback" not in ran.err


_INTERRUPTED_AT_ITS_START = """
import sys
class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "sim_sdk.cli.app":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
from sim_sdk.cli import main
sys.exit(main(["--help"]))
"""


def test_ctrl_c_while_the_command_is_loaded_is_130() -> None:
    ran = run_python(_INTERRUPTED_AT_ITS_START)

    assert (ran.code, ran.out, ran.err) == (130, "", "")
