"""The matrix as a page of the documentation."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from contract_tests.reliability._faults import FAULTS, Expected, Fault
from contract_tests.reliability._methods import METHODS, Kind

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"

_INTRODUCTION = """\
# What goes wrong, and what you get

Written by `python -m tools.faults`, which plays every fault on a real socket to every method of both clients.
Do not edit it.

Each cell names the error's class, then what its `request_sent` says: *not sent* means that the server cannot have acted
on the request, *may have run* that it can. *sent again* marks what the methods that may send a request again do (reads,
up to the client's `max_retries`; of the runs only `execute_with_retry`). The error is that of the last try. The last
column says what becomes of the connection; whatever it is, the client can be used on. No call outlives its time limit
by more than half a second.

"""


def render() -> str:
    """The page."""
    return _INTRODUCTION + "\n".join([*_kinds(), *_tables()])


def _kinds() -> Iterator[str]:
    for kind in Kind:
        names = ", ".join(f"`{method.name}`" for method in METHODS if method.kind is kind)
        yield f"- **{kind.value}**: {names}"
    yield ""
    yield "`validate_workflow` returns False where the other reads raise; in a batch the error is the item's;"
    yield "`wait_for_job` waits out a 429, until its own time limit."


def _tables() -> Iterator[str]:
    for group, faults in groupby(FAULTS, lambda fault: fault.group):
        yield f"\n## {group}\n"
        yield f"| what happens | {' | '.join(kind.value for kind in Kind)} | the connection |"
        yield "| --- |" + " --- |" * (len(Kind) + 1)
        for fault in faults:
            yield f"| {fault.name} | {' | '.join(_cell(fault, kind) for kind in Kind)} | {_connection(fault)} |"
    yield ""


def _cell(fault: Fault, kind: Kind) -> str:
    told = _told(fault.expected[kind], kind)
    return told if fault.elsewise is None else f"{told}; async: {_told(fault.elsewise[kind], kind)}"


def _told(expected: Expected, kind: Kind) -> str:
    if expected.raises is None:
        return "a result"
    told = [f"`{expected.raises}`", "may have run" if expected.sent else "not sent"]
    again = expected.again and any(method.tries > 1 for method in METHODS if method.kind is kind)
    return ", ".join([*told, "sent again"] if again else told)


def _connection(fault: Fault) -> str:
    kept = {expected.kept for expected in fault.expected.values()}
    if kept == {None}:
        return "closed or kept" if any(expected.sent for expected in fault.expected.values()) else "none"
    return "kept" if kept == {True} else "closed"
