"""docs/error-codes.md, from the table in `sim_sdk/errors.py` that the SDK itself reads."""

import inspect
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from sim_sdk import errors
from sim_sdk.errors import DOCUMENTED_CODES, SimStudioError
from sim_sdk.webhooks import WebhookError

PAGE = Path(__file__).parents[2] / "docs" / "error-codes.md"

MEANINGS = {
    errors.UNAUTHORIZED: "The API key is missing, wrong or expired. Also a webhook delivery that is not to be trusted.",
    errors.TIMEOUT: "A time limit passed: the call's own, or one of the server's.",
    errors.RATE_LIMIT_EXCEEDED: "Too many requests.",
    errors.USAGE_LIMIT_EXCEEDED: "The plan's usage limit is used up.",
    errors.INVALID_JSON: "The server cannot read the request's body.",
    errors.EXECUTION_ERROR: "Anything else that befalls a run, a stream, a batch's item, or a reading of the logs.",
    errors.STATUS_ERROR: "Anything else that befalls `get_workflow_status`, `get_job_status` or `wait_for_job`.",
    errors.USAGE_ERROR: "Anything else that befalls `get_usage_limits`.",
}

_INTRODUCTION = """\
# Errors and codes

Written by `python -m tools.docs` from the table in `sim_sdk/errors.py`. Do not edit it.

How to handle errors is in [the guide](guides/errors.md), what an error carries in [the reference](reference/errors.md).
A workflow that fails is no error: it is a result whose `success` is False.

"""

_ANSWERS = """
## From an answer to its error

The first row that fits an answer counts; an empty cell fits anything. The server's code and its sentence are matched
from their beginning, without regard to case. Where `code` is empty, it is the server's own if that is one of the codes
above, else the method's: `EXECUTION_ERROR`, `STATUS_ERROR` or `USAGE_ERROR`. A limit that a server reports in the midst
of a stream is known by its sentence alone.

| status | the server's code | its sentence | raises | `code` |
| --- | --- | --- | --- | --- |
"""

_OTHERS = """
## Errors without such an answer

The answer never came, broke off, or cannot be read; or the error is the SDK's own.

| class | when |
| --- | --- |
"""


def render() -> str:
    """The page."""
    return _INTRODUCTION + "\n".join([*_classes(), *_codes()]) + _ANSWERS + "\n".join(_rules()) + _OTHERS + _others()


def _classes() -> Iterator[str]:
    yield "## Classes\n"
    yield "| class | is a | when |"
    yield "| --- | --- | --- |"
    for error in _kinds():
        yield f"| `{error.__name__}` | `{error.__mro__[1].__name__}` | {_when(error)} |"
    yield ""


def _codes() -> Iterator[str]:
    yield "## Codes\n"
    yield "| `code` | meaning |"
    yield "| --- | --- |"
    if MEANINGS.keys() != DOCUMENTED_CODES:
        raise ValueError(f"say what these codes mean: {sorted(MEANINGS.keys() ^ DOCUMENTED_CODES)}")
    for code, meaning in MEANINGS.items():
        yield f"| `{code}` | {meaning} |"
    yield ""


def _rules() -> Iterator[str]:
    for rule in errors._RULES:
        code = "" if rule.code is None else f"`{rule.code}`"
        cells = (_statuses(rule.statuses), _pattern(rule.server_code), _pattern(rule.message))
        yield f"| {' | '.join(cells)} | `{rule.raises.__name__}` | {code} |"
    yield ""


def _others() -> str:
    raised = {rule.raises for rule in errors._RULES} | {SimStudioError}
    return "".join(f"| `{error.__name__}` | {_when(error)} |\n" for error in _kinds() if error not in raised)


def _kinds() -> Sequence[type[SimStudioError]]:
    members = vars(errors).values()
    return [*(one for one in members if isinstance(one, type) and issubclass(one, SimStudioError)), WebhookError]


def _when(error: type[SimStudioError]) -> str:
    documented = inspect.getdoc(error) or ""  # which it is: the linter asks for it
    return documented.splitlines()[0].replace("|", "\\|")


def _statuses(statuses: Container[int] | None) -> str:
    if statuses is None:
        return ""
    listed = [status for status in range(100, 600) if status in statuses]
    return str(listed[0]) if len(listed) == 1 else f"{listed[0]}–{listed[-1]}"


def _pattern(pattern: str | None) -> str:
    return "" if pattern is None else f"`{pattern}`".replace("|", "\\|")
