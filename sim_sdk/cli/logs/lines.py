"""Executions as lines for people, all of a width, so that they can be written one by one."""

from typing import TYPE_CHECKING, List, Union

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sim_sdk.cli.wording import dollars, in_a_line, local_time, milliseconds, printable, shortened, timestamp

if TYPE_CHECKING:
    from sim_api.v1.models import LogDetailData, LogEntry

__all__ = ["LogLines", "cells", "mark", "workflow_name"]

_GAP = "  "
_TIME = 19
_TRIGGER = 8
_DURATION = 11
_COST = 8
_ID = 36
_BESIDE_WORKFLOW = _TIME + 1 + _TRIGGER + _DURATION + _COST + 5 * len(_GAP)
_SHORTEST_WORKFLOW, _LONGEST_WORKFLOW = 16, 40


class LogLines:
    """Executions on a terminal: a line each where the terminal is wide, else two, the second with the id.

    Args:
        console: The terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        free = console.width - _BESIDE_WORKFLOW
        self._is_wide = free - _ID - len(_GAP) >= _SHORTEST_WORKFLOW
        room = free - _ID - len(_GAP) if self._is_wide else free
        self._workflow = min(max(_SHORTEST_WORKFLOW, room), _LONGEST_WORKFLOW)
        self._is_begun = False

    def write(self, entry: "LogEntry") -> None:
        """Write an execution; above the first one, the titles."""
        if not self._is_begun:
            self._is_begun = True
            self._print(self._titles())
        self._print(self._line(entry))

    def _titles(self) -> Text:
        titles = [f"{'started':{_TIME}}", " ", f"{'trigger':{_TRIGGER}}", f"{'duration':>{_DURATION}}"]
        titles += [f"{'cost':>{_COST}}", f"{'workflow':{self._workflow}}", "id" if self._is_wide else ""]
        return Text(_GAP.join(titles).rstrip(), "bold")

    def _line(self, entry: "LogEntry") -> Text:
        failed = "red" if entry.level == "error" else ""
        line = Text.assemble(
            (_left(local_time(entry.started_at), _TIME), "dim"),
            _GAP,
            mark(entry),
            _GAP,
            _left(entry.trigger, _TRIGGER),
            _GAP,
            (_right(_duration(entry), _DURATION), "yellow" if entry.ended_at is None else "cyan"),
            _GAP,
            _right(dollars(entry.cost.total if entry.cost else None), _COST),
            _GAP,
            (_left(workflow_name(entry), self._workflow), failed),
        )
        if not self._is_wide:
            line.rstrip()
            line.append("\n" + " " * (_TIME + len(_GAP)) + "   ")
        else:
            line.append(_GAP)
        return line.append(printable(entry.id), "dim")

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def mark(entry: "Union[LogEntry, LogDetailData]") -> Text:
    """Whether an execution has succeeded, in a sign."""
    if entry.level == "error":
        return Text("✗", "bold red")
    return Text("…", "bold yellow") if entry.ended_at is None else Text("✓", "bold green")


def workflow_name(entry: "Union[LogEntry, LogDetailData]") -> str:
    """The workflow by its name, where the server tells it, else by its id."""
    if entry.workflow is not None:
        return printable(entry.workflow.name)
    return printable(entry.workflow_id or "(deleted)")


def cells(entry: "LogEntry") -> List[str]:
    """An execution in fields, for programs that read lines."""
    return [
        in_a_line(timestamp(entry.started_at)),
        in_a_line(entry.level),
        in_a_line(entry.trigger),
        milliseconds(entry.total_duration_ms),
        dollars(entry.cost.total if entry.cost else None),
        in_a_line(entry.workflow_id or ""),
        in_a_line(entry.execution_id),
        in_a_line(entry.id),
    ]


def _duration(entry: "LogEntry") -> str:
    return "running" if entry.ended_at is None else milliseconds(entry.total_duration_ms)


def _left(text: str, width: int) -> str:
    line = shortened(text, width)
    return line + " " * (width - cell_len(line))


def _right(text: str, width: int) -> str:
    line = shortened(text, width)
    return " " * (width - cell_len(line)) + line
