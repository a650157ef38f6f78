"""Limits as bars."""

from typing import Any, Dict, Iterator, NamedTuple, Optional

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sim_sdk.results import UsageLimits

from .wording import amount, moment, number, printable, size

__all__ = ["usage_table"]

_BAR_WIDTH = 24
_WARN_ABOVE = 0.75
_ALARM_ABOVE = 0.9


class _Meter(NamedTuple):
    """One bar."""

    name: str
    used: float
    total: float
    legend: str


def usage_table(limits: UsageLimits) -> RenderableType:
    """Rate limits, cost and storage, a bar each."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for meter in _meters(limits):
        table.add_row(Text(meter.name), _bar(meter), Text(meter.legend))
    plan = limits.usage.get("plan")
    if isinstance(plan, str):
        table.add_row(Text("plan"), Text(printable(plan)))
    return table


def _meters(limits: UsageLimits) -> Iterator[_Meter]:
    """What there is of the usual meters: servers of each generation send others."""
    candidates = (
        _rate_meter("sync runs", limits.rate_limit.get("sync")),
        _rate_meter("async runs", limits.rate_limit.get("async")),
        _cost_meter(limits.usage),
        _storage_meter(limits.storage or {}),
    )
    return (meter for meter in candidates if meter is not None)


def _rate_meter(name: str, bucket: Any) -> Optional[_Meter]:
    if not isinstance(bucket, dict):
        return None
    limit, remaining = number(bucket.get("limit")), number(bucket.get("remaining"))
    if limit is None or remaining is None:
        return None
    total = max(limit, number(bucket.get("maxBurst")) or 0.0)
    reset = moment(bucket.get("resetAt"))
    legend = f"{amount(remaining)} of {amount(total)} left" + (f", resets {reset}" if reset else "")
    return _Meter(name, total - remaining, total, legend)


def _cost_meter(usage: Dict[str, Any]) -> Optional[_Meter]:
    cost, limit = number(usage.get("currentPeriodCost")), number(usage.get("limit"))
    if cost is None or limit is None:
        return None
    return _Meter("cost", cost, limit, f"${cost:,.2f} of ${limit:,.2f} used")


def _storage_meter(storage: Dict[str, Any]) -> Optional[_Meter]:
    used, limit = number(storage.get("usedBytes")), number(storage.get("limitBytes"))
    if used is None or limit is None:
        return None
    return _Meter("storage", used, limit, f"{size(used)} of {size(limit)} used")


def _bar(meter: _Meter) -> ProgressBar:
    share = meter.used / meter.total if meter.total > 0 else 1.0
    style = "red" if share > _ALARM_ABOVE else "yellow" if share > _WARN_ABOVE else "green"
    completed = min(max(share, 0.0), 1.0)
    return ProgressBar(total=1.0, completed=completed, width=_BAR_WIDTH, complete_style=style, finished_style=style)
