"""Mutants for the profile logs."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from sim_conformance.mock.exchange import Call, Distortion, Reply
from sim_conformance.mock.state import OTHER_KEY
from sim_conformance.selftest.distort import (
    Change,
    Fields,
    Mutant,
    answer,
    asked,
    asked_for,
    drop,
    fields,
    inside,
    key,
    logs,
    moved_time,
    mutant,
    ok,
    operation,
    put,
    status,
    when,
    with_status,
)

log = operation("getLog")
snapshot = operation("getExecution")

FILTERS = {
    10: ("level",),
    11: ("workflowIds",),
    12: ("triggers",),
    13: ("executionId",),
    14: ("startDate",),
    16: ("minDurationMs",),
    17: ("minCost",),
    18: ("folderIds",),
    19: ("model",),
}


def entries(edit: Callable[[list[Fields]], list[Fields]]) -> Change:
    """The same page with other entries."""
    return fields(lambda body: {**body, "data": edit(body["data"])})


def each_entry(edit: Callable[[Fields], Any]) -> Change:
    """The same page with changed entries."""

    def change(all_entries: list[Fields]) -> list[Fields]:
        for entry in all_entries:
            edit(entry)
        return all_entries

    return entries(change)


def stranger(page: list[Fields]) -> list[Fields]:
    """An entry is there that passes no filter."""
    odd = {
        "id": "stranger",
        "workflowId": "stranger",
        "executionId": "stranger",
        "level": "warning",
        "trigger": "stranger",
        "startedAt": "2000-01-01T00:00:00.000Z",
        "endedAt": "2000-01-01T00:00:00.000Z",
        "totalDurationMs": -1,
        "cost": {"total": -1},
        "files": None,
    }
    return [*page, odd]


def filter_mutants() -> Iterator[Mutant]:
    """Filters that let everything through."""
    for number, names in FILTERS.items():
        yield mutant(
            f"SIM-LOGS-{number:03}",
            f"{names[0]} lets another entry through",
            logs,
            asked(*names),
            ok,
            then=entries(stranger),
        )


def alternating() -> Distortion:
    """Every second page begins with its second entry."""
    count = itertools.count()

    def distort(call: Call, reply: Reply) -> Reply:
        if logs(call, reply) and reply.status == 200 and next(count) % 2:
            return entries(lambda page: page[1:])(call, reply)
        return reply

    return distort


def without_first(page: list[Fields]) -> list[Fields]:
    """The first entry is gone."""
    return page[1:]


def twice(page: list[Fields]) -> list[Fields]:
    """The first entry is there twice."""
    return [*page[:1], *page]


def same_ids(page: list[Fields]) -> list[Fields]:
    """All entries have the same id."""
    return [{**entry, "id": "same"} for entry in page]


def backwards(page: list[Fields]) -> list[Fields]:
    """The entries are in the opposite order."""
    return page[::-1]


def escaping_spans(data: Fields) -> None:
    """A block's span ends after the workflow's."""
    for span in data["executionData"]["traceSpans"]:
        for child in span["children"]:
            moved_time("endTime", 5)(child)


def loose_edges(state: Fields) -> None:
    """A connection leads nowhere."""
    state["edges"].append({"source": "nobody", "target": "nothing"})


def forgets_runs() -> Distortion:
    """No run shows up in the logs that was not there at the first look."""
    known: list[set[str]] = []

    def shown(page: list[Fields]) -> list[Fields]:
        if not known:
            known.append({entry["id"] for entry in page})
        return [entry for entry in page if entry["id"] in known[0]]

    return when(logs, ok, then=entries(shown))


PAGES = [
    mutant("SIM-LOGS-001", "an entry has no level", logs, ok, then=each_entry(lambda entry: entry.pop("level"))),
    mutant("SIM-LOGS-002", "calls every run a chat", logs, ok, then=each_entry(lambda one: one.update(trigger="chat"))),
    mutant(
        "SIM-LOGS-003", "calls every run a success", logs, ok, then=each_entry(lambda one: one.update(level="info"))
    ),
    mutant("SIM-LOGS-004", "entries end before they start", logs, ok, then=each_entry(moved_time("endedAt", -3600))),
    mutant("SIM-LOGS-005", "all entries have one id", logs, ok, then=entries(same_ids)),
    *filter_mutants(),
    mutant("SIM-LOGS-015", "endDate leaves the end out", logs, asked("endDate"), ok, then=entries(without_first)),
    mutant(
        "SIM-LOGS-020", "level is forgotten beside others", logs, asked("level", "workflowIds"), then=entries(stranger)
    ),
    mutant("SIM-LOGS-030", "a page repeats an entry", logs, asked("cursor"), ok, then=entries(twice)),
    mutant("SIM-LOGS-031", "the last page has a cursor", logs, ok, then=put(nextCursor="bW9yZQ==")),
    mutant("SIM-LOGS-032", "no page has a cursor", logs, ok, then=drop("nextCursor")),
    mutant("SIM-LOGS-033", "takes any cursor", logs, asked("cursor"), status(400), then=answer(200, {"data": []})),
    mutant("SIM-LOGS-034", "gives one more than asked for", logs, asked("limit"), ok, then=entries(twice)),
    mutant("SIM-LOGS-035", "the oldest come first", logs, ok, then=entries(backwards)),
    Mutant("SIM-LOGS-036", "gives something else each time", alternating),
    mutant(
        "SIM-LOGS-040", "tells the output unasked", logs, ok, then=each_entry(lambda one: one.update(finalOutput=None))
    ),
    mutant(
        "SIM-LOGS-041",
        "leaves the workflow out",
        logs,
        asked_for("details", "full"),
        ok,
        then=each_entry(lambda entry: entry.pop("workflow")),
    ),
    mutant(
        "SIM-LOGS-042",
        "gives another output",
        logs,
        asked("includeFinalOutput"),
        ok,
        then=each_entry(lambda entry: entry.update(finalOutput={})),
    ),
    mutant(
        "SIM-LOGS-043",
        "gives no spans",
        logs,
        asked("includeTraceSpans"),
        ok,
        then=each_entry(lambda entry: entry.update(traceSpans=[])),
    ),
    mutant(
        "SIM-LOGS-044",
        "takes false for true",
        logs,
        asked_for("includeFinalOutput", "false"),
        ok,
        then=each_entry(lambda entry: entry.update(finalOutput={}, traceSpans=[])),
    ),
]

REFUSALS = [
    mutant("SIM-LOGS-050", "needs no workspace", logs, status(400), then=answer(200, {"data": []})),
    mutant("SIM-LOGS-051", "takes any order", logs, asked("order"), status(400), then=answer(200, {"data": []})),
    mutant("SIM-LOGS-052", "fails on a number", logs, asked("maxCost"), status(400), then=with_status(500)),
    mutant("SIM-LOGS-053", "fails on a date", logs, asked("startDate"), status(400), then=with_status(500)),
    mutant("SIM-LOGS-054", "takes a limit of 0", logs, asked_for("limit", "0"), then=answer(200, {"data": []})),
    mutant("SIM-LOGS-055", "hides that a workspace is foreign", logs, status(403), then=answer(200, {"data": []})),
    mutant("SIM-GEN-001", "fails on any query", logs, then=with_status(500)),
    mutant("SIM-GEN-002", "fails on any query", logs, then=with_status(500)),
]

SINGLE = [
    mutant("SIM-LOGS-060", "has no level", log, ok, then=inside("data", lambda data: data.pop("level"))),
    mutant("SIM-LOGS-061", "tells another level", log, ok, then=inside("data", lambda data: data.update(level="x"))),
    mutant(
        "SIM-LOGS-062",
        "has another output",
        log,
        ok,
        then=inside("data", lambda data: data["executionData"].update(finalOutput={})),
    ),
    mutant("SIM-LOGS-063", "a span is longer than the run", log, ok, then=inside("data", escaping_spans)),
    mutant("SIM-LOGS-064", "knows every entry", log, status(404), then=answer(200, {"data": {}})),
    mutant("SIM-LOGS-065", "shows entries to all", log, key(OTHER_KEY), then=answer(200, {"data": {}})),
    mutant("SIM-LOGS-070", "has no metadata", snapshot, ok, then=drop("executionMetadata")),
    mutant(
        "SIM-LOGS-071",
        "tells another trigger",
        snapshot,
        ok,
        then=inside("executionMetadata", lambda run: run.update(trigger="chat")),
    ),
    mutant("SIM-LOGS-072", "a connection leads nowhere", snapshot, ok, then=inside("workflowState", loose_edges)),
    mutant("SIM-LOGS-073", "knows every execution", snapshot, status(404), then=answer(200, {})),
    mutant("SIM-LOGS-074", "shows snapshots to all", snapshot, key(OTHER_KEY), then=answer(200, {})),
    Mutant("SIM-FLOW-001", "forgets runs", forgets_runs),
]

MUTANTS = [*PAGES, *REFUSALS, *SINGLE]
