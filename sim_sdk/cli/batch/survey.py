"""What earlier runs of a batch left: what is done, what was edited since, what has no known end."""

import shutil
from pathlib import Path
from typing import Tuple

from sim_sdk.cli.failures import ExitCode, Failure

from .files import Files
from .journal import Journal, State
from .lines import read_lines
from .records import Record, describe_failure
from .standing import Found, Standing

__all__ = ["survey"]

_CRASHED = Failure(
    ExitCode.WORKFLOW_FAILED, "an earlier run started it and did not live to see its end", request_sent=True
)


def survey(source: Path, files: Files, *, rerun_unknown: bool) -> Tuple[Standing, Found]:
    """Bring the files into agreement with each other and with the input.

    After this the journal knows what is done and what is to be left alone; of other items there are no records.

    Args:
        source: The input.
        files: Where the batch is recorded.
        rerun_unknown: Whether items whose end is not known are to be run again.

    Raises:
        click.UsageError: The files are not of this batch.
    """
    found = Found(rerun_unknown)
    for file in (files.output, files.failed):
        if file.repair():
            found.torn.append(file.path.name)
    _read_records(files)
    standing = _read_input(source, files.journal, found)
    if found.edited.count and files.output.path.exists():
        _keep_aside(files)
        files.output.keep(lambda record: _state(files.journal, record) is State.DONE)
    files.failed.keep(lambda record: _state(files.journal, record) is State.UNKNOWN)
    return standing, found


def _keep_aside(files: Files) -> None:
    """Add the output as it is to what was kept of it before: it has been paid for."""
    with files.output.path.open("rb") as output, files.replaced.open("ab") as kept:
        shutil.copyfileobj(output, kept)


def _read_records(files: Files) -> None:
    journal = files.journal
    with journal.many():
        for _, record in files.failed.read():
            if record.get("end_known") is False:
                journal.note(record["line"], record["digest"], State.UNKNOWN)
            else:
                journal.forget(record["line"])
        for _, record in files.output.read():
            journal.note(record["line"], record["digest"], State.DONE)
    for line, digest in journal.started():
        files.failed.append(line, digest, describe_failure(_CRASHED, end_known=False))
    journal.give_up_started()


def _read_input(source: Path, journal: Journal, found: Found) -> Standing:
    standing = Standing()
    with journal.many():
        for line in read_lines(source):
            standing.total += 1
            state = journal.state(line.number, line.digest)
            if state is State.DONE:
                standing.done += 1
            elif state is State.EDITED:
                found.edited.add(line.number)
                journal.forget(line.number)
            elif state is State.UNKNOWN:
                found.unknown.add(line.number)
                if found.unknown_run_again:
                    journal.forget(line.number)
    if not found.unknown_run_again:
        standing.unknown = found.unknown.count
    return standing


def _state(journal: Journal, record: Record) -> State:
    return journal.state(record["line"], record["digest"])
