"""Runs the items that are left of a batch, and records how each ends."""

import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

import click

from sim_sdk.batch import BatchInterrupted, BatchResult
from sim_sdk.cli.failures import ExitCode, Failure, FileFailed, Interrupted, explain
from sim_sdk.cli.parameters import parse_json
from sim_sdk.cli.signals import on_signal
from sim_sdk.cli.view import View
from sim_sdk.client import SimStudioClient
from sim_sdk.errors import (
    AuthenticationError,
    ConnectionFailedError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    SimStudioError,
    UsageLimitError,
)
from sim_sdk.results import WorkflowExecutionResult
from sim_sdk.retry import execution_retryable

from .files import Files
from .journal import State
from .lines import Line, read_lines
from .records import describe_failure
from .standing import Lines, Standing
from .stop import PausingClock, Stop
from .survey import survey

__all__ = ["Order", "run_batch"]

_LIMITS = (RateLimitError, UsageLimitError)
_REFUSALS = (AuthenticationError, PermissionDeniedError, NotFoundError)


@dataclass(frozen=True)
class Order:
    """A batch as it was asked for. `timeout` is in seconds, for each run."""

    workflow_id: str
    source: Path
    output: Path
    failed: Path
    concurrency: int
    timeout: float
    max_retries: int
    ordered: bool
    rerun_unknown: bool


def run_batch(view: View, client: SimStudioClient, order: Order) -> ExitCode:
    """Run what is left of a batch.

    Raises:
        Interrupted: Ctrl-C was pressed, or SIGTERM came.
        SimStudioError: What all other items would meet as well.
        click.UsageError: The files are not of this batch.
        FileFailed: One of them cannot be read or written.
    """
    work: Optional[_Work] = None
    with _failing(lambda: work is not None and work.started > 0), _files(order) as files:
        standing, found = survey(order.source, files, rerun_unknown=order.rerun_unknown)
        view.batch_found(standing, found)
        files.output.open()
        files.failed.open()
        stop = Stop(standing)
        with view.batch(standing) as shown:
            told = stop.when_unseen(shown)
            work = _Work(order, files, standing, stop, told)
            with on_signal(stop.interrupt, lambda: _leave(view, work.running)):
                work.run(client.with_options(clock=PausingClock(standing, told, stop)))
                if order.ordered:
                    _arrange(files)
        if stop.unseen is not None:
            raise stop.unseen
    view.batch_ended(standing, str(order.failed))
    if stop.interrupted:
        raise Interrupted("interrupted; whatever had been started has ended. The same command goes on with the rest")
    if stop.reason is not None:
        raise stop.reason
    return ExitCode.SUCCESS if standing.complete else ExitCode.WORKFLOW_FAILED


class _Work:
    """The items that are left, on their way."""

    def __init__(self, order: Order, files: Files, standing: Standing, stop: Stop, told: Callable[[], None]) -> None:
        self._order = order
        self._files = files
        self._standing = standing
        self._stop = stop
        self._told = told
        self._under_way: Dict[int, Line] = {}
        self.started = 0  # items, each of which may have been sent

    @property
    def running(self) -> Lines:
        """The lines of the items that were started and have not ended."""
        lines = Lines()
        for line in self._under_way.values():
            lines.add(line.number)
        return lines

    def run(self, client: SimStudioClient) -> None:
        """Run them all, or until it is to stop; then what runs is waited for."""
        results = client.execute_batch(
            self._items(),
            max_concurrency=self._order.concurrency,
            timeout=self._order.timeout,
            max_retries=self._order.max_retries,
        )
        try:
            for result in results:
                self._end(self._under_way[result.index], result)
                del self._under_way[result.index]
        except BatchInterrupted:
            # A pause was given up. Nothing runs in a pause: what is under way was refused, and can be run another time.
            for line in self._under_way.values():
                self._files.journal.forget(line.number, line.digest)
            self._standing.running = 0

    def _items(self) -> Iterator[Tuple[str, Any]]:
        """The inputs. Each is noted as started before the batch has it to send."""
        for line in read_lines(self._order.source):
            if self._stop.asked:
                return
            if self._files.journal.state(line.number) is not State.NEW:
                continue
            try:
                value = parse_json(line.text)
            except ValueError as error:
                self._fail(line, explain(ValueError(f"line {line.number}: {error}")), end_known=True)
                continue
            self._files.journal.start(line.number, line.digest)
            self._under_way[self.started] = line
            self.started += 1
            self._standing.running += 1
            yield self._order.workflow_id, value

    def _end(self, line: Line, end: BatchResult) -> None:
        self._standing.running -= 1
        if end.error is not None:
            self._end_without_result(line, end.error)
        elif end.result is not None:
            self._end_with_result(line, end.result)
        # Only what is on record, and on the disk, is no longer noted as started.
        self._files.sync()
        self._files.journal.forget(line.number, line.digest)

    def _end_with_result(self, line: Line, result: WorkflowExecutionResult) -> None:
        if not result.success:
            self._fail(line, _failure_of(result), end_known=True, result=result)
            return
        self._files.output.append(line.number, line.digest, vars(result))
        self._standing.succeeded += 1
        self._told()

    def _end_without_result(self, line: Line, error: Exception) -> None:
        self._fail(line, explain(error), end_known=_is_end_known(error))
        if isinstance(error, SimStudioError) and self._concerns_all(error):
            self._stop.because_of(error)

    def _fail(
        self, line: Line, failure: Failure, *, end_known: bool, result: Optional[WorkflowExecutionResult] = None
    ) -> None:
        record = describe_failure(failure, end_known=end_known, result=result)
        self._files.failed.append(line.number, line.digest, record)
        self._standing.failed += 1
        self._told()

    def _concerns_all(self, error: SimStudioError) -> bool:
        """Whether the other items would meet the same, so that it is no use to go on."""
        if isinstance(error, _LIMITS) or (isinstance(error, ConnectionFailedError) and error.request_sent is False):
            return True
        # A workflow may answer so by itself; one that has succeeded once is there, and is ours.
        return isinstance(error, _REFUSALS) and self._standing.succeeded == 0


def _is_end_known(error: Exception) -> bool:
    """Whether it is known what became of an item: it was not sent, or refused."""
    if not isinstance(error, SimStudioError):
        return isinstance(error, (TypeError, ValueError))  # of the item itself, which could not be sent
    if error.request_sent is False or execution_retryable(error):
        return True
    return isinstance(error, (*_LIMITS, *_REFUSALS, InvalidRequestError))


def _failure_of(result: WorkflowExecutionResult) -> Failure:
    return Failure(
        ExitCode.WORKFLOW_FAILED,
        result.error or "the workflow failed; its server does not say why",
        status=result.status_code,
        request_sent=True,
        request_id=result.request_id,
    )


def _arrange(files: Files) -> None:
    """Put the results into the order of the lines."""
    with files.journal.many():
        for place, record in files.output.read():
            files.journal.note(record["line"], record["digest"], State.DONE, place)
    files.output.arrange(files.journal.places())


@contextmanager
def _files(order: Order) -> Iterator[Files]:
    paths = [order.source, *Files.paths(order.output, order.failed)]
    if len({path.resolve() for path in paths}) < len(paths):
        raise click.UsageError(
            "the input, --output and --failed are three different files, none a .journal or .replaced of another."
        )
    for path in paths[:3]:
        if path.exists() and not path.is_file():
            # The input is read twice, and what is written is read by the next run.
            raise click.UsageError(f"{path} is no regular file; pipes and devices will not do.")
    with Files(order.output, order.failed, order.workflow_id) as files:
        yield files


@contextmanager
def _failing(sent: Callable[[], bool]) -> Iterator[None]:
    """Let what a file fails say whether anything may have been sent."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise FileFailed(f"the batch stopped because a file failed it: {error}", request_sent=sent()) from None


def _leave(view: View, running: Lines) -> None:
    """Leave without waiting for what runs, not even for its threads."""
    told = f"may be running yet: {running}" if running.count else "nothing is running"
    try:
        view.failure(explain(Interrupted(f"left at once; {told}")))
    finally:  # whatever Ctrl-C came into the midst of
        os._exit(ExitCode.INTERRUPTED)
