"""Reading an answer: a model for success, an exception for all else."""

from typing import Any, Dict, Mapping, Union, cast

from .convert import structure
from .loads import loads

ResponseTypes = Mapping[Union[int, str], Any]
"""What an operation answers: status (200), class of status ("2XX") or "default" to type, or to types by media type."""


class ApiError(Exception):
    """The server answered with a status other than 2xx.

    ``status``, ``headers`` and ``body`` are the answer. ``parsed`` is the body as the model that the API declares for
    this status, as plain JSON if it does not fit that, None if it is not JSON.
    """

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, parsed: Any = None) -> None:
        super().__init__(status, headers, body, parsed)
        self.status = status
        self.headers = headers
        self.body = body
        self.parsed = parsed

    def __str__(self) -> str:
        return f"the server answered with status {self.status}"


class DecodeError(Exception):
    """A 2xx answer does not have the form that the API declares; ``reason`` says where."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, reason: str) -> None:
        super().__init__(status, headers, body, reason)
        self.status = status
        self.headers = headers
        self.body = body
        self.reason = reason

    def __str__(self) -> str:
        return f"the answer with status {self.status} cannot be read: {self.reason}"


def decode(types: ResponseTypes, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """Return the body of a 2xx answer as its declared type.

    Raises ApiError for any other status, DecodeError for a body that is not of that type.
    """
    expected = _declared(types, status)
    if isinstance(expected, dict):
        expected = _of_media_type(cast("Dict[str, Any]", expected), headers)
    if not 200 <= status < 300:
        raise ApiError(status, headers, body, _best_effort(expected, body))
    if expected is None:
        return None
    if expected is bytes:
        return body
    try:
        return body.decode() if expected is str else structure(loads(body), expected)
    except Exception as error:  # whatever a hostile body provokes, it is the body that cannot be read
        raise DecodeError(status, headers, body, str(error)) from error


def _declared(types: ResponseTypes, status: int) -> Any:
    if status in types:
        return types[status]
    is_success = 200 <= status < 300
    # Where a success is declared, the default tells of errors.
    alike = [key for key in types if str(key).startswith("2")] if is_success else []
    for key in (f"{status // 100}XX", *alike, "default"):
        if key in types:
            return types[key]
    return None if is_success else Any


def _of_media_type(types: Dict[str, Any], headers: Mapping[str, str]) -> Any:
    """Return the type for the answer's media type, also by a range such as image/*; else the first one."""
    written = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    media_type = written.partition(";")[0].strip().lower()
    for key in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if key in types:
            return types[key]
    return next(iter(types.values()))


def _best_effort(expected: Any, body: bytes) -> Any:
    try:
        value = loads(body)
    except (ValueError, RecursionError):
        return None
    try:
        return structure(value, expected)
    except Exception:  # the answer's status says more than a body of another form
        return value
