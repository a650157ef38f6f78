"""Logs: what is in them, what filters and cursors do, and what stays hidden."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies

from sim_conformance.checks.auth import NOBODYS_ID
from sim_conformance.mock.clock import epoch, iso
from sim_conformance.mock.jsons import as_object
from sim_conformance.outcome import Deviation, Failure, Skipped, expect
from sim_conformance.properties import for_all
from sim_conformance.reading import ids_in, moment_in, number_in, object_in, objects_in, text_in
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server

group = Group(Profile.LOGS, "main-workspace")

QUERY = page("execution/api", "Query Logs")
DETAILS = page("execution/api", "Get Log Details")
EXECUTION = page("execution/api", "Get Execution Details")

Entry = dict[str, Any]

SAMPLE = 100
"""Entries that are looked at."""

CURSOR_BREAKS = Deviation("following a cursor fails with 500", ("2025-10",))
CURSOR_IGNORED = Deviation("a malformed cursor is ignored", ("2025-10",))
MODEL_BREAKS = Deviation("the model filter fails with 500", ("2025-10",))
DATE_BREAKS = Deviation("a date that cannot be read fails with 500", ("2025-10", "2026-08"))
FALSE_IS_TRUE = Deviation("the text false counts as true", ("2025-10",))
ANY_LIMIT = Deviation("a limit of 0 is not refused", ("2025-10", "2026-08"))
FOREIGN_IS_EMPTY = Deviation("another user's workspace gives an empty page", ("2025-10",))


def sample(sim: Server) -> list[Entry]:
    """The newest entries, of runs that succeeded and of runs that failed where these are set up.

    Raises:
        Skipped: when the logs are empty and nothing may be run.
    """
    entries = sim.log_entries({"limit": SAMPLE})
    wanted = {name for name in ("echo", "failing") if sim.has(name)}
    lacking = wanted - {name for name in wanted for entry in entries if entry.get("workflowId") == sim[name]}
    if lacking and not sim.settings.read_only:
        for name in sorted(lacking):
            sim.logged_run(name, {"message": sim.token()})
        entries = sim.log_entries({"limit": SAMPLE})
    if not entries:
        raise Skipped("the logs are empty: run some workflow first")
    return entries


def until_now(entries: list[Entry]) -> str:
    """The start of the newest entry: with it as endDate, later runs do not disturb what is compared."""
    return iso(max(moment_in(entry, "startedAt") for entry in entries))


def filters(sim: Server, query: Mapping[str, Any], keeps: Callable[[Entry], bool]) -> list[Entry]:
    """Let the check fail unless a filter leaves just the entries that it should; these are the result."""
    entries = sample(sim)
    bounds = {"limit": SAMPLE, "endDate": until_now(entries)}
    everything = sim.log_entries(bounds)
    found = sim.log_entries({**bounds, **query})
    wrong = [entry for entry in found if not keeps(entry)]
    expect(not wrong, f"the filter {dict(query)} lets through {_brief(wrong[0]) if wrong else ''}")
    lost = set(ids_in([entry for entry in everything if keeps(entry)])) - set(ids_in(found))
    expect(not lost, f"the filter {dict(query)} hides {len(lost)} entries that it should let through")
    return found


@group.must("SIM-LOGS-001", "A page of logs is what the description says", spec("LogPage"), runs=2)
def page_is_described(sim: Server) -> None:
    sample(sim)
    for details in ("basic", "full"):
        sim.expect_described(sim.logs({"details": details, "limit": 20}))


@group.must("SIM-LOGS-002", "A run is logged, once, as what it was", QUERY, "echo", runs=1)
def run_is_logged(sim: Server) -> None:
    _, entry = sim.logged_run("echo", {"message": sim.token()})
    wanted = {"workflowId": sim["echo"], "level": "info", "trigger": "api"}
    expect(wanted.items() <= entry.items(), f"the entry is {_brief(entry)}")
    query = {"executionId": text_in(entry, "executionId"), "limit": 10}
    expect(len(sim.log_entries(query)) == 1, "the run is logged more than once")


@group.must("SIM-LOGS-003", "A run that failed is logged with level error", QUERY, "failing", runs=1)
def failure_is_logged(sim: Server) -> None:
    _, entry = sim.logged_run("failing", {"message": sim.token()})
    expect(entry.get("level") == "error", f"the level is {entry.get('level')!r}")


@group.must("SIM-LOGS-004", "An entry's times agree with its duration", QUERY, runs=2)
def entry_times(sim: Server) -> None:
    for entry in sample(sim):
        if entry.get("endedAt") is not None:
            between = moment_in(entry, "endedAt") - moment_in(entry, "startedAt")
            expect(between >= 0, f"it ended before it started: {_brief(entry)}")
            expect(number_in(entry, "totalDurationMs") <= between * 1000 + 50, f"it took longer: {_brief(entry)}")


@group.must("SIM-LOGS-005", "Entries have ids of their own", QUERY, runs=2)
def distinct_ids(sim: Server) -> None:
    found = ids_in(sample(sim))
    expect(len(set(found)) == len(found), "two entries have the same id")


@group.must("SIM-LOGS-010", "level really filters", QUERY, runs=2)
def filter_level(sim: Server) -> None:
    filters(sim, {"level": "info"}, lambda entry: entry.get("level") == "info")
    filters(sim, {"level": "error"}, lambda entry: entry.get("level") == "error")


@group.must("SIM-LOGS-011", "workflowIds really filters, one id and several", QUERY, "echo", "failing", runs=2)
def filter_workflows(sim: Server) -> None:
    both = {sim["echo"], sim["failing"]}
    filters(sim, {"workflowIds": sim["echo"]}, lambda entry: entry.get("workflowId") == sim["echo"])
    filters(sim, {"workflowIds": ",".join(sorted(both))}, lambda entry: entry.get("workflowId") in both)


@group.must("SIM-LOGS-012", "triggers really filters", QUERY, runs=2)
def filter_triggers(sim: Server) -> None:
    filters(sim, {"triggers": "api"}, lambda entry: entry.get("trigger") == "api")
    filters(sim, {"triggers": "chat"}, lambda entry: entry.get("trigger") == "chat")


@group.must("SIM-LOGS-013", "executionId really filters", QUERY, runs=2)
def filter_execution(sim: Server) -> None:
    wanted = text_in(sample(sim)[0], "executionId")
    filters(sim, {"executionId": wanted}, lambda entry: entry.get("executionId") == wanted)


@group.must("SIM-LOGS-014", "startDate really filters, the start itself included", QUERY, runs=2)
def filter_start(sim: Server) -> None:
    entries = sample(sim)
    start = moment_in(entries[len(entries) // 2], "startedAt")
    filters(sim, {"startDate": iso(start)}, lambda entry: _started(entry) >= _to_millisecond(start))


@group.must("SIM-LOGS-015", "endDate really filters, the end itself included", QUERY, runs=2)
def filter_end(sim: Server) -> None:
    entries = sample(sim)
    end = moment_in(entries[len(entries) // 2], "startedAt")
    filters(sim, {"endDate": iso(end)}, lambda entry: _started(entry) <= _to_millisecond(end))


@group.must("SIM-LOGS-016", "minDurationMs and maxDurationMs really filter", QUERY, runs=2)
def filter_duration(sim: Server) -> None:
    middle = int(_median(sample(sim), "totalDurationMs"))
    filters(sim, {"minDurationMs": middle}, lambda entry: number_in(entry, "totalDurationMs") >= middle)
    filters(sim, {"maxDurationMs": middle}, lambda entry: number_in(entry, "totalDurationMs") <= middle)


@group.must("SIM-LOGS-017", "minCost and maxCost really filter", QUERY, runs=2)
def filter_cost(sim: Server) -> None:
    sample(sim)
    filters(sim, {"minCost": 1000}, lambda entry: _cost(entry) >= 1000)
    filters(sim, {"maxCost": 0}, lambda entry: _cost(entry) <= 0)


@group.must("SIM-LOGS-018", "folderIds really filters", QUERY, runs=2)
def filter_folders(sim: Server) -> None:
    sample(sim)
    found = sim.log_entries({"folderIds": NOBODYS_ID})
    expect(not found, "there are entries in a folder that does not exist")


@group.must("SIM-LOGS-019", "model really filters", QUERY, runs=2, deviations=(MODEL_BREAKS,))
def filter_model(sim: Server) -> None:
    sample(sim)
    exchange = sim.logs({"model": "sim-conformance-no-model"})
    sim.known(MODEL_BREAKS, exchange.status == 500)
    exchange.expect_status(200)
    expect(not objects_in(exchange.fields(), "data"), "there are entries with a model that does not exist")


@group.must("SIM-LOGS-020", "Filters together leave what passes all of them", QUERY, runs=2)
def filters_together(sim: Server) -> None:
    wanted = text_in(sample(sim)[0], "workflowId")
    filters(
        sim,
        {"workflowIds": wanted, "level": "error", "triggers": "api"},
        lambda entry: (entry.get("workflowId"), entry.get("level"), entry.get("trigger")) == (wanted, "error", "api"),
    )


def pages(sim: Server, query: Mapping[str, Any]) -> list[Entry]:
    """All entries, following the cursors."""
    found: list[Entry] = []
    cursor: dict[str, Any] = {}
    for _ in range(SAMPLE):
        exchange = sim.logs({**query, **cursor})
        sim.known(CURSOR_BREAKS, cursor and exchange.status == 500)
        exchange.expect_status(200)
        fields = exchange.fields()
        found += objects_in(fields, "data")
        if fields.get("nextCursor") is None:
            return found
        cursor = {"cursor": text_in(fields, "nextCursor")}
    raise Failure(f"{SAMPLE} cursors lead to no last page")


@group.must(
    "SIM-LOGS-030",
    "Following the cursor gives every entry once, in order, whatever the size of the pages",
    QUERY,
    runs=2,
    deviations=(CURSOR_BREAKS,),
)
def cursor_laws(sim: Server) -> None:
    newest = sample(sim)[:12]
    bounds = {"endDate": until_now(newest), "startDate": iso(min(moment_in(entry, "startedAt") for entry in newest))}

    def law(drawn: tuple[int, str]) -> None:
        size, order = drawn
        whole = ids_in(sim.log_entries({**bounds, "limit": SAMPLE, "order": order}))
        paged = ids_in(pages(sim, {**bounds, "limit": size, "order": order}))
        expect(paged == whole, f"pages of {size} ({order}) give {len(paged)} entries; one page gives {len(whole)}")

    sizes = strategies.integers(1, max(1, len(newest) - 1))
    for_all(sim.settings, strategies.tuples(sizes, strategies.sampled_from(["desc", "asc"])), law)


@group.must("SIM-LOGS-031", "The last page has no cursor", QUERY, runs=2)
def last_page(sim: Server) -> None:
    entry = sample(sim)[0]
    fields = sim.logs({"executionId": text_in(entry, "executionId"), "limit": 10}).fields()
    expect(fields.get("nextCursor") is None, "a page with all there is has a cursor")


@group.must("SIM-LOGS-032", "A page that others follow has a cursor", QUERY, "echo", runs=4)
def cursor_is_there(sim: Server) -> None:
    if len(sample(sim)) < 2:
        sim.logged_run("echo", {"message": sim.token()})
    text_in(sim.logs({"limit": 1}).fields(), "nextCursor")


@group.must(
    "SIM-LOGS-033",
    "A malformed cursor is refused with 400",
    spec("listLogs 400"),
    deviations=(CURSOR_IGNORED,),
)
def bad_cursor(sim: Server) -> None:
    exchange = sim.logs({"cursor": "no cursor at all"})
    sim.known(CURSOR_IGNORED, exchange.status == 200)
    exchange.expect_status(400)


@group.must("SIM-LOGS-034", "limit bounds the page", QUERY, runs=2)
def limit(sim: Server) -> None:
    sample(sim)
    for size in (1, 2):
        expect(len(sim.log_entries({"limit": size})) <= size, f"a page of {size} holds more")


@group.must("SIM-LOGS-035", "The newest come first, or the oldest on request", QUERY, runs=2)
def order(sim: Server) -> None:
    until = until_now(sample(sim))
    newest = sim.log_entries({"endDate": until, "limit": SAMPLE})
    expect(_is_sorted([-_started(entry) for entry in newest]), "the newest do not come first")
    oldest = sim.log_entries({"endDate": until, "limit": SAMPLE, "order": "asc"})
    expect(_is_sorted([_started(entry) for entry in oldest]), "with order=asc the oldest do not come first")


@group.must("SIM-LOGS-036", "The same question gives the same answer", QUERY, runs=2)
def reading_changes_nothing(sim: Server) -> None:
    query = {"endDate": until_now(sample(sim)), "limit": 20}
    first, second = ids_in(sim.log_entries(query)), ids_in(sim.log_entries(query))
    expect(first == second, "the same query gave other entries")


@group.must("SIM-LOGS-040", "Basic details leave workflow, output and spans out", QUERY, runs=2)
def basic_details(sim: Server) -> None:
    sample(sim)
    for entry in sim.log_entries({"limit": 5}):
        extra = {"workflow", "finalOutput", "traceSpans"} & entry.keys()
        expect(not extra, f"a basic entry has {', '.join(sorted(extra))}")


@group.must("SIM-LOGS-041", "Full details have the workflow, and not output and spans unless asked for", QUERY, runs=2)
def full_details(sim: Server) -> None:
    sample(sim)
    for entry in sim.log_entries({"limit": 5, "details": "full"}):
        expect("id" in object_in(entry, "workflow"), "the workflow has no id")
        extra = {"finalOutput", "traceSpans"} & entry.keys()
        expect(not extra, f"an entry has {', '.join(sorted(extra))}, which nobody asked for")


@group.must("SIM-LOGS-042", "includeFinalOutput brings the output", QUERY, "echo", runs=1)
def final_output(sim: Server) -> None:
    result, logged = sim.logged_run("echo", {"message": sim.token()})
    query = {"executionId": logged["executionId"], "details": "full", "includeFinalOutput": "true"}
    entries = sim.log_entries(query)
    expect(entries and entries[0].get("finalOutput") == result.get("output"), "the output is not that of the run")


@group.must("SIM-LOGS-043", "includeTraceSpans brings the spans", QUERY, "echo", runs=1)
def trace_spans(sim: Server) -> None:
    _, logged = sim.logged_run("echo", {"message": sim.token()})
    query = {"executionId": logged["executionId"], "details": "full", "includeTraceSpans": "true"}
    entries = sim.log_entries(query)
    expect(entries and objects_in(entries[0], "traceSpans"), "there are no spans")


@group.must("SIM-LOGS-044", "The text false counts as false", QUERY, runs=2, deviations=(FALSE_IS_TRUE,))
def false_flags(sim: Server) -> None:
    sample(sim)
    flags = {"includeTraceSpans": "false", "includeFinalOutput": "false"}
    entries = sim.log_entries({"limit": 1, "details": "full", **flags})
    extra = [name for entry in entries for name in ("finalOutput", "traceSpans") if name in entry]
    sim.known(FALSE_IS_TRUE, len(extra) == 2)
    expect(not extra, f"an entry has {', '.join(extra)}")


@group.must("SIM-LOGS-050", "A query without a workspace is refused with 400", spec("listLogs 400"))
def no_workspace(sim: Server) -> None:
    exchange = sim.get("/api/v1/logs")
    exchange.expect_status(400)
    sim.expect_described(exchange)


@group.must("SIM-LOGS-051", "A word that is no level, order or details is refused with 400", spec("listLogs 400"))
def bad_options(sim: Server) -> None:
    for name in ("level", "order", "details"):
        sim.logs({name: "sideways"}).expect_status(400)


@group.must("SIM-LOGS-052", "A number that is none is refused with 400", spec("listLogs 400"))
def bad_numbers(sim: Server) -> None:
    for name in ("limit", "minDurationMs", "maxCost"):
        sim.logs({name: "many"}).expect_status(400)


@group.must(
    "SIM-LOGS-053",
    "A date that cannot be read is refused with 400",
    spec("listLogs 400"),
    deviations=(DATE_BREAKS,),
)
def bad_date(sim: Server) -> None:
    exchange = sim.logs({"startDate": "yesterday"})
    sim.known(DATE_BREAKS, exchange.status == 500)
    exchange.expect_status(400)


@group.must("SIM-LOGS-054", "A limit of 0 is refused with 400", spec("listLogs 400"), deviations=(ANY_LIMIT,))
def zero_limit(sim: Server) -> None:
    exchange = sim.logs({"limit": 0})
    sim.known(ANY_LIMIT, exchange.status == 200)
    exchange.expect_status(400)


@group.must(
    "SIM-LOGS-055",
    "The logs of a workspace of somebody else are refused with 403",
    spec("listLogs 403"),
    deviations=(FOREIGN_IS_EMPTY,),
)
def foreign_workspace(sim: Server) -> None:
    exchange = sim.logs({"workspaceId": NOBODYS_ID})
    empty = exchange.status == 200 and not objects_in(exchange.fields(), "data")
    sim.known(FOREIGN_IS_EMPTY, empty)
    exchange.expect_status(403)


@group.must("SIM-LOGS-060", "An entry alone is what the description says", spec("LogDetail"), runs=2)
def detail_is_described(sim: Server) -> None:
    exchange = sim.get(f"/api/v1/logs/{text_in(sample(sim)[0], 'id')}")
    exchange.expect_status(200)
    sim.expect_described(exchange)


@group.must("SIM-LOGS-061", "An entry alone says the same as in its page", DETAILS, runs=2)
def detail_agrees(sim: Server) -> None:
    entry = sample(sim)[0]
    alone = _detail(sim, entry)
    for name in ("id", "executionId", "level", "trigger", "startedAt", "totalDurationMs"):
        expect(alone.get(name) == entry.get(name), f"{name} is {entry.get(name)!r}, and alone {alone.get(name)!r}")


@group.must("SIM-LOGS-062", "An entry alone has the run's output", DETAILS, "echo", runs=1)
def detail_has_output(sim: Server) -> None:
    result, entry = sim.logged_run("echo", {"message": sim.token()})
    data = object_in(_detail(sim, entry), "executionData")
    expect(data.get("finalOutput") == result.get("output"), "finalOutput is not the output of the run")


@group.must("SIM-LOGS-063", "Spans lie within the span around them", DETAILS, "echo", runs=1)
def spans_nest(sim: Server) -> None:
    _, entry = sim.logged_run("echo", {"message": sim.token()})
    spans = objects_in(object_in(_detail(sim, entry), "executionData"), "traceSpans")
    expect(spans, "there are no spans")
    for span in spans:
        _expect_nested(span)


@group.must("SIM-LOGS-064", "An unknown entry is 404", spec("getLog 404"))
def unknown_entry(sim: Server) -> None:
    sim.get(f"/api/v1/logs/{NOBODYS_ID}").expect_status(404)


@group.must("SIM-LOGS-065", "Another user does not see the entry", spec("getLog 404"), "other-key", runs=2)
def other_users_entry(sim: Server) -> None:
    entry_id = text_in(sample(sim)[0], "id")
    sim.get(f"/api/v1/logs/{entry_id}", key="other-key").expect_status(403, 404)


@group.must("SIM-LOGS-070", "A snapshot is what the description says", spec("ExecutionSnapshot"), runs=2)
def snapshot_is_described(sim: Server) -> None:
    exchange = sim.get(f"/api/v1/logs/executions/{text_in(sample(sim)[0], 'executionId')}")
    exchange.expect_status(200)
    sim.expect_described(exchange)


@group.must("SIM-LOGS-071", "A snapshot says the same of the run as its entry", EXECUTION, runs=2)
def snapshot_agrees(sim: Server) -> None:
    entry = sample(sim)[0]
    snapshot = _snapshot(sim, entry)
    expect(snapshot.get("executionId") == entry.get("executionId"), "it is the snapshot of another execution")
    run = object_in(snapshot, "executionMetadata")
    for name in ("trigger", "startedAt", "totalDurationMs"):
        expect(run.get(name) == entry.get(name), f"{name} is {entry.get(name)!r}, in the snapshot {run.get(name)!r}")


@group.must("SIM-LOGS-072", "A snapshot's connections join blocks of it", EXECUTION, runs=2)
def edges_join_blocks(sim: Server) -> None:
    state = object_in(_snapshot(sim, sample(sim)[0]), "workflowState")
    blocks = object_in(state, "blocks")
    for edge in objects_in(state, "edges"):
        ends = {str(edge.get("source")), str(edge.get("target"))}
        expect(ends <= blocks.keys(), f"a connection joins {ends}, and the blocks are {set(blocks)}")


@group.must("SIM-LOGS-073", "An unknown execution is 404", spec("getExecution 404"))
def unknown_execution(sim: Server) -> None:
    sim.get(f"/api/v1/logs/executions/{NOBODYS_ID}").expect_status(404)


@group.must("SIM-LOGS-074", "Another user does not see the snapshot", spec("getExecution 404"), "other-key", runs=2)
def other_users_snapshot(sim: Server) -> None:
    execution_id = text_in(sample(sim)[0], "executionId")
    sim.get(f"/api/v1/logs/executions/{execution_id}", key="other-key").expect_status(403, 404)


def _detail(sim: Server, entry: Entry) -> dict[str, Any]:
    exchange = sim.get(f"/api/v1/logs/{text_in(entry, 'id')}")
    exchange.expect_status(200)
    return object_in(exchange.fields(), "data")


def _snapshot(sim: Server, entry: Entry) -> dict[str, Any]:
    exchange = sim.get(f"/api/v1/logs/executions/{text_in(entry, 'executionId')}")
    exchange.expect_status(200)
    return exchange.fields()


def _expect_nested(span: Mapping[str, Any]) -> None:
    start, end = moment_in(span, "startTime"), moment_in(span, "endTime")
    expect(start <= end, f"the span {span.get('name')!r} ends before it starts")
    for child in objects_in(span, "children") if "children" in span else []:
        inside = start - 0.05 <= moment_in(child, "startTime") and moment_in(child, "endTime") <= end + 0.05
        expect(inside, f"the span {child.get('name')!r} is not within {span.get('name')!r}")
        _expect_nested(child)


def _started(entry: Entry) -> float:
    return moment_in(entry, "startedAt")


def _to_millisecond(moment: float) -> float:
    return epoch(iso(moment))


def _cost(entry: Entry) -> float:
    cost = as_object(entry.get("cost"))
    return 0.0 if cost is None else number_in(cost, "total")


def _median(entries: list[Entry], name: str) -> float:
    values = sorted(number_in(entry, name) for entry in entries if entry.get(name) is not None)
    if not values:
        raise Skipped("no run in the logs has ended")
    return values[len(values) // 2]


def _is_sorted(values: list[float]) -> bool:
    return values == sorted(values)


def _brief(entry: Entry) -> str:
    names = ("workflowId", "level", "trigger", "startedAt", "endedAt", "totalDurationMs")
    return repr({name: entry.get(name) for name in names})
