"""From arguments to an exit code."""

import io
import os
import sys
from typing import Sequence

import click

from sim_sdk.errors import SimStudioError

from .commands import sim
from .failures import ExitCode, Failure, Interrupted, explain
from .hints import hint_for
from .human import HumanView
from .machine import MachineView
from .session import Session
from .view import View

_COMPLETION = "_SIM_COMPLETE"  # set by a shell that asks click what may follow


def run(argv: Sequence[str]) -> int:
    """Run the command line.

    Returns:
        The exit code.
    """
    _accept_any_text()
    # Decided before the arguments are parsed, so that errors in them come in the form that was asked for.
    view: View = MachineView() if "--json" in argv else HumanView()
    session = Session(view)
    try:
        code: int = sim.main(list(argv), prog_name="sim", standalone_mode=False, obj=session)
    except (SimStudioError, Interrupted, click.ClickException, click.Abort, TypeError, ValueError) as error:
        failure = explain(error)
        view.failure(failure, session.hint or hint_for(error, session.settings))
        return failure.exit_code.value
    except OSError as error:
        return _output_failed(view, error)
    except SystemExit as end:
        if _COMPLETION in os.environ:
            return int(end.code or 0)
        # Else only raised, by click and by rich, where whoever read the output has gone.
        return ExitCode.OUTPUT_CLOSED.value
    return int(code)


def _output_failed(view: View, error: OSError) -> int:
    """Say that the output cannot be written, for which a full disk is the usual reason."""
    # What is left of it would be written once more at the end of the process, and fail again.
    sys.stdout = io.StringIO()
    view.failure(Failure(ExitCode.OUTPUT_CLOSED, f"the output cannot be written: {error.strerror or error}"))
    return ExitCode.OUTPUT_CLOSED.value


def _accept_any_text() -> None:
    """Let no character of a workflow's output fail on a terminal or pipe that cannot encode it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
