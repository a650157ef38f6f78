"""Consoles of rich, made alike."""

from rich.console import Console

__all__ = ["make_console"]

_PLAIN_WIDTH = 100


def make_console(*, stderr: bool = False) -> Console:
    """A console on standard output or error.

    Where that is no terminal, neither the environment nor a terminal nearby decides how wide the output is.
    """
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal or console.width < 1:  # COLUMNS=0, in which nothing at all would be shown
        console.width = _PLAIN_WIDTH
    return console
