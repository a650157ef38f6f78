"""A batch on show to people."""

import time
from contextlib import contextmanager
from typing import Iterator

from rich.console import Console, RenderableType
from rich.progress_bar import ProgressBar
from rich.text import Text

from sim_sdk.cli.display import Display, display_row
from sim_sdk.cli.wording import seconds

from .standing import Standing

__all__ = ["BatchBar"]

_BAR_WIDTH = 32
_PARTS = 10  # how many lines it takes where there is no terminal


class BatchBar:
    """How far a batch is: a bar on a terminal, elsewhere a line after each tenth of it.

    Args:
        console: Where it is shown.
        standing: How far it is.
    """

    def __init__(self, console: Console, standing: Standing) -> None:
        self._console = console
        self._standing = standing
        self._began = time.monotonic()
        self._told = self._part()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show it meanwhile."""
        with Display(self._console).showing(self._render):
            yield

    def update(self) -> None:
        """Tell what is new where there is no terminal. On one it is seen in any case."""
        if self._console.is_terminal:
            return
        pause = self._pause()
        if pause:
            self._print(f"paused for {pause}")
        elif self._part() > self._told:
            self._told = self._part()
            self._print(self._counts())

    def _part(self) -> int:
        standing = self._standing
        return _PARTS * (standing.done + standing.unknown + standing.ended) // max(1, standing.total)

    def _print(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _render(self) -> RenderableType:
        standing = self._standing
        completed = standing.done + standing.unknown + standing.ended
        style = "yellow" if standing.paused_until is not None else "bar.complete"
        bar = ProgressBar(total=max(1, standing.total), completed=completed, width=_BAR_WIDTH, complete_style=style)
        return display_row(bar, Text(self._counts()), self._note())

    def _counts(self) -> str:
        standing = self._standing
        parts = [f"{standing.done + standing.succeeded:,} of {standing.total:,} done"]
        if standing.failed:
            parts.append(f"{standing.failed:,} failed")
        if standing.running:
            parts.append(f"{standing.running:,} running")
        return " · ".join(parts)

    def _note(self) -> Text:
        standing = self._standing
        if standing.stopping:
            return Text("· stopping; a second Ctrl-C leaves at once", "yellow")
        pause = self._pause()
        if pause:
            return Text(f"· paused, next try in {pause}", "yellow")
        left = standing.pending + standing.running
        if not standing.ended or not left:
            return Text("")
        each = (time.monotonic() - self._began) / standing.ended
        return Text(f"· about {seconds(each * left)} left", "dim")

    def _pause(self) -> str:
        until = self._standing.paused_until
        return "" if until is None else seconds(max(0.0, until - time.monotonic()))
