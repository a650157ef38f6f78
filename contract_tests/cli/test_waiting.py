"""What a terminal shows while the command waits."""

import io
import json
import re
import time
from collections.abc import Callable

import pytest
from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.text import Text

from contract_tests.cli.commands import Sim, plain
from sim_conformance.mock import MockSim, Slow
from sim_sdk.cli.batch.bar import BatchBar
from sim_sdk.cli.batch.standing import Standing
from sim_sdk.cli.display import Display, display_row
from sim_sdk.cli.waiting import Countdown, JobProgress


def terminal_of(width: int) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None, legacy_windows=False)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_countdown_shows_how_long_it_is_to_the_next_try_and_waits_that_long() -> None:
    console = terminal_of(100)
    countdown = Countdown(console, Display(console))
    began = countdown.monotonic()

    countdown.sleep(0.05)

    assert countdown.monotonic() - began >= 0.05
    assert countdown.waited == 0.05
    assert "s until the next try" in shown(console)


def test_a_silenced_countdown_shows_nothing() -> None:
    console = terminal_of(100)
    countdown = Countdown(console, Display(console))

    with countdown.silenced():
        countdown.sleep(0.0)

    assert shown(console) == ""
    assert countdown.waited == 0.0


def test_a_job_shows_its_state_its_time_and_the_estimate() -> None:
    console = terminal_of(100)
    progress = JobProgress(console, Display(console))

    with progress.shown():
        progress.update({"taskId": "t", "status": "processing", "estimatedDuration": 180_000})

    assert "processing" in shown(console)
    assert "s of about 3 min" in shown(console)


def test_a_job_without_a_sensible_estimate_shows_none() -> None:
    console = terminal_of(100)
    progress = JobProgress(console, Display(console))

    with progress.shown():
        for estimate in (None, -5, 0, "soon", True):
            progress.update({"taskId": "t", "status": "processing", "estimatedDuration": estimate})

    assert "processing" in shown(console)
    assert "of about" not in shown(console)


def batch_shown(standing: Standing) -> str:
    console = terminal_of(100)
    bar = BatchBar(console, standing)
    with bar.shown():
        bar.update()
    return shown(console)


def test_a_batch_shows_what_is_done_what_failed_and_what_runs() -> None:
    out = batch_shown(Standing(total=2000, done=900, succeeded=100, failed=3, running=8))

    assert "1,000 of 2,000 done · 3 failed · 8 running" in out
    assert "about " in out
    assert "paused" not in out


def test_a_batch_without_items_shows_no_nonsense() -> None:
    assert "0 of 0 done" in batch_shown(Standing())


def test_a_pause_of_a_batch_is_counted_down() -> None:
    assert "paused, next try in 1 min" in batch_shown(Standing(total=2, paused_until=time.monotonic() + 60.4))


def test_a_batch_that_stops_says_how_to_leave_at_once() -> None:
    assert "a second Ctrl-C leaves at once" in batch_shown(Standing(total=2, running=1, stopping=True))


def test_a_run_shows_what_is_waited_for_and_until_when(
    mock: MockSim, sim: Sim, terminal: Callable[[int], None]
) -> None:
    terminal(80)
    mock.add_workflow("slow", Slow(0.7, "done"))

    ran = sim("run", "slow", "--timeout", "30")

    shown = " ".join(plain(ran.err))
    assert re.search(r"waiting for the run to end · 0\.\d s · until \d\d:\d\d:\d\d at most", shown)
    assert json.loads("\n".join(plain(ran.out)))["result"] == "done"


def test_what_ends_at_once_shows_no_waiting(mock: MockSim, sim: Sim, terminal: Callable[[int], None]) -> None:
    terminal(80)

    assert "waiting" not in sim("limits").err


def test_nothing_is_shown_where_the_log_goes(
    mock: MockSim, sim: Sim, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)
    monkeypatch.setenv("SIM_LOG", "debug")
    mock.add_workflow("slow", Slow(0.5))

    assert "waiting" not in sim("run", "slow").err


def test_a_countdown_covers_what_is_on_show(mock: MockSim, sim: Sim, terminal: Callable[[int], None]) -> None:
    terminal(80)
    mock.add_workflow("slow", Slow(0.6, "done"))
    mock.fail_next(status=429, headers={"retry-after": "0.3"}, body={"error": "Rate limit exceeded"})

    ran = sim("run", "slow", "--retry")

    shown = " ".join(plain(ran.err))
    assert ran.code == 0
    assert re.search(r"s until the next try at \d\d:\d\d:\d\d", shown)
    assert "waiting for the run to end · " in shown
    assert "at most" not in shown  # each try has the time limit to itself


def test_a_job_that_is_not_followed_for_ever_says_until_when(mock: MockSim, sim: Sim) -> None:
    mock.hold_jobs("processing")

    ran = sim("run", "echo", "--async", "--timeout", "0.1")

    assert re.search(r"^job \S+: (queued|processing) · until \d\d:\d\d:\d\d at most$", ran.err, re.MULTILINE)


def test_a_line_on_show_leaves_room_for_the_echo_of_ctrl_c() -> None:
    console = terminal_of(40)
    with Display(console).showing(lambda: display_row(ProgressBar(width=30), Text("a text that is whole"))):
        pass

    (line, *_) = [line for line in plain(shown(console)) if "whole" in line]
    assert "a text that is whole" in line
    assert len(line) <= 36
