"""Commands that run workflows, and follow what they started."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ContextManager, Dict, Iterator, Optional, Sequence, Union

import click

from sim_sdk._validate import require_identifier
from sim_sdk.cli.failures import ExitCode, Interrupted
from sim_sdk.cli.hints import hint_for_run
from sim_sdk.cli.parameters import connection_options, execution_options, timeout_option
from sim_sdk.cli.session import Session
from sim_sdk.cli.view import View
from sim_sdk.client import SimStudioClient
from sim_sdk.errors import SimStudioError
from sim_sdk.results import TERMINAL_STATES, AsyncExecutionResult, WorkflowExecutionResult, read_job_result

__all__ = ["batch", "job", "run", "status", "stream"]

_RUN_TIMEOUT = 30.0  # seconds
_MAX_RETRIES = 3
_MAX_BATCH_RETRIES = 10
_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class _Order:
    """A run as it was asked for."""

    workflow_id: str
    input_data: Any
    selected_outputs: Sequence[str]
    timeout: Optional[float]
    max_retries: int = 0


@click.command()
@execution_options
@click.option("--stream", is_flag=True, help="Show the output as it is made.")
@click.option("--async", "background", is_flag=True, help="Queue the run and follow its job.")
@click.option("--no-wait", is_flag=True, help="With --async: write the job's id and leave it.")
@click.option("--retry", is_flag=True, help="Wait and try again when a rate limit is met.")
@timeout_option("Time limit: of the run (default 30), of all of a stream or of a job's end (default none).")
@connection_options
@click.pass_obj
def run(
    session: Session,
    workflow_id: str,
    input_data: Any,
    selected_outputs: Sequence[str],
    stream: bool,
    background: bool,
    no_wait: bool,
    retry: bool,
    timeout: Optional[float],
) -> ExitCode:
    """Run a workflow.

    Its output goes to standard output; with --json the whole result, and with --stream a line of JSON an event.
    """
    if stream and (background or retry):
        raise click.UsageError("--stream goes neither with --async nor with --retry.")
    if no_wait and not background:
        raise click.UsageError("--no-wait goes with --async.")
    order = _Order(workflow_id, input_data, list(selected_outputs), timeout, _MAX_RETRIES if retry else 0)
    with session.connect() as client, _hinting(session, retried=retry):
        if stream:
            return _stream(session.view, client, order)
        if background:
            return _run_in_background(session.view, client, order, wait=not no_wait)
        return _run(session.view, client, order)


@click.command(short_help="Run a workflow and show its output as it is made.")
@execution_options
@timeout_option("Time limit of the whole stream (default none).")
@connection_options
@click.pass_obj
def stream(
    session: Session,
    workflow_id: str,
    input_data: Any,
    selected_outputs: Sequence[str],
    timeout: Optional[float],
) -> ExitCode:
    """Run a workflow and show its output as it is made: the same as run --stream."""
    with session.connect() as client, _hinting(session):
        return _stream(session.view, client, _Order(workflow_id, input_data, list(selected_outputs), timeout))


@click.command()
@click.argument("workflow_id", metavar="WORKFLOW_ID")
@click.argument("source", metavar="INPUT", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", required=True, type=_FILE, help="Where the results go. Existing ones are not run again.")
@click.option("--failed", type=_FILE, help="Where the failures go. Default: next to the output, as NAME.failed.jsonl.")
@click.option("--concurrency", type=click.IntRange(1, 1000), default=8, show_default=True, help="How many run at once.")
@click.option(
    "--retry",
    "max_retries",
    type=click.IntRange(0),
    default=_MAX_BATCH_RETRIES,
    show_default=True,
    help="How often an item is tried again after a rate limit.",
)
@click.option("--ordered", is_flag=True, help="At the end, put the results into the order of the lines.")
@click.option("--rerun-unknown", is_flag=True, help="Run again what was started before and may have run.")
@timeout_option("Time limit of each run (default 30).")
@connection_options
@click.pass_obj
def batch(
    session: Session,
    workflow_id: str,
    source: Path,
    output: Path,
    failed: Optional[Path],
    concurrency: int,
    max_retries: int,
    ordered: bool,
    rerun_unknown: bool,
    timeout: Optional[float],
) -> ExitCode:
    """Run a workflow once for each line of a file.

    INPUT is JSON Lines: an input a line. Each result is a line of --output, as soon as it is there, with the number
    of its line in INPUT; what fails goes to --failed. The same command, given again, goes on where the last one ended:
    it skips what has succeeded, also where its line has moved, and runs what failed or was edited. What was started
    and has no known end may have run, and is left alone unless --rerun-unknown is given. Ctrl-C or SIGTERM lets what
    runs end; a second Ctrl-C leaves at once.
    """
    from sim_sdk.cli.batch.work import Order, run_batch

    require_identifier("workflow_id", workflow_id)  # or each item would fail by it, and be on record
    order = Order(
        workflow_id=workflow_id,
        source=source,
        output=output,
        failed=failed or output.with_name(f"{output.stem}.failed{output.suffix}"),
        concurrency=concurrency,
        timeout=_RUN_TIMEOUT if timeout is None else timeout,
        max_retries=max_retries,
        ordered=ordered,
        rerun_unknown=rerun_unknown,
    )
    with session.connect(pool_size=concurrency) as client:
        return run_batch(session.view, client, order)


@click.command()
@click.argument("task_id", metavar="TASK_ID")
@click.option("--wait", is_flag=True, help="Follow the job to its end.")
@timeout_option("With --wait: time limit (default none).")
@connection_options
@click.pass_obj
def job(session: Session, task_id: str, wait: bool, timeout: Optional[float]) -> ExitCode:
    """Show a job's state, and how it ended."""
    with session.connect() as client:
        found = _follow(session.view, client, task_id, timeout) if wait else _look_at(session, client, task_id)
    session.view.job(found)
    return _exit_code(read_job_result(found)) if found["status"] in TERMINAL_STATES else ExitCode.SUCCESS


@click.command()
@click.argument("workflow_id", metavar="WORKFLOW_ID")
@connection_options
@click.pass_obj
def status(session: Session, workflow_id: str) -> ExitCode:
    """Show whether a workflow is deployed."""
    with session.connect() as client, session.waiting():
        found = client.get_workflow_status(workflow_id)
    session.view.status(found)
    return ExitCode.SUCCESS


def _run(view: View, client: SimStudioClient, order: _Order) -> ExitCode:
    timeout = _RUN_TIMEOUT if order.timeout is None else order.timeout
    waiting = _waiting(view, "the run to end", order, timeout)
    with _interruptible("interrupted; the connection is closed, the run may go on"), waiting:
        result = client.execute_with_retry(
            order.workflow_id,
            order.input_data,
            timeout,
            selected_outputs=order.selected_outputs,
            max_retries=order.max_retries,
            on_retry=view.retry,
        )
    view.result(result)
    return _exit_code(result)


def _waiting(view: View, what: str, order: _Order, timeout: float) -> ContextManager[None]:
    # With retries there is no telling: each try has the time limit to itself.
    return view.waiting(what, None if order.max_retries else timeout)


def _run_in_background(view: View, client: SimStudioClient, order: _Order, *, wait: bool) -> ExitCode:
    waiting = _waiting(view, "the run to be queued", order, _RUN_TIMEOUT)
    with _interruptible("interrupted; the connection is closed, the run may have been queued"), waiting:
        queued = _queue(view, client, order)
    if isinstance(queued, WorkflowExecutionResult):
        view.result(queued)
        return _exit_code(queued)
    if not wait:
        view.queued(queued)
        return ExitCode.SUCCESS
    result = read_job_result(_follow(view, client, queued.task_id, order.timeout))
    view.result(result, queued.task_id)
    return _exit_code(result)


def _queue(view: View, client: SimStudioClient, order: _Order) -> Union[AsyncExecutionResult, WorkflowExecutionResult]:
    """Have a run queued; some servers run it at once, and answer with its result."""
    return client.execute_with_retry(
        order.workflow_id,
        order.input_data,
        _RUN_TIMEOUT,
        selected_outputs=order.selected_outputs,
        async_execution=True,
        max_retries=order.max_retries,
        on_retry=view.retry,
    )


def _stream(view: View, client: SimStudioClient, order: _Order) -> ExitCode:
    with _interruptible("interrupted; the stream is closed, the run may go on"):
        with view.waiting("the run to start", order.timeout):
            stream = client.stream_workflow(
                order.workflow_id, order.input_data, selected_outputs=order.selected_outputs, timeout=order.timeout
            )
        with stream:
            return _exit_code(view.stream(stream))


def _look_at(session: Session, client: SimStudioClient, task_id: str) -> Dict[str, Any]:
    with session.waiting():
        return client.get_job_status(task_id)


def _follow(view: View, client: SimStudioClient, task_id: str, timeout: Optional[float]) -> Dict[str, Any]:
    with _interruptible("interrupted; the job goes on", task_id), view.following(timeout) as on_status:
        return client.wait_for_job(task_id, timeout=timeout, on_status=on_status)


def _exit_code(result: WorkflowExecutionResult) -> ExitCode:
    return ExitCode.SUCCESS if result.success else ExitCode.WORKFLOW_FAILED


@contextmanager
def _hinting(session: Session, *, retried: bool = False) -> Iterator[None]:
    """Let an error say what to try when it was a run that failed."""
    try:
        yield
    except SimStudioError as error:
        session.hint = hint_for_run(error, retried=retried)
        raise


@contextmanager
def _interruptible(message: str, task_id: Optional[str] = None) -> Iterator[None]:
    """Let Ctrl-C say what becomes of the run."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(message, task_id) from None
