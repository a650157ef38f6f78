"""Webhook deliveries, for people."""

from typing import TYPE_CHECKING, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim_sdk.cli.logs.tree import span_tree
from sim_sdk.cli.values import json_text
from sim_sdk.cli.wording import dollars, milliseconds, printable, time_of_day

from .delivery import Delivery, Sent

if TYPE_CHECKING:
    from sim_api.v1.models import WebhookData

__all__ = ["delivery_lines", "sent_line"]

_INDENT = 2


def delivery_lines(delivery: Delivery, width: int) -> Iterator[RenderableType]:
    """A delivery that was received.

    Args:
        delivery: The delivery.
        width: The cells that there are for a line.
    """
    yield _title(delivery)
    event = delivery.event
    if event is None:
        return
    yield Padding.indent(_facts(delivery, event.data), _INDENT)
    if event.data.trace_spans:
        yield Padding.indent(span_tree(event.data.trace_spans, width - _INDENT), _INDENT)
    if event.data.final_output is not None:
        yield json_text(event.data.final_output)
    yield Text("")


def sent_line(sent: Sent) -> Text:
    """How a delivery was answered."""
    sign, style = ("✓", "bold green") if sent.accepted else ("✗", "bold red")
    answer = f" HTTP {sent.status} in {milliseconds(sent.duration)}"
    return Text.assemble((sign, style), answer, (f" · delivery {sent.delivery_id}", "dim"))


def _title(delivery: Delivery) -> Text:
    title = Text.assemble((time_of_day(delivery.received), "dim"), " ")
    if delivery.event is None:
        return title.append("✗ ", "bold red").append(f"rejected: {printable(delivery.error)}")
    failed = delivery.event.data.status != "success"
    title.append("✗ " if failed else "✓ ", "bold red" if failed else "bold green")
    title.append(printable(delivery.event.type_), "bold")
    if delivery.times > 1:
        title.append(f"  delivered {delivery.times} times by now", "yellow")
    return title


def _facts(delivery: Delivery, data: "WebhookData") -> Table:
    cost = dollars(data.cost.total if data.cost else None)
    run = [data.status, data.trigger, milliseconds(data.total_duration_ms), cost]
    facts = {
        "run": " · ".join(printable(fact) for fact in run if fact),
        "workflow": data.workflow_id,
        "execution": data.execution_id,
        "delivery": delivery.delivery_id,
    }
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in facts.items():
        if value:
            table.add_row(Text(name, "dim"), Text(printable(value)))
    return table
