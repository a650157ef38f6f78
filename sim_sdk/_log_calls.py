"""What the methods about logs do: filters checked and sent, pages read and followed."""

import datetime
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Sequence, Type, TypeVar, Union, get_args

from sim_api import v1

from ._calls import Calls
from ._flow import Flow
from ._shown import shown
from ._timestamps import parse_iso
from ._validate import is_identifier, require_bool, require_count, require_identifier, require_names, require_number
from .errors import EXECUTION_ERROR, InvalidResponseError
from .results import with_documented_limit

if TYPE_CHECKING:
    from sim_api.request import Request
    from sim_api.v1.models import ExecutionSnapshot, LogDetail, LogPage

    from ._answer import Answer

_T = TypeVar("_T")


class LogCalls:
    """Flows for `client.logs`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, workspace_id: str, filters: Mapping[str, Any]) -> "Flow[LogPage]":
        """One page."""
        _show(v1.models.LogPage, v1.models.LogEntry)
        checked = check_filters(filters)
        request = v1.operations.list_logs.build(
            workspace_id=require_identifier("workspace_id", workspace_id), **checked
        )
        return (yield from self._read(request, v1.models.LogPage))

    def get(self, log_id: str) -> "Flow[LogDetail]":
        """One execution's log."""
        _show(v1.models.LogDetail, v1.models.LogDetailData)
        request = v1.operations.get_log.build(require_identifier("log_id", log_id))
        return (yield from self._read(request, v1.models.LogDetail))

    def get_execution(self, execution_id: str) -> "Flow[ExecutionSnapshot]":
        """One execution with the state of its workflow."""
        _show(v1.models.ExecutionSnapshot)
        request = v1.operations.get_execution.build(require_identifier("execution_id", execution_id))
        return (yield from self._read(request, v1.models.ExecutionSnapshot))

    def can_send(self, cursor: str) -> bool:
        """Whether a cursor can go back to its server. With the API key in it, it would show that in the URL's logs."""
        return is_identifier(cursor) and self._calls.engine.options.api_key.redact(cursor) == cursor

    def _read(self, request: "Request[_T]", model: Type[_T]) -> Flow[_T]:
        answer = yield from self._calls.fetch(request, EXECUTION_ERROR)
        return _read_model(answer, model)


class PageFlow:
    """The pages of a listing, one after the other, in constant memory.

    Args:
        calls: Fetches a page.
        workspace_id: The workspace.
        filters: The filters, the same for all pages; their cursor is where to begin.
    """

    def __init__(self, calls: LogCalls, workspace_id: str, filters: Mapping[str, Any]) -> None:
        self._calls = calls
        self._workspace_id = require_identifier("workspace_id", workspace_id)
        self._filters = dict(filters)
        self._ended = False
        self._problem: Optional[InvalidResponseError] = None
        check_filters(filters)
        # Brent's cycle detection: one remembered cursor finds a loop of any length.
        self._remembered: Optional[str] = None
        self._steps = 0
        self._steps_allowed = 1

    def next_page(self) -> "Flow[Optional[LogPage]]":
        """The next page, None after the last.

        Raises:
            SimStudioError: The page cannot be had, or the server sends the listing round in a circle.
        """
        if self._ended:
            return None
        if self._problem is not None:
            raise self._problem
        page = yield from self._calls.list(self._workspace_id, self._filters)
        cursor = page.next_cursor
        self._ended = not cursor
        if cursor:
            self._problem = self._check(cursor)
            self._filters["cursor"] = cursor
        return page

    def _check(self, cursor: str) -> Optional[InvalidResponseError]:
        """Why a cursor leads no further, which is told when the page that it came with has been handed out."""
        if not self._calls.can_send(cursor):
            return self._failed("its next cursor cannot be sent")
        if cursor in (self._remembered, self._filters.get("cursor")):
            return self._failed("the server sends it round in a circle: a cursor came again")
        self._steps += 1
        if self._steps == self._steps_allowed:
            self._remembered, self._steps, self._steps_allowed = cursor, 0, 2 * self._steps_allowed
        return None

    @staticmethod
    def _failed(problem: str) -> InvalidResponseError:
        return InvalidResponseError(f"the listing cannot be followed: {problem}", EXECUTION_ERROR, request_sent=True)


def check_filters(filters: Mapping[str, Any]) -> Dict[str, Any]:
    """The filters as the operation takes them.

    None and False are left out: real servers read any text, also "false", as true.

    Raises:
        TypeError, ValueError: There is no such filter, or it is not what it should be; the message names it.
    """
    checks = _checks()
    checked = {}
    for name, value in filters.items():
        if name not in checks:
            raise TypeError(f"unknown filter {name!r}; there are {', '.join(sorted(checks))}")
        if value is not None and value is not False:
            checked[name] = checks[name](name, value)
    return checked


def _checks() -> "Dict[str, Callable[[str, Any], Any]]":
    return {
        "workflow_ids": _list,
        "folder_ids": _list,
        "triggers": _list,
        "level": _one_of(v1.models.ListLogsLevel),
        "start_date": _moment,
        "end_date": _moment,
        "execution_id": _text,
        "min_duration_ms": require_count,
        "max_duration_ms": require_count,
        "min_cost": require_number,
        "max_cost": require_number,
        "model": _text,
        "limit": lambda name, value: require_count(name, value, minimum=1),
        "cursor": _text,
        "order": _one_of(v1.models.ListLogsOrder),
        "details": _one_of(v1.models.ListLogsDetails),
        "include_trace_spans": require_bool,
        "include_final_output": require_bool,
    }


def _list(name: str, value: Union[str, Sequence[str]]) -> Sequence[str]:
    names = require_names(name, value)
    for index, item in enumerate(names or ()):
        if "," in item:
            raise ValueError(f"{name}[{index}]: expected a name without a comma, which separates names on the wire")
    if not names:
        raise ValueError(f"{name}: expected at least one name; leave the filter out for all")
    return names


def _one_of(literal: Any) -> Callable[[str, Any], Any]:
    choices = get_args(literal)

    def check(name: str, value: Any) -> Any:
        if value not in choices:
            raise ValueError(f"{name}: expected one of {', '.join(map(repr, choices))}, got {value!r}")
        return value

    return check


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    if not value:
        raise ValueError(f"{name}: expected a text, got an empty str")
    return value


def _moment(name: str, value: Any) -> datetime.datetime:
    seconds = parse_iso(value) if isinstance(value, str) else None
    try:
        if isinstance(value, datetime.datetime):
            return value.astimezone(datetime.timezone.utc)
        if seconds is not None:
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    except (OverflowError, ValueError):
        pass  # the first or the last day that there is, in another zone
    raise ValueError(f"{name}: expected a datetime, or a str such as '2026-11-23T12:00:00Z', got {value!r}")


def _show(*models: type) -> None:
    """Let notebooks show what is generated, and therefore knows nothing of them."""
    for model in models:
        if "_repr_html_" not in vars(model):
            shown(model)


def _read_model(answer: "Answer", model: Type[_T]) -> _T:
    from sim_api.convert import structure

    body = answer.object()
    limits = body.get("limits")
    if isinstance(limits, dict) and isinstance(limits.get("workflowExecutionRateLimit"), dict):
        buckets = limits["workflowExecutionRateLimit"]
        limits["workflowExecutionRateLimit"] = {name: with_documented_limit(bucket) for name, bucket in buckets.items()}
    try:
        return structure(body, model)
    except ValueError as error:
        raise answer.invalid(f"the answer cannot be read: {error}") from None
