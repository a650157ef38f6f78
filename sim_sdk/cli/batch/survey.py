"""What earlier runs of a batch left: what is done, what was moved or edited since, what has no known end."""

from pathlib import Path
from typing import Tuple

from sim_sdk.cli.failures import ExitCode, Failure

from .files import Files
from .journal import Journal, State
from .lines import read_lines
from .records import Renumber, describe_failure
from .standing import Found, Standing

__all__ = ["survey"]

_CRASHED = Failure(
    ExitCode.WORKFLOW_FAILED, "an earlier run started it and did not live to see its end", request_sent=True
)


def survey(source: Path, files: Files, *, rerun_unknown: bool) -> Tuple[Standing, Found]:
    """Bring the files into agreement with each other and with the input.

    After this the journal knows what is done and what is to be left alone; of other items there are no records. A line
    keeps its record where others were put in or taken out before it.

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
    drops = files.journal.drops_results()
    if drops:
        files.keep_aside()
    if drops or found.moved.count:
        files.output.renumber(_renumbering(files.journal, State.DONE))
    files.failed.renumber(_renumbering(files.journal, State.UNKNOWN))
    return standing, found


def _read_records(files: Files) -> None:
    journal = files.journal
    with journal.many():
        for _, record in files.failed.read():
            if record.get("end_known") is False:
                journal.add_record(record["line"], record["digest"], State.UNKNOWN)
            journal.forget(record["line"], record["digest"])
        for _, record in files.output.read():
            journal.add_record(record["line"], record["digest"], State.DONE)
            journal.forget(record["line"], record["digest"])
        for line, digest in journal.started():
            files.failed.append(line, digest, describe_failure(_CRASHED, end_known=False))
            journal.add_record(line, digest, State.UNKNOWN)
        files.failed.sync()


def _read_input(source: Path, journal: Journal, found: Found) -> Standing:
    standing = Standing()
    with journal.many():
        for line in read_lines(source):
            standing.total += 1
            journal.stay(line.number, line.digest)
        if journal.left_over():
            for line in read_lines(source):
                journal.move(line.number, line.digest)
        journal.settle()
        standing.done = journal.count(State.DONE)
        found.moved.extend(journal.moved())
        found.edited.extend(journal.edited())
        found.unknown.extend(journal.lines(State.UNKNOWN))
        if found.unknown_run_again:
            journal.rerun_unknown()
        else:
            standing.unknown = found.unknown.count
    return standing


def _renumbering(journal: Journal, state: State) -> Renumber:
    return lambda record: journal.line_now(record["line"], record["digest"], state)
