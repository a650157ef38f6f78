"""Execution logs: the records, and how they are asked for."""

import base64
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim_conformance.mock.behaviours import Run
from sim_conformance.mock.clock import epoch, iso
from sim_conformance.mock.jsons import Json, as_object, decode, encode
from sim_conformance.mock.problems import Kind, Problem

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Execution:
    """One run as the logs keep it.

    Attributes:
        id: of the log entry.
        request_id: of the request that started it.
        started_at: epoch seconds.
        duration: milliseconds.
        cost: dollars.
    """

    id: str
    execution_id: str
    workflow_id: str
    workspace_id: str
    user_id: str
    request_id: str
    run_input: Json
    run: Run
    started_at: float
    duration: int
    cost: float
    trigger: str = "api"

    @property
    def level(self) -> str:
        """`info`, or `error` where the run failed."""
        return "info" if self.run.success else "error"

    @property
    def ended_at(self) -> float:
        """Epoch seconds."""
        return self.started_at + self.duration / 1000

    @property
    def position(self) -> tuple[str, str]:
        """Where it stands in the order of all logs."""
        return iso(self.started_at), self.id


@dataclass(frozen=True)
class LogQuery:
    """What a client asks the logs for; None means no such filter. Durations in milliseconds, costs in dollars."""

    workspace_id: str
    workflow_ids: frozenset[str] | None
    folder_ids: frozenset[str] | None
    triggers: frozenset[str] | None
    level: str | None
    start: float | None
    end: float | None
    execution_id: str | None
    min_duration: float | None
    max_duration: float | None
    min_cost: float | None
    max_cost: float | None
    model: str | None
    limit: int
    cursor: str | None
    order: str
    details: str
    trace_spans: bool
    final_output: bool

    def matches(self, record: Execution) -> bool:
        """Whether the record passes every filter."""
        return (
            record.workspace_id == self.workspace_id
            and _among(record.workflow_id, self.workflow_ids)
            # No workflow of the mock lies in a folder.
            and self.folder_ids is None
            and _among(record.trigger, self.triggers)
            and self.level in (None, record.level)
            # As exact as the times are told, or an entry would not be found by its own.
            and _between(epoch(iso(record.started_at)), self.start, self.end)
            and self.execution_id in (None, record.execution_id)
            and _between(record.duration, self.min_duration, self.max_duration)
            and _between(record.cost, self.min_cost, self.max_cost)
            and (self.model is None or self.model in record.run.models)
        )


class QueryReader:
    """Reads the query parameters of the logs strictly.

    Args:
        arguments: parameters by name.
    """

    def __init__(self, arguments: Mapping[str, str]) -> None:
        self._arguments = arguments

    def text(self, name: str) -> str | None:
        """The parameter as it is."""
        return self._arguments.get(name)

    def required(self, name: str) -> str:
        """A parameter that has to be there."""
        if name not in self._arguments:
            raise InvalidParameter(name, "required")
        return self._arguments[name]

    def items(self, name: str) -> frozenset[str] | None:
        """A list with commas; an empty one counts as absent."""
        text = self._arguments.get(name)
        return frozenset(text.split(",")) if text else None

    def number(self, name: str) -> float | None:
        """A number."""
        text = self._arguments.get(name)
        if text is None:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise InvalidParameter(name, "number")
        return number

    def option(self, name: str, options: tuple[str, ...], default: str | None = None) -> str | None:
        """One of a few words."""
        text = self._arguments.get(name, default)
        if text is not None and text not in options:
            raise InvalidParameter(name, "option", options, text)
        return text

    def moment(self, name: str) -> float | None:
        """An ISO date as epoch seconds."""
        text = self._arguments.get(name)
        if text is None:
            return None
        try:
            return epoch(text)
        except ValueError as error:
            raise InvalidParameter(name, "date") from error


class InvalidParameter(Exception):
    """A query parameter of the wrong form.

    Args:
        expected: `required`, `number`, `option` or `date`.
    """

    def __init__(self, name: str, expected: str, options: tuple[str, ...] = (), received: str = "") -> None:
        super().__init__(f"{name}: expected {expected}")
        self.name = name
        self.expected = expected
        self.options = options
        self.received = received


def page(records: Iterable[Execution], query: LogQuery, after: tuple[str, str] | None) -> tuple[list[Execution], bool]:
    """The records of one page, and whether more follow.

    Args:
        after: position of the last record of the page before.
    """
    newest_first = query.order == "desc"
    matching = sorted((r for r in records if query.matches(r)), key=lambda r: r.position, reverse=newest_first)
    if after is not None:
        matching = [r for r in matching if (r.position < after if newest_first else r.position > after)]
    return matching[: query.limit], len(matching) > query.limit


def cursor(fields: Mapping[str, str]) -> str:
    """The fields as an opaque cursor."""
    return base64.b64encode(encode(dict(fields))).decode()


def cursor_fields(text: str) -> dict[str, str]:
    """The fields of a cursor.

    Raises:
        Problem: when it is none.
    """
    try:
        fields = as_object(decode(base64.b64decode(text, validate=True)))
    except ValueError as error:
        raise Problem(Kind.INVALID_CURSOR) from error
    if fields is None or not {"startedAt", "id"} <= fields.keys():
        raise Problem(Kind.INVALID_CURSOR)
    return {key: str(value) for key, value in fields.items()}


def _among(value: str, wanted: frozenset[str] | None) -> bool:
    return wanted is None or value in wanted


def _between(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
