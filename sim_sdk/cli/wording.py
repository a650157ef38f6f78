"""Values as people read them."""

import datetime
import time
from typing import Any, Optional

from sim_sdk._timestamps import parse_iso

# What a server sends must not move a terminal's cursor, ring its bell or set its title.
_CONTROLS = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\N{REPLACEMENT CHARACTER}"),
    9: "\t",
    10: "\n",
    13: "",
}


def printable(text: Any) -> str:
    """The text of a value, without control characters."""
    return str(text).translate(_CONTROLS)


def number(value: Any) -> Optional[float]:
    """A number as it is, None for anything else."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def seconds(value: float) -> str:
    """A time span, given in seconds."""
    if value < 1:
        return f"{round(value * 1000)} ms"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02} s" if rest else f"{minutes} min"


def milliseconds(value: Any) -> str:
    """A time span, given in milliseconds; empty for what is none."""
    span = number(value)
    return "" if span is None else seconds(span / 1000)


def amount(value: float) -> str:
    """A number without needless digits."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def size(value: float) -> str:
    """A number of bytes."""
    for unit in ("B", "kB", "MB"):
        if abs(value) < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def timestamp(value: Any) -> str:
    """A point in time, to the second; what could not be read as one stays as the server wrote it."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime.datetime) else printable(value)


def moment(value: Any) -> str:
    """A point in time as the server wrote it, in this machine's zone; empty for what is none."""
    epoch = parse_iso(value) if isinstance(value, str) else None
    return "" if epoch is None else time.strftime("%H:%M:%S", time.localtime(epoch))
