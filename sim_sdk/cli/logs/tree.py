"""Trace spans as a tree, with the time of each as a bar below the time of all."""

import datetime
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from rich.table import Table
from rich.text import Text

from sim_sdk.cli.wording import milliseconds, number, printable

if TYPE_CHECKING:
    from sim_api.v1.models import TraceSpan

__all__ = ["Branch", "branches", "failure_of", "span_tree"]

_BAR_WIDTHS = (12, 24)
_DURATION_WIDTH = 12
_LONGEST_GUIDE = 24
_FULL = "━"


class Branch(NamedTuple):
    """A span, and the lines that lead to it."""

    guide: str
    span: "TraceSpan"


def branches(spans: "Sequence[TraceSpan]") -> Iterator[Branch]:
    """All spans, each before those within it."""
    # A stack, because a server decides how deep they lie within each other.
    waiting: List[Tuple[str, str, TraceSpan]] = [("", "", span) for span in reversed(spans)]
    while waiting:
        guide, indent, span = waiting.pop()
        yield Branch(guide, span)
        children = span.children or []
        for place, child in enumerate(reversed(children)):
            is_last = place == 0
            waiting.append((indent + ("└─ " if is_last else "├─ "), indent + ("   " if is_last else "│  "), child))


def span_tree(spans: "Sequence[TraceSpan]", width: int) -> Table:
    """The spans: what ran, how long, and when.

    Args:
        spans: Those that lie in no other.
        width: The cells that there are for a line.
    """
    tree = list(branches(spans))
    bar_width = min(max(width // 5, _BAR_WIDTHS[0]), _BAR_WIDTHS[1])
    axis = _Axis([branch.span for branch in tree], bar_width)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="ellipsis", no_wrap=True, max_width=max(20, width - bar_width - _DURATION_WIDTH))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for branch in tree:
        table.add_row(_label(branch), Text(milliseconds(branch.span.duration), "cyan"), axis.bar(branch.span))
    return table


def failure_of(span: "TraceSpan") -> Optional[str]:
    """Why a span failed; None where it did not, or has failed for a span within it."""
    if span.status != "error" or any(child.status == "error" for child in span.children or []):
        return None
    output: Any = span.output if isinstance(span.output, dict) else {}
    for found in (output.get("error"), span.additional_properties.get("error")):
        if isinstance(found, str) and found:
            return printable(found)
    return "no reason given"


class _Axis:
    """The time from the first span's start to the last one's end, in so many cells."""

    def __init__(self, spans: "Sequence[TraceSpan]", width: int) -> None:
        self._width = width
        starts = [start for start in map(_start, spans) if start is not None]
        self._zero = min(starts, default=0.0)
        ends = [
            start + (number(span.duration) or 0.0) for span in spans for start in [_start(span)] if start is not None
        ]
        self._span = max(ends, default=0.0) - self._zero

    def bar(self, span: "TraceSpan") -> Text:
        """The time of a span, as a part of it."""
        start, duration = _start(span), number(span.duration)
        if start is None or duration is None or self._span <= 0:
            return Text("")
        scale = self._width / self._span
        begin = min(self._width - 1, int((start - self._zero) * scale))
        length = max(1, min(self._width - begin, round(duration * scale)))
        return Text(" " * begin + _FULL * length, _style(span))


def _start(span: "TraceSpan") -> Optional[float]:
    """Milliseconds since the epoch."""
    return span.start_time.timestamp() * 1000 if isinstance(span.start_time, datetime.datetime) else None


def _style(span: "TraceSpan") -> str:
    return "red" if span.status == "error" else "green"


def _label(branch: Branch) -> Text:
    span = branch.span
    sign = "✗ " if span.status == "error" else "✓ "
    guide = branch.guide
    if len(guide) > _LONGEST_GUIDE:
        guide = "…" + guide[-_LONGEST_GUIDE:]
    label = Text.assemble((guide, "dim"), (sign, _style(span)), printable(span.name or span.id or "?"))
    notes = [printable(note) for note in (span.type_, *_measures(span.additional_properties)) if note]
    return label.append("  " + " · ".join(notes), "dim") if notes else label


def _measures(extra: Dict[str, Any]) -> Iterator[str]:
    """What servers tell of the models."""
    if isinstance(extra.get("model"), str):
        yield extra["model"]
    tokens = extra.get("tokens")
    total = number(tokens.get("total") if isinstance(tokens, dict) else tokens)
    if total is not None:
        yield f"{total:,.0f} tokens"
