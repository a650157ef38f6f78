"""Values as people read them."""

import datetime
import time
from typing import Any, Optional

from rich.cells import cell_len, set_cell_size

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
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
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
    """The time of day of a point in time as the server wrote it; empty for what is none."""
    epoch = parse_iso(value) if isinstance(value, str) else None
    return "" if epoch is None else time_of_day(epoch)


def time_of_day(epoch: float) -> str:
    """The time of day in this machine's zone; the date too where it is another day."""
    try:
        local = time.localtime(epoch)
    except (OSError, OverflowError, ValueError):
        return "no known time"
    same_day = time.strftime("%Y-%m-%d", local) == time.strftime("%Y-%m-%d")
    return time.strftime("%H:%M:%S" if same_day else "%Y-%m-%d %H:%M", local)


def local_time(value: Any) -> str:
    """A point in time in this machine's zone, to the second; what could not be read as one stays as it was written."""
    if not isinstance(value, datetime.datetime):
        return printable(value)
    try:
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OSError, OverflowError, ValueError):
        return timestamp(value)  # a year that this machine's clock does not know


def dollars(value: Any) -> str:
    """An amount of US dollars; empty for what is none."""
    cost = number(value)
    return "" if cost is None else f"${amount(cost)}"


def in_a_line(text: Any) -> str:
    """The text of a value without line ends and tabs."""
    return " ".join(printable(text).split())


def shortened(text: str, width: int) -> str:
    """A line that is no wider than `width` cells."""
    line = in_a_line(text)
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"
