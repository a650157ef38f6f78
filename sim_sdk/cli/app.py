"""From arguments to an exit code."""

import io
import os
import sys
from typing import Optional, Sequence

import click

from sim_sdk.errors import SimStudioError

from .commands import sim
from .failures import ExitCode, Failure, Interrupted, explain
from .hints import hint_for
from .human import HumanView
from .machine import MachineView
from .session import Session
from .view import View

_EXPLAINED = (SimStudioError, Interrupted, click.ClickException, click.Abort, TypeError, ValueError, RecursionError)
_COMPLETION = "_SIM_COMPLETE"  # set by a shell that asks click what may follow


def run(argv: Sequence[str]) -> int:
    """Run the command line.

    Returns:
        The exit code.
    """
    _accept_any_text()
    _have_input()
    # Decided before the arguments are parsed, so that errors in them come in the form that was asked for.
    view: View = MachineView() if "--json" in argv else HumanView()
    session = Session(view)
    try:
        code: int = sim.main(list(argv), prog_name="sim", standalone_mode=False, obj=session)
    except _EXPLAINED as error:
        return _tell(view, explain(error), session.hint or hint_for(error, session.settings))
    except OSError as error:
        return _output_failed(view, error)
    except SystemExit as end:
        if _COMPLETION in os.environ:
            return int(end.code or 0)
        # Else only raised, by click and by rich, where whoever read the output has gone.
        sys.stderr = io.StringIO()  # what is left of an output would fail again at the end of the process
        return ExitCode.OUTPUT_CLOSED.value
    return int(code)


def _output_failed(view: View, error: OSError) -> int:
    """Say that the output cannot be written, for which a full disk is the usual reason."""
    # What is left of it would be written once more at the end of the process, and fail again.
    sys.stdout = io.StringIO()
    return _tell(view, Failure(ExitCode.OUTPUT_CLOSED, f"the output cannot be written: {error.strerror or error}"))


def _tell(view: View, failure: Failure, hint: Optional[str] = None) -> int:
    """Say why there is no result. Where it cannot be written either, the exit code says it alone."""
    try:
        view.failure(failure, hint)
    except (OSError, SystemExit):  # the latter from rich, where whoever read it has gone
        sys.stderr = io.StringIO()
    return failure.exit_code.value


def _accept_any_text() -> None:
    """Let no character of a workflow's output fail on a terminal or pipe that cannot encode it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _have_input() -> None:
    """Take a standard input that is closed for one that holds nothing."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
