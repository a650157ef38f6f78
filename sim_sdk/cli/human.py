"""Output for people: colours and live displays on a terminal, plain lines elsewhere."""

from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Iterator, Optional

import click
from rich.text import Text

from sim_sdk._calls import OnStatus
from sim_sdk.errors import SimStudioError
from sim_sdk.errors import printable as without_halves
from sim_sdk.events import BlockChunk, ChunkReset, StreamEvent, StreamFailure
from sim_sdk.results import (
    TERMINAL_STATES,
    AsyncExecutionResult,
    UsageLimits,
    WorkflowExecutionResult,
    WorkflowStatus,
    read_job_result,
)
from sim_sdk.streams import WorkflowStream

from .batch.bar import BatchBar
from .batch.standing import Found, Standing
from .configured import settings_table
from .consoles import make_console
from .display import Display
from .failures import ExitCode, Failure
from .logs.lines import LogLines, cells
from .logs.report import report
from .meters import usage_table
from .settings import Settings
from .values import json_text
from .waiting import Countdown, JobProgress, Patience, Pause
from .webhook.delivery import Delivery, Sent
from .webhook.lines import delivery_lines, sent_line
from .wording import milliseconds, printable, seconds

if TYPE_CHECKING:
    from sim_api.v1.models import LogDetail, LogEntry, LogPage

__all__ = ["HumanView", "refusal", "summary"]


class HumanView:
    """A workflow's output goes to standard output as it is, so that it can be piped; what is said of it doesn't."""

    def __init__(self) -> None:
        self._out = make_console()
        self._err = make_console(stderr=True)
        self._display = Display(self._err)
        self.clock: Countdown = Countdown(self._err, self._display)

    def result(self, result: WorkflowExecutionResult, task_id: Optional[str] = None) -> None:
        if result.success or result.output not in (None, {}):
            self._value(result.output)
        self._note(summary(result))

    def stream(self, stream: WorkflowStream) -> WorkflowExecutionResult:
        text = _LiveText()
        try:
            with self.waiting("the first output"):
                first = next(stream, None)
            for event in () if first is None else chain([first], stream):
                self._event(event, text)
        finally:
            text.end_line()
        if text.empty:
            self.result(stream.result)
        else:
            self._note(summary(stream.result))
        return stream.result

    def queued(self, queued: AsyncExecutionResult) -> None:
        task_id = printable(queued.task_id)
        click.echo(task_id)
        self._note(Text(f"queued; see how far it is with: sim job {task_id}"))

    def waiting(self, what: str, limit: Optional[float] = None) -> ContextManager[None]:
        return self._display.showing(Patience(what, limit).render)

    def pause(self, seconds: float, what: str) -> None:
        with self.clock.silenced(), self._display.showing(Pause(what, seconds).render):
            self.clock.sleep(seconds)

    def stopped(self) -> None:
        if self._err.is_terminal:
            self._err.line()  # away from the ^C that the terminal echoes

    @contextmanager
    def following(self, limit: Optional[float]) -> Iterator[OnStatus]:
        progress = JobProgress(self._err, self._display, limit)
        with self.clock.silenced(), progress.shown():
            yield progress.update

    def job(self, job: Dict[str, Any]) -> None:
        if job["status"] in TERMINAL_STATES:
            self.result(read_job_result(job))
        else:
            click.echo(printable(job["status"]))

    def status(self, status: WorkflowStatus) -> None:
        state = "deployed" if status.is_deployed else "not deployed"
        since = f" since {printable(status.deployed_at)}" if status.is_deployed and status.deployed_at else ""
        click.echo(state + since + (", changed since: needs redeployment" if status.needs_redeployment else ""))

    def limits(self, limits: UsageLimits) -> None:
        self._out.print(usage_table(limits))

    def logs(self, page: "LogPage") -> None:
        show = self.log_entries()
        for entry in page.data:
            show(entry)
        if not page.data:
            self._note(Text("there are none", "dim"))
        if page.next_cursor:
            self._note(Text(f"there are more: --cursor {printable(page.next_cursor)}", "dim"))

    def log_entries(self) -> "Callable[[LogEntry], None]":
        if not self._out.is_terminal:
            return lambda entry: click.echo("\t".join(cells(entry)))
        lines = LogLines(self._out)
        return lines.write

    def log(self, log: "LogDetail", *, data: bool) -> None:
        for part in report(log.data, self._out.width, data=data):
            self._out.print(part, crop=False)

    def listening(self, url: str) -> None:
        self._note(Text.assemble("listening at ", (url, "bold cyan"), ("; Ctrl-C ends it", "dim")))

    def delivery(self, delivery: Delivery) -> None:
        for part in delivery_lines(delivery, self._out.width):
            self._out.print(part, crop=False)

    def sent(self, sent: Sent) -> None:
        if sent.body:
            click.echo(printable(sent.body).rstrip("\n"))
        self._note(sent_line(sent))

    def configuration(self, settings: Settings) -> None:
        self._out.print(settings_table(settings))

    def warning(self, message: str) -> None:
        self._sentence(Text.assemble(("Warning: ", "bold yellow"), printable(message)))

    def retry(self, error: SimStudioError, seconds: float) -> None:
        self._sentence(refusal(error))

    def batch_found(self, standing: Standing, found: Found) -> None:
        for name in found.torn:
            self._note(Text(f"{name}: the last record was half-written, and is removed", "yellow"))
        if standing.done:
            self._note(Text(f"{standing.done:,} of {standing.total:,} are done already"))
        if found.moved.count:
            self._note(Text(f"moved since, not run again: {found.moved}"))
        if found.edited.count:
            self._note(Text(f"edited since, run again: {found.edited}", "yellow"))
        if found.unknown.count:
            fate = "run again" if found.unknown_run_again else "not run again without --rerun-unknown"
            self._note(Text(f"started before, their end is not known, {fate}: {found.unknown}", "yellow"))

    @contextmanager
    def batch(self, standing: Standing) -> Iterator[Callable[[], None]]:
        bar = BatchBar(self._err, standing)
        with bar.shown():
            yield bar.update

    def batch_ended(self, standing: Standing, failed: str) -> None:
        self._note(_batch_summary(standing, failed))

    def failure(self, failure: Failure, hint: Optional[str] = None) -> None:
        if failure.exit_code is ExitCode.INTERRUPTED:
            if self._err.is_terminal:
                self._err.show_cursor()  # which a live display that is left at once has hidden
            self.stopped()
        self._sentence(Text.assemble(("Error: ", "bold red"), printable(failure.message)))
        if failure.retry_after is not None:
            self._sentence(Text(f"The server asks to wait {seconds(failure.retry_after)}."))
        if failure.task_id is not None:
            self._note(Text(f"The job may be running yet; follow it: sim job {printable(failure.task_id)} --wait"))
        if failure.request_id is not None:
            self._sentence(Text(f"The server's id of the request: {printable(failure.request_id)}", "dim"))
        if hint is not None:
            self._sentence(Text.assemble(("Hint: ", "bold"), printable(hint)))

    def _event(self, event: StreamEvent, text: "_LiveText") -> None:
        if isinstance(event, BlockChunk):
            text.add(event.chunk)
        elif isinstance(event, ChunkReset):
            text.end_line()
            self._note(Text("what came so far is void; the block begins anew", "yellow"))
        elif isinstance(event, StreamFailure):
            text.end_line()
            self._note(Text(f"a block failed half-way: {printable(event.error)}", "yellow"))

    def _value(self, value: Any) -> None:
        if isinstance(value, str):
            click.echo(printable(value))
        else:
            self._out.print(json_text(value), crop=False)

    def _note(self, text: Text) -> None:
        """Say something that is to be copied, or is short."""
        self._err.print(text, soft_wrap=True)

    def _sentence(self, text: Text) -> None:
        """Say something that is only read: a terminal has whole words in each line."""
        self._err.print(text, soft_wrap=not self._err.is_terminal)


class _LiveText:
    """Text on standard output, as it comes."""

    def __init__(self) -> None:
        self.empty = True
        self._in_line = False
        self._half = ""  # of a character: JavaScript cuts texts within some

    def add(self, text: str) -> None:
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        self._write(text[: len(text) - len(self._half)])

    def end_line(self) -> None:
        self._write(self._half)
        self._half = ""
        if self._in_line:
            click.echo()
            self._in_line = False

    def _write(self, text: str) -> None:
        if text:
            click.echo(printable(without_halves(text)), nl=False)
            self.empty = False
            self._in_line = not text.endswith("\n")


def summary(result: WorkflowExecutionResult) -> Text:
    """How a run ended, in a line."""
    if result.success:
        text = Text.assemble(("✓ ", "bold green"), printable(result.status or "succeeded"))
    else:
        text = Text.assemble(("✗ ", "bold red"), f"the workflow failed: {printable(result.error or 'no reason given')}")
    duration = milliseconds((result.metadata or {}).get("duration"))
    if duration:
        text.append(f" in {duration}" if result.success else f" ({duration})", "dim")
    if result.success and result.error:
        text.append(f"; but: {printable(result.error)}", "yellow")
    if result.execution_id:
        text.append(f" · execution {printable(result.execution_id)}", "dim")
    return text


def refusal(error: SimStudioError) -> Text:
    """What the server said when it refused a try."""
    hint = "and no more: the SDK backs off, longer each time"
    if error.retry_after is not None:
        hint = f"and asks to wait {seconds(error.retry_after)}"
    return Text.assemble(("the server says ", "dim"), (f"“{printable(error)}”", "yellow"), (f" {hint}", "dim"))


def _batch_summary(standing: Standing, failed: str) -> Text:
    if standing.complete:
        return Text.assemble(("✓ ", "bold green"), f"all {standing.total:,} items have succeeded")
    text = Text.assemble(("✗ ", "bold red"), f"{standing.done + standing.succeeded:,} of {standing.total:,} succeeded")
    if standing.failed:
        text.append(f", {standing.failed:,} failed")
    if standing.unknown:
        text.append(f", of {standing.unknown:,} the end is not known")
    if standing.pending:
        text.append(f", {standing.pending:,} were not run")
    if standing.failed or standing.unknown:
        text.append(f"; see {failed}")
    return text
