"""The command: what it takes, what it says, and how it exits."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET

import pytest

from sim_conformance import collecting, commands
from sim_conformance.cli import main
from sim_conformance.embedded import embedded
from sim_conformance.mock import MockSim
from sim_conformance.mock.exchange import Frame, Reply
from sim_conformance.registry import Check, Level, Profile, all_checks, spec
from sim_conformance.selftest import MUTANTS
from sim_conformance.selftest.distort import Mutant
from sim_conformance.setup import INGREDIENTS

COMMAND = ("-m", "sim_conformance.cli", "run", "--report")
# What else is installed with the suite takes seconds to load.
PYTEST_MODULE = ("-m", "pytest", "-q", "-pno:cacheprovider", "-pno:anyio", "-pno:schemathesis")
PYTEST = (*PYTEST_MODULE, "--pyargs", "sim_conformance", "--sim-report")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("SIM_BASE_URL", *(one.environment for one in INGREDIENTS.values())):
        monkeypatch.delenv(name, raising=False)


def configured(monkeypatch, settings):
    """Name what is set up in the environment, as an operator does."""
    monkeypatch.setenv("SIM_BASE_URL", settings.base_url)
    for name, value in settings.ingredients.items():
        monkeypatch.setenv(INGREDIENTS[name].environment, value)


def test_a_conformant_server_is_0(monkeypatch, capsys):
    with embedded() as settings:
        configured(monkeypatch, settings)
        assert main(["run", "--profile", "response-block"]) == 0
    assert "conformant" in capsys.readouterr().out


def test_a_broken_rule_is_1_and_told_with_a_command(monkeypatch, capsys):
    mutant = next(one for one in MUTANTS if one.check == "SIM-RESP-001")
    with embedded(distortion=mutant.make()) as settings:
        configured(monkeypatch, settings)
        assert main(["run", "--profile", "response-block"]) == 1
        told = capsys.readouterr()
    assert "SIM-RESP-001 The status is the block's" in told.err
    assert "answered 200, not 201" in told.err
    command = next(line for line in told.err.splitlines() if line.startswith("curl "))
    assert f"{settings.base_url}/api/workflows/response-block/execute" in command
    assert "$SIM_API_KEY" in command
    assert "not conformant" in told.out


def test_a_recommendation_that_is_not_met_is_0(monkeypatch, capsys):
    mutant = next(one for one in MUTANTS if one.check == "SIM-STREAM-018")
    with embedded(distortion=mutant.make()) as settings:
        configured(monkeypatch, settings)
        assert main(["run", "--profile", "stream"]) == 0
    assert "SIM-STREAM-018" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "which server?"),
        (["--base-url", "http://127.0.0.1:9"], "SIM_API_KEY"),
        (["--base-url", "ftp://sim"], "http://host"),
        (["--base-url", "http://user:secret@sim"], "without a user"),
        (["--base-url", "http://sim?debug=1"], "without a user or a query"),
        (["--base-url", "http://sim#runs"], "without a user or a query"),
        (["--mock", "2024-01"], "unknown dialect"),
        (["--mock", "--base-url", "http://127.0.0.1:9"], "not both"),
        (["--mock", "--workflow", "my-echo"], "not both"),
        (["--mock", "--config", "sim.toml"], "not both"),
        (["--mock", "--profile", "nothing"], "unknown profile"),
        (["--mock", "--report", "/dev/null/report"], "cannot be written"),
        (["--mock", "--examples", "0"], "examples has to be a number from 1 on"),
        (["--mock", "--budget-runs", "-1"], "budget-runs has to be a number from 0 on"),
        (
            ["--base-url", "http://127.0.0.1:9", "--api-key", "sk-1234567", "--server-version", "2024"],
            "unknown version",
        ),
        (["--base-url", "http://127.0.0.1:9", "--api-key", "sk-1234567", "--workflow", "echo="], "NAME=ID"),
        (["--base-url", "http://127.0.0.1:9", "--api-key", "sk-1234567"], "does not answer"),
    ],
)
def test_settings_that_make_no_sense_are_2(flags, words, capsys):
    if "--report" in flags:
        flags = [*flags, "--profile", "response-block"]
    assert main(["run", *flags]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("key", ["sk-with-end\n", "sk-with\r\nX-Other: header", "sk with blank", "sk-€", "\x00sk"])
@pytest.mark.parametrize("variable", ["SIM_API_KEY", "SIM_OTHER_API_KEY"])
def test_a_key_that_cannot_be_sent_is_2_and_not_shown(variable, key, monkeypatch, capsys):
    given = {"SIM_API_KEY": "sk-main", variable: key}
    monkeypatch.setattr(commands.os, "environ", given)  # the real one takes no NUL
    assert main(["run", "--base-url", "http://127.0.0.1:9"]) == 2
    told = capsys.readouterr().err
    assert "key" in told
    assert "holds a blank, a line break or the like" in told
    assert "sk" not in told


def test_a_report_that_cannot_be_written_costs_no_run(monkeypatch, capsys):
    with MockSim() as sim:
        monkeypatch.setenv("SIM_API_KEY", sim.api_key)
        assert main(["run", "--base-url", sim.base_url, "--workflow", "echo", "--report", "/dev/null/report"]) == 2
        assert len(sim.journal) == 0
    assert "cannot be written" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_in_the_end_is_2_with_the_table(tmp_path, capsys):
    (tmp_path / "report.json").mkdir()
    assert main(["run", "--mock", "--profile", "response-block", "--report", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "cannot be written" in told.err
    assert "conformant" in told.out


def test_the_report_is_written_though_nobody_reads_the_table(tmp_path):
    command = [sys.executable, *COMMAND, str(tmp_path), "--mock", "--profile", "response-block"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()  # as `head` does
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (0, "")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["complete"]


def test_a_server_that_does_not_answer_is_2(monkeypatch, capsys):
    monkeypatch.setenv("SIM_API_KEY", "sk-of-nobody")
    assert main(["run", "--base-url", "http://127.0.0.1:9"]) == 2
    assert "does not answer" in capsys.readouterr().err


def test_a_key_that_is_not_taken_is_2(monkeypatch, capsys):
    monkeypatch.setenv("SIM_API_KEY", "sk-of-nobody")
    with MockSim() as sim:
        assert main(["run", "--base-url", sim.base_url]) == 2
    assert "does not take the API key" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("base-url = ", "cannot be read"),
        ("speed = 3", "unknown setting 'speed'"),
        ("seed = 'x'", "seed has the wrong type"),
        ("version = '2024'", "unknown version"),
        ("workflows = 3", "has to be a table"),
        ("[workflows]\nparrot = 'x'", "unknown name 'parrot'"),
        ("base-url = 'http://127.0.0.1:9'\ntimeout = 0\n[keys]\nmain = 'sk-1'", "timeout has to be a number"),
        ("base-url = 'http://127.0.0.1:9'\npatience = nan\n[keys]\nmain = 'sk-1'", "patience has to be a number"),
    ],
)
def test_a_file_that_makes_no_sense_is_2(tmp_path, capsys, text, words):
    file = tmp_path / "sim.toml"
    file.write_text(text)
    assert main(["run", "--config", str(file)]) == 2
    assert words in capsys.readouterr().err


def test_key_and_echo_by_flags(monkeypatch, capsys):
    with embedded() as settings:
        key = settings.ingredients["main-key"]
        flags = ["--base-url", settings.base_url, "--api-key", key, "--workflow", "echo", "--read-only", "-v"]
        assert main(["run", *flags, "--profile", "core"]) == 0
    told = capsys.readouterr()
    assert "pass SIM-STATUS-001" in told.err
    assert key not in told.err + told.out


def test_settings_come_from_a_file(tmp_path, monkeypatch, capsys):
    with embedded() as settings:
        monkeypatch.setenv("SIM_API_KEY", settings.ingredients["main-key"])
        file = tmp_path / "sim.toml"
        file.write_text(f'base-url = "{settings.base_url}"\n[workflows]\nresponse-block = "response-block"\n')
        report = tmp_path / "report"
        assert main(["run", "--config", str(file), "--profile", "response-block", "--report", str(report)]) == 0
    assert json.loads((report / "report.json").read_text())["summary"]["pass"] == 5


def test_what_is_not_set_up_is_skipped_with_the_reason(tmp_path, monkeypatch, capsys):
    with MockSim() as sim:
        monkeypatch.setenv("SIM_API_KEY", sim.api_key)
        flags = ["--base-url", sim.base_url, "--report", str(tmp_path)]
        assert main(["run", "--profile", "response-block", *flags]) == 0
    told = capsys.readouterr().out
    assert "there is no workflow that ends in a Response block (set SIM_WORKFLOW_RESPONSE_BLOCK)" in told
    assert "nothing could be checked" in told
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nothing could be checked" in page
    assert "Conformant" not in page


def test_a_suite_that_breaks_is_3(monkeypatch, capsys):
    def broken(sim):
        raise TypeError("the suite's own mistake")

    check = Check("SIM-X-001", "Nothing", Level.MUST, Profile.CORE, spec("ErrorBody"), (), 0, (), broken)
    monkeypatch.setattr(commands, "checks_of", lambda profiles: [check])
    assert main(["run", "--mock"]) == 3
    assert "the suite's own mistake" in capsys.readouterr().err


def test_a_pytest_that_breaks_is_3(monkeypatch, capsys):
    monkeypatch.setattr(collecting.ChecksFile, "collect", lambda self: 1 / 0)
    assert main(["run", "--mock"]) == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


@contextlib.contextmanager
def held_up_run(command, folder, *options, at="/slow/"):
    """A run of the suite in its own process, at the second answer that does not end; the first is given up."""
    reached = threading.Event()
    held_up = []

    def hold_up(call, reply):
        if at in call.path:
            # A little every now and then, for a signal that comes just before a wait does not end it.
            reply.frames = (Frame({}, delay=0.05),) * 100_000
            held_up.append(call)
            if len(held_up) > 1:
                reached.set()
        return reply

    with embedded(distortion=hold_up) as settings:
        variables = {INGREDIENTS[name].environment: value for name, value in settings.ingredients.items()}
        environment = {**os.environ, **variables, "SIM_BASE_URL": settings.base_url}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen([sys.executable, *command, str(folder), *options], env=environment, **pipes) as process:
            try:
                assert reached.wait(120)
                yield process
            finally:
                process.kill()


@pytest.mark.parametrize(
    ("command", "number", "exit_code"),
    [
        (COMMAND, signal.SIGINT, 130),
        (COMMAND, signal.SIGTERM, 143),
        (COMMAND, signal.SIGHUP, 129),
        (PYTEST, signal.SIGINT, 2),
        (PYTEST, signal.SIGTERM, 2),
    ],
)
def test_interrupted_leaves_a_valid_partial_report(command, number, exit_code, tmp_path):
    with held_up_run(command, tmp_path) as process:
        process.send_signal(number)
        process.send_signal(number)  # as `timeout` does, and whoever presses Ctrl-C twice
        told, _ = process.communicate(timeout=60)
    assert process.returncode == exit_code
    assert "Traceback" not in told
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is False
    assert report["verdict"] == "incomplete"
    assert report["summary"]["pass"] >= 20
    assert report["summary"]["not-run"] > 50
    assert len(report["checks"]) == len(all_checks())
    broken_off = [check for check in report["checks"] if check["outcome"] == "not-run" and check["exchanges"]]
    assert [check["id"] for check in broken_off] == ["SIM-EXEC-018"]
    assert "in the midst" in broken_off[0]["message"]
    assert "/slow/execute" in broken_off[0]["exchanges"][-1]["curl"]
    cases = ET.parse(tmp_path / "junit.xml").getroot().iter("testcase")
    assert len(list(cases)) == len(all_checks())
    assert "this report is partial" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "exit_code"), [(COMMAND, 130), (PYTEST, 2)], ids=["command", "pytest"])
def test_signals_do_not_break_off_the_report(command, exit_code, tmp_path):
    os.mkfifo(tmp_path / "report.html")
    with held_up_run(command, tmp_path) as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        with (tmp_path / "report.html").open(encoding="utf-8") as page:  # once it is being written
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)
            html = page.read()
        told, _ = process.communicate(timeout=60)
    assert process.returncode == exit_code
    assert "Traceback" not in told
    assert len(html) > 65536  # more than the pipe takes at once: the signals came in the midst of it
    assert html.rstrip().endswith("</html>")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["verdict"] == "incomplete"


def test_interrupted_does_not_wait_for_runs_at_the_same_time(tmp_path):
    with held_up_run(PYTEST, tmp_path, "-k", "SIM-EXEC-019", at="/echo/") as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 2


def test_interrupted_selftest_says_so(monkeypatch, capsys):
    def stopped(**options):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "prove", stopped)
    assert main(["selftest"]) == 130
    assert capsys.readouterr().err.endswith("sim-conformance: interrupted\n")


def test_list_shows_every_check(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for check in all_checks():
        line = next(line for line in lines if line.startswith(check.id))
        assert check.title in line
        assert check.level.value in line
        assert str(check.clause) in line


def test_list_shows_a_profile(capsys):
    assert main(["list", "--profile", "response-block"]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]} == {
        f"SIM-RESP-00{number}" for number in range(1, 6)
    }


def test_guide_names_everything(capsys):
    assert main(["guide"]) == 0
    told = capsys.readouterr().out
    assert all(one.environment in told for one in INGREDIENTS.values())


def test_selftest_writes_its_table(tmp_path, monkeypatch, capsys):
    real = commands.prove
    monkeypatch.setattr(commands, "prove", lambda **options: real(**options, mutants=MUTANTS[:2], versions=[]))
    assert main(["selftest", "--json", str(tmp_path / "table.json")]) == 1
    table = json.loads((tmp_path / "table.json").read_text())
    assert table["mutants"][0] == {
        "check": "SIM-AUTH-001",
        "mutant": "runs without a key",
        "killedBy": ["SIM-AUTH-001"],
    }
    told = capsys.readouterr().out
    assert table["checksMade"] == "own"
    assert "SIM-LOGS-001 has no mutant" in told
    assert "its own check alone was made" in told


def test_selftest_shows_all_checks_that_notice_a_mutant(tmp_path, monkeypatch, capsys):
    real = commands.prove
    tell_all = Mutant("SIM-RESP-002", "answers nothing but 500", lambda: lambda call, reply: Reply(500))
    lost = Mutant("SIM-RESP-002", "needs no key", next(one for one in MUTANTS if one.check == "SIM-RESP-005").make)
    monkeypatch.setattr(commands, "prove", lambda **options: real(**options, mutants=[tell_all, lost], versions=[]))
    assert main(["selftest", "--all-checks", "--json", str(tmp_path / "table.json")]) == 1
    table = json.loads((tmp_path / "table.json").read_text())
    assert table["checksMade"] == "profile"
    assert table["mutants"][0]["killedBy"] == [f"SIM-RESP-{number:03}" for number in range(1, 6)]
    assert table["mutants"][1]["killedBy"] == ["SIM-RESP-005"]
    told = capsys.readouterr().out
    assert "SIM-RESP-002: the mutant that needs no key survived" in told
    assert "survived, SIM-RESP-005" in told
    assert "every check of its profile was made" in told


def run_pytest(*options, **variables):
    command = [sys.executable, *PYTEST_MODULE, "--pyargs", "sim_conformance", *options]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/", check=False)


def test_runs_by_pytest(tmp_path):
    done = run_pytest("--sim-mock", "2025-10", "--sim-profile", "response-block", "--sim-report", str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
    assert json.loads((tmp_path / "report.json").read_text())["complete"]


def test_pytest_fails_with_the_server_and_says_why():
    mutant = next(one for one in MUTANTS if one.check == "SIM-RESP-001")
    with embedded(distortion=mutant.make()) as settings:
        variables = {INGREDIENTS[name].environment: value for name, value in settings.ingredients.items()}
        done = run_pytest("--sim-base-url", settings.base_url, "--sim-profile", "response-block", **variables)
    assert done.returncode == 1
    assert "answered 200, not 201" in done.stdout
    assert "curl " in done.stdout
    assert "1 failed, 4 passed" in done.stdout
    assert settings.ingredients["main-key"] not in done.stdout


def test_pytest_takes_the_mock_with_its_limits(tmp_path):
    flags = ("--sim-mock", "--sim-profile", "response-block", "--sim-report", str(tmp_path))
    done = run_pytest(*flags, "--sim-read-only", "--sim-budget-runs", "3")
    assert "5 skipped" in done.stdout, done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["readOnly"], report["budgetRuns"]) == (True, 3)


def test_pytest_without_a_server_is_a_usage_error():
    done = run_pytest()
    assert done.returncode == 4
    assert "which server?" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-n", "2"), "without pytest-xdist"),
        (("--sim-base-url", "http://127.0.0.1:9"), "not both"),
        (("--sim-report", "/dev/null/report"), "cannot be written"),
    ],
)
def test_pytest_with_options_that_make_no_sense_is_a_usage_error(options, words):
    done = run_pytest("--sim-mock", "--sim-profile", "response-block", *options)
    assert done.returncode == 4
    assert words in done.stderr
    assert "Traceback" not in done.stderr
