"""What a terminal shows while the command waits."""

import io
import time

from rich.console import Console

from sim_sdk.cli.batch.bar import BatchBar
from sim_sdk.cli.batch.standing import Standing
from sim_sdk.cli.display import Display
from sim_sdk.cli.waiting import Countdown, JobProgress


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None, legacy_windows=False)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_countdown_shows_how_long_it_is_to_the_next_try_and_waits_that_long() -> None:
    console = terminal()
    countdown = Countdown(console, Display(console))
    began = countdown.monotonic()

    countdown.sleep(0.05)

    assert countdown.monotonic() - began >= 0.05
    assert countdown.waited == 0.05
    assert "s until the next try" in shown(console)


def test_a_silenced_countdown_shows_nothing() -> None:
    console = terminal()
    countdown = Countdown(console, Display(console))

    with countdown.silenced():
        countdown.sleep(0.0)

    assert shown(console) == ""
    assert countdown.waited == 0.0


def test_a_job_shows_its_state_its_time_and_the_estimate() -> None:
    console = terminal()
    progress = JobProgress(console, Display(console))

    with progress.shown():
        progress.update({"taskId": "t", "status": "processing", "estimatedDuration": 180_000})

    assert "processing" in shown(console)
    assert "s of about 3 min" in shown(console)


def test_a_job_without_a_sensible_estimate_shows_none() -> None:
    console = terminal()
    progress = JobProgress(console, Display(console))

    with progress.shown():
        for estimate in (None, -5, 0, "soon", True):
            progress.update({"taskId": "t", "status": "processing", "estimatedDuration": estimate})

    assert "processing" in shown(console)
    assert "of about" not in shown(console)


def batch_shown(standing: Standing) -> str:
    console = terminal()
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
