"""How results, limits and logs look in a notebook.

A server's texts may be anybody's: all are escaped, cut where they are long, and kept from MathJax. The page is plain
HTML without scripts. Texts keep the notebook's own colours, so that it is readable on dark and on light.
"""

import datetime
import html
import json
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import singledispatch
from itertools import chain
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

import attrs

from sim_api.v1.models import ExecutionSnapshot, LogDetail, LogDetailData, LogEntry, LogPage

from .results import AsyncExecutionResult, UsageLimits, WorkflowExecutionResult, WorkflowStatus

__all__ = ["as_html", "print_fields"]

_MOST_CHARACTERS = 10_000
_MOST_ROWS = 100

_GREEN, _RED, _GREY = "#2da44e", "#d1403f", "#8b8b8b"  # seen on white and on black
_CARD = "border-left:3px solid {};padding:2px 0 2px 12px;margin:4px 0;max-width:100%;overflow-x:auto"
_TABLE = "color:inherit;font:inherit;border-collapse:collapse;margin:4px 0"
_CELL = "text-align:left;vertical-align:top;padding:1px 16px 1px 0;white-space:pre-wrap;overflow-wrap:break-word"
_VALUE = "max-height:24em;overflow:auto;margin:2px 0;white-space:pre-wrap;overflow-wrap:anywhere"

Fact = Tuple[str, Optional[str]]


@dataclass(frozen=True)
class _Card:
    """What is shown of a value.

    Attributes:
        title: What it is.
        colour: Of its border.
        facts: Names and texts; one whose text is None is left out.
        table: Rows of cells under the facts, the first one being the head.
        values: Names and JSON values, to be unfolded; the first one is unfolded already, None is left out.
    """

    title: str
    colour: str = _GREY
    facts: Sequence[Fact] = ()
    table: Sequence[Sequence[str]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


def as_html(value: Any) -> str:
    """The value as HTML."""
    card = _card(value)
    parts = [f"<strong>{_escape(card.title)}</strong>"]
    facts = [(name, text) for name, text in card.facts if text is not None]
    if facts:
        parts.append(_table(f"<tr>{_cell(name, 'th')}{_cell(text)}</tr>" for name, text in facts))
    if card.table:
        parts.append(_table(_rows(card.table)))
    values = [(name, value) for name, value in card.values.items() if value is not None]
    parts += [_unfolding(name, value, position == 0) for position, (name, value) in enumerate(values)]
    return f'<div class="tex2jax_ignore mathjax_ignore" style="{_CARD.format(card.colour)}">{"".join(parts)}</div>'


def print_fields(value: Any, printer: Any, cycle: bool) -> None:
    """Print the value on IPython's pretty printer, without the fields that say nothing."""
    name = type(value).__name__
    if cycle:
        printer.text(f"{name}(...)")
        return
    with printer.group(len(name) + 1, f"{name}(", ")"):
        for position, (key, item) in enumerate(_told(value).items()):
            if position:
                printer.text(",")
                printer.breakable()
            printer.text(f"{key}=")
            printer.pretty(item)


@singledispatch
def _card(value: Any) -> _Card:
    raise TypeError(f"{type(value).__name__} has no form in a notebook")


@_card.register
def _(result: WorkflowExecutionResult) -> _Card:
    if result.status is not None and result.success:
        title, colour = f"Workflow {result.status}", _GREY
    else:
        title, colour = ("Workflow succeeded", _GREEN) if result.success else ("Workflow failed", _RED)
    return _Card(
        title,
        colour,
        [
            ("Error", result.error),
            ("Duration", _milliseconds((result.metadata or {}).get("duration", result.total_duration))),
            ("Execution", result.execution_id),
            ("Request", result.request_id),
        ],
        values={
            "Output": result.output,
            "Logs": result.logs,
            "Trace spans": result.trace_spans,
            "Metadata": result.metadata,
        },
    )


@_card.register
def _(queued: AsyncExecutionResult) -> _Card:
    facts = [
        ("Task", queued.task_id),
        ("Status", queued.status),
        ("Created", queued.created_at or None),
        ("Execution", queued.execution_id),
        ("Request", queued.request_id),
        *((f"Link: {name}", link) for name, link in queued.links.items()),
    ]
    return _Card("Workflow queued" if queued.success else "Workflow not queued", _GREY, facts)


@_card.register
def _(status: WorkflowStatus) -> _Card:
    changed = "yes" if status.needs_redeployment else "no"
    facts = [("Since", status.deployed_at), ("Changed since", changed if status.is_deployed else None)]
    return _Card(
        "Workflow deployed" if status.is_deployed else "Workflow not deployed",
        _GREEN if status.is_deployed else _RED,
        facts,
    )


@_card.register
def _(limits: UsageLimits) -> _Card:
    buckets = [(name, bucket) for name, bucket in limits.rate_limit.items() if isinstance(bucket, dict)]
    return _Card(
        "Usage limits",
        _RED if any(bucket.get("isLimited") is True for _, bucket in buckets) else _GREEN,
        [
            ("Spent", _of(_dollars(limits.usage.get("currentPeriodCost")), _dollars(limits.usage.get("limit")))),
            ("Plan", _text(limits.usage.get("plan"))),
            ("Storage", _storage(limits.storage or {})),
        ],
        [
            ("Runs", "left", "of", "anew"),
            *(
                (name, *(_count(bucket.get(key)) or "" for key in ("remaining", "limit", "resetAt")))
                for name, bucket in buckets
            ),
        ],
        {"More": limits.extra or None},
    )


@_card.register
def _(page: LogPage) -> _Card:
    head = ("Started", "Level", "Trigger", "Workflow", "Duration", "Cost", "Execution")
    rows = [
        (
            _text(entry.started_at) or "",
            entry.level,
            entry.trigger,
            _workflow(entry) or "",
            _milliseconds(entry.total_duration_ms) or "",
            _cost(entry) or "",
            entry.execution_id,
        )
        for entry in page.data[:_MOST_ROWS]
    ]
    hidden = len(page.data) - len(rows)
    facts = [("Next cursor", page.next_cursor), ("Not shown", f"{hidden} more" if hidden else None)]
    return _Card(f"{len(page.data)} execution{'' if len(page.data) == 1 else 's'}", _GREY, facts, [head, *rows])


@_card.register(LogEntry)
@_card.register(LogDetailData)
def _(entry: Union[LogEntry, LogDetailData]) -> _Card:
    facts = [
        ("Workflow", _workflow(entry)),
        ("Started", _text(entry.started_at)),
        ("Ended", _text(entry.ended_at)),
        ("Duration", _milliseconds(entry.total_duration_ms)),
        ("Trigger", entry.trigger),
        ("Cost", _cost(entry)),
        ("Execution", entry.execution_id),
        ("Log", entry.id),
    ]
    values = entry if isinstance(entry, LogEntry) else entry.execution_data
    title, colour = ("Execution", _GREEN) if entry.ended_at is not None else ("Execution under way", _GREY)
    if entry.level == "error":
        title, colour = "Execution failed", _RED
    return _Card(
        title,
        colour,
        facts,
        values={
            "Final output": getattr(values, "final_output", None),
            "Trace spans": getattr(values, "trace_spans", None),
            "Files": entry.files,
        },
    )


@_card.register
def _(detail: LogDetail) -> _Card:
    return _card(detail.data)


@_card.register
def _(snapshot: ExecutionSnapshot) -> _Card:
    facts = [("Execution", snapshot.execution_id), ("Workflow", snapshot.workflow_id)]
    return _Card(
        "Execution", facts=facts, values={"Execution": snapshot.execution_metadata, "Workflow": snapshot.workflow_state}
    )


def _workflow(entry: Union[LogEntry, LogDetailData]) -> Optional[str]:
    return entry.workflow.name if entry.workflow else entry.workflow_id


def _cost(entry: Union[LogEntry, LogDetailData]) -> Optional[str]:
    return _dollars(entry.cost.total) if entry.cost else None


def _storage(storage: Mapping[str, Any]) -> Optional[str]:
    used, limit = _count(storage.get("usedBytes")), _count(storage.get("limitBytes"))
    return _of(used and f"{used} bytes", limit)


def _of(part: Optional[str], whole: Optional[str]) -> Optional[str]:
    return f"{part} of {whole}" if part and whole else part


def _dollars(value: Any) -> Optional[str]:
    if not _is_number(value):
        return None
    return f"${value:,.4f}" if abs(value) < 1 else f"${value:,.2f}"


def _milliseconds(value: Any) -> Optional[str]:
    if not _is_number(value):
        return None
    return f"{value:,.0f} ms" if value < 1000 else f"{value / 1000:,.2f} s"


def _count(value: Any) -> Optional[str]:
    return f"{value:,}" if _is_number(value) else _text(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15


def _text(value: Any) -> Optional[str]:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat(" ", "seconds") if isinstance(value, datetime.datetime) else _json(value)


def _told(value: Any) -> Dict[str, Any]:
    """The fields of a data class or model whose values are not their defaults."""
    if is_dataclass(value):
        named = ((one.name, one.default, one.default_factory) for one in fields(value))
    else:
        named = ((one.name, one.default, getattr(one.default, "factory", MISSING)) for one in attrs.fields(type(value)))
    defaults = {name: default if factory is MISSING else factory() for name, default, factory in named}
    told = ((name, default, getattr(value, name)) for name, default in defaults.items())
    return {name: item for name, default, item in told if item is not default and item != default}


def _table(rows: Iterable[str]) -> str:
    return f'<table style="{_TABLE}">{"".join(rows)}</table>'


def _rows(table: Sequence[Sequence[str]]) -> Iterable[str]:
    tags = chain(["th"], ["td"] * (len(table) - 1))
    for tag, cells in zip(tags, table):
        yield f"<tr>{''.join(_cell(text, tag) for text in cells)}</tr>"


def _cell(text: str, tag: str = "td") -> str:
    return f'<{tag} style="{_CELL}">{_escape(text)}</{tag}>'


def _unfolding(name: str, value: Any, unfolded: bool) -> str:
    opened = " open" if unfolded else ""
    return (
        f'<details{opened}><summary>{name}</summary><pre style="{_VALUE}">{_escape(_text(value) or "")}</pre></details>'
    )


def _escape(text: str) -> str:
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}… (cut)"
    # Half a character pair is possible in JSON, but not in the UTF-8 that a notebook sends.
    return html.escape(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _json(value: Any) -> str:
    """The value as indented JSON, not much more of it than is shown."""
    written: List[str] = []
    length = 0
    try:
        for piece in json.JSONEncoder(indent=2, ensure_ascii=False, default=_jsonable).iterencode(value):
            written.append(piece)
            length += len(piece)
            if length > _MOST_CHARACTERS:
                break
    except (TypeError, ValueError) as error:
        written.append(f"… (cannot be shown: {type(error).__name__})")
    return "".join(written)


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return _told(value) if attrs.has(type(value)) else repr(value)
