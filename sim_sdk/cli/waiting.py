"""Waiting that shows: what is waited for, how long it has been, and until when at most."""

import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Optional

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.text import Text

from sim_sdk._clock import SystemClock
from sim_sdk.results import TERMINAL_STATES

from .display import Display, display_row
from .wording import number, printable, seconds, time_of_day

__all__ = ["Countdown", "JobProgress", "Patience", "Pause"]

_BAR_WIDTH = 24
_DELAY = 0.4  # seconds; what ends sooner is no waiting


class Patience:
    """Something that is waited for, maybe not for ever.

    Args:
        what: What it is, as in "waiting for ...".
        limit: Seconds after which it is given up; None where it is not.
    """

    def __init__(self, what: str, limit: Optional[float] = None) -> None:
        self._what = what
        self._until = None if limit is None else time.time() + limit
        self._began = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def until(self) -> str:
        """When it is given up; empty where it is not."""
        return "" if self._until is None else f" · until {time_of_day(self._until)} at most"

    def render(self) -> RenderableType:
        if self.elapsed < _DELAY:
            return Group()
        text = Text.assemble((f"waiting for {self._what}", "cyan"), f" · {self.elapsed:.1f} s", (self.until(), "dim"))
        return display_row(self._spinner, text)


class Pause:
    """The time between two looks at something that goes on.

    Args:
        what: What is looked at.
        seconds: How long it is to the next look.
    """

    def __init__(self, what: str, seconds: float) -> None:
        self._what = what
        self._end = time.monotonic() + seconds
        self._spinner = Spinner("dots", style="cyan")

    def render(self) -> RenderableType:
        left = max(0.0, self._end - time.monotonic())
        return display_row(
            self._spinner,
            Text.assemble((self._what, "cyan"), (f" · next look in {left:.0f} s · Ctrl-C ends", "dim")),
        )


class Countdown(SystemClock):
    """A clock that shows how long it sleeps: a bar that empties on a terminal, else one line.

    Attributes:
        waited: Seconds that it has slept where it showed it.
    """

    def __init__(self, console: Console, display: Display) -> None:
        self._console = console
        self._display = display
        self._silent = False
        self.waited: float = 0.0

    def sleep(self, seconds: float) -> None:
        if self._silent:
            super().sleep(seconds)
        else:
            self._show(seconds)
            self.waited += seconds

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """Sleep without showing it, where something else is on show."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False

    def _show(self, span: float) -> None:
        end = self.monotonic() + span
        if not self._console.is_terminal:
            self._console.print(f"waiting {seconds(span)} before the next try", soft_wrap=True)
        with self._display.showing(lambda: self._render(span, end)):
            super().sleep(span)

    def _render(self, span: float, end: float) -> RenderableType:
        left = max(0.0, end - self.monotonic())
        bar = ProgressBar(
            total=span, completed=left, width=_BAR_WIDTH, complete_style="yellow", finished_style="yellow"
        )
        at = Text(f"at {time_of_day(self.time() + left)}", "dim")
        return display_row(Text("waiting", "yellow"), bar, Text(f"{left:4.1f} s until the next try"), at)


class JobProgress:
    """How far a job is: its state and the elapsed time, and a bar where the server has an estimate.

    Where the console is no terminal, each new state is a line.

    Args:
        console: Where it is shown.
        display: How it is, on a terminal.
        limit: Seconds after which it is given up; None where it is not.
    """

    def __init__(self, console: Console, display: Display, limit: Optional[float] = None) -> None:
        self._console = console
        self._display = display
        self._patience = Patience("the job", limit)
        self._state = "queued"
        self._told: Optional[str] = None
        self._estimate: Optional[float] = None  # seconds
        self._spinner = Spinner("dots", style="cyan")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show it meanwhile."""
        with self._display.showing(self._render):
            yield

    def update(self, job: Dict[str, Any]) -> None:
        """Take a status, as `get_job_status` returns it."""
        self._state = printable(job["status"])
        estimate = number(job.get("estimatedDuration"))
        if estimate is not None and estimate > 0:
            self._estimate = estimate / 1000
        if not self._console.is_terminal and self._state != self._told and self._state not in TERMINAL_STATES:
            self._told = self._state
            self._console.print(
                Text(f"job {printable(job['taskId'])}: {self._state}{self._patience.until()}"), soft_wrap=True
            )

    def _render(self) -> RenderableType:
        elapsed = self._patience.elapsed
        expected = "" if self._estimate is None else f" of about {seconds(self._estimate)}"
        return display_row(
            self._spinner,
            Text(f"{self._state:<10}", "cyan"),
            ProgressBar(
                total=self._estimate,
                completed=min(elapsed, self._estimate or 0.0),
                width=_BAR_WIDTH,
                pulse=self._estimate is None,
            ),
            Text.assemble(f"{elapsed:.1f} s{expected}", (self._patience.until(), "dim")),
        )
