"""What a terminal shows while the command waits."""

import os
from contextlib import contextmanager
from typing import Callable, Iterator, List

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

__all__ = ["Display", "display_row"]

_REFRESHES = 10  # a second
_MARGIN = 4  # cells at the right, for the ^C that a terminal echoes

Render = Callable[[], RenderableType]


class Display:
    """The last lines of a terminal, drawn anew all the time, and gone when the waiting has ended.

    A terminal can have one only. Whoever shows something while something else is on show covers it up meanwhile.

    Args:
        console: The terminal. Where it is none nothing is shown, nor where SIM_LOG writes to it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_on = console.is_terminal and not os.environ.get("SIM_LOG")
        self._shown: List[Render] = []

    @contextmanager
    def showing(self, render: Render) -> Iterator[None]:
        """Show what `render` gives meanwhile; it is asked each time that it is drawn."""
        if not self._is_on:
            yield
            return
        self._shown.append(render)
        try:
            if len(self._shown) > 1:
                yield
                return
            with Live(
                get_renderable=self._render,
                console=self._console,
                refresh_per_second=_REFRESHES,
                transient=True,
                redirect_stdout=False,  # which may be a file
            ):
                yield
        finally:
            self._shown.remove(render)

    def _render(self) -> RenderableType:
        return Constrain(self._shown[-1]() if self._shown else Group(), self._console.width - _MARGIN)


def display_row(*cells: RenderableType) -> RenderableType:
    """A line of what is shown. Where it is too long its bar gives way, not its texts."""
    row = Table.grid(padding=(0, 1))
    for cell in cells:
        row.add_column(no_wrap=isinstance(cell, Text))
    row.add_row(*cells)
    return Padding.indent(row, 2)
