"""Waiting that shows: a countdown before the next try, and a job's progress."""

import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Optional

from rich.console import Console, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from sim_sdk._clock import SystemClock
from sim_sdk.results import TERMINAL_STATES

from .wording import number, printable, seconds

__all__ = ["Countdown", "JobProgress"]

_BAR_WIDTH = 32


class Countdown(SystemClock):
    """A clock that shows how long it sleeps: a bar that empties on a terminal, else one line.

    Attributes:
        waited: Seconds that it has slept where it showed it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._silent = False
        self.waited = 0.0

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
        if self._console.is_terminal:
            with Live(get_renderable=lambda: self._render(span, end), console=self._console, transient=True):
                super().sleep(span)
        else:
            self._console.print(f"waiting {seconds(span)} before the next try")
            super().sleep(span)

    def _render(self, span: float, end: float) -> RenderableType:
        left = max(0.0, end - self.monotonic())
        row = Table.grid(padding=(0, 1))
        bar = ProgressBar(
            total=span, completed=left, width=_BAR_WIDTH, complete_style="yellow", finished_style="yellow"
        )
        row.add_row(Text("waiting", "yellow"), bar, Text(f"{left:4.1f} s until the next try"))
        return Padding.indent(row, 2)


class JobProgress:
    """How far a job is: its state and the elapsed time, and a bar where the server has an estimate.

    Where the console is no terminal, each new state is a line.

    Args:
        console: Where it is shown.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._state = "queued"
        self._told: Optional[str] = None
        self._estimate: Optional[float] = None  # seconds
        self._began = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show it meanwhile."""
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self._render, console=self._console, refresh_per_second=12, transient=True):
            yield

    def update(self, job: Dict[str, Any]) -> None:
        """Take a status, as `get_job_status` returns it."""
        self._state = printable(job["status"])
        estimate = number(job.get("estimatedDuration"))
        if estimate is not None and estimate > 0:
            self._estimate = estimate / 1000
        if not self._console.is_terminal and self._state != self._told and self._state not in TERMINAL_STATES:
            self._told = self._state
            self._console.print(Text(f"job {printable(job['taskId'])}: {self._state}"), soft_wrap=True)

    def _render(self) -> RenderableType:
        elapsed = time.monotonic() - self._began
        row = Table.grid(padding=(0, 1))
        expected = "" if self._estimate is None else f" of about {seconds(self._estimate)}"
        row.add_row(
            self._spinner,
            Text(f"{self._state:<10}", "cyan"),
            ProgressBar(
                total=self._estimate,
                completed=min(elapsed, self._estimate or 0.0),
                width=_BAR_WIDTH,
                pulse=self._estimate is None,
            ),
            Text(f"{elapsed:.1f} s{expected}"),
        )
        return Padding.indent(row, 2)
