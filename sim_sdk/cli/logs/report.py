"""One execution in full, for people."""

from typing import TYPE_CHECKING, Any, Iterator, List

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim_sdk.cli.values import json_text
from sim_sdk.cli.wording import dollars, local_time, milliseconds, number, printable, size

from .lines import mark, workflow_name
from .tree import branches, failure_of, span_tree

if TYPE_CHECKING:
    from sim_api.v1.models import LogDetailData, LogFile, TraceSpan

__all__ = ["report"]

_LONGEST_TEXT = 400  # characters; what is longer is mostly a file


def report(log: "LogDetailData", width: int, *, data: bool) -> Iterator[RenderableType]:
    """The parts of the report.

    Args:
        log: The execution.
        width: The cells that there are for a line.
        data: Whether to show what each block received and gave.
    """
    yield _title(log)
    yield Padding.indent(_ids(log), 2)
    spans = (log.execution_data.trace_spans if log.execution_data is not None else None) or []
    if spans:
        yield Text("")
        yield span_tree(spans, width)
    for branch in branches(spans):
        failure = failure_of(branch.span)
        if failure is not None:
            yield Text.assemble(("\n✗ ", "bold red"), (printable(branch.span.name), "bold"), f": {failure}")
    if data:
        yield from _data(spans)
    if log.execution_data is not None:
        yield from _value("input", log.execution_data.workflow_input)
        yield from _value("output", log.execution_data.final_output)


def _title(log: "LogDetailData") -> Text:
    state = "running" if log.ended_at is None else milliseconds(log.total_duration_ms)
    facts = [printable(log.trigger), local_time(log.started_at), state, dollars(log.cost.total if log.cost else None)]
    title = Text.assemble(mark(log), " ", (workflow_name(log), "bold"))
    return title.append("  " + " · ".join(fact for fact in facts if fact), "dim")


def _ids(log: "LogDetailData") -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    ids = {
        "log": log.id,
        "execution": log.execution_id,
        "workflow": log.workflow_id,
        "deployment": log.deployment_version_id,
    }
    for name, value in ids.items():
        if value is not None:
            table.add_row(Text(name, "dim"), Text(printable(value)))
    for file in log.files or []:
        table.add_row(Text("file", "dim"), Text(_file(file)))
    return table


def _file(file: "LogFile") -> str:
    length = number(file.size)
    return printable(file.name) + ("" if length is None else f", {size(length)}")


def _data(spans: "List[TraceSpan]") -> Iterator[RenderableType]:
    for branch in branches(spans):
        name = printable(branch.span.name or branch.span.id)
        yield from _value(f"{name}: input", branch.span.input_)
        yield from _value(f"{name}: output", branch.span.output)


def _value(title: str, value: Any) -> Iterator[RenderableType]:
    if value in (None, {}, ""):
        return
    yield Text(f"\n{title}", "bold")
    yield json_text(_without_bulk(value))


def _without_bulk(value: Any) -> Any:
    """The same with long texts cut: they are files, and would push all else out of sight."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… ({len(value):,} characters; --json has them all)"
    if isinstance(value, list):
        return [_without_bulk(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_bulk(item) for key, item in value.items()}
    return value
