"""`sim logs`: lists, one execution, and following what comes."""

import datetime
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from contract_tests.cli._logs import detail, entry, page, span
from contract_tests.cli.commands import Ran, Sim, finish, plain, start
from sim_conformance.mock import MockSim
from sim_sdk._clock import SystemClock

LOGS = ["logs", "--workspace", MockSim.workspace_id]
SHOW = ["logs", "show", "one"]


def give_page(mock: MockSim, *entries: dict[str, Any], cursor: "str | None" = None) -> None:
    mock.fail_next(status=200, body=page(*entries, cursor=cursor), operation="listLogs")


def give_detail(mock: MockSim, *spans: dict[str, Any], **changes: Any) -> None:
    mock.fail_next(status=200, body=detail(*spans, **changes), operation="getLog")


def last_query(mock: MockSim) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(mock.journal[-1].query).items()}


def test_every_filter_of_the_sdk_has_an_option_and_is_sent(mock: MockSim, sim: Sim) -> None:
    from sim_sdk.logs import LogFilters

    options = (
        "--workflow a --workflow b --folder f --trigger api --trigger chat --level error --execution e "
        "--since 2026-11-23T07:00:00Z --until 2026-11-23T08:00:00+00:00 --min-duration 500ms --max-duration 1.5m "
        "--min-cost 0 --max-cost 2.5 --model gpt --limit 7 --order asc --details full --spans --output --cursor {}"
    )
    give_page(mock)
    assert sim(*LOGS, *options.format("c").split()).code == 0

    sent = last_query(mock)
    assert {name: sent.pop(name) for name in ("minCost", "maxCost")} in (
        {"minCost": "0", "maxCost": "2.5"},
        {"minCost": "0.0", "maxCost": "2.5"},
    )
    moments = [datetime.datetime.fromisoformat(sent.pop(name)) for name in ("startDate", "endDate")]
    assert [moment.astimezone(datetime.timezone.utc).hour for moment in moments] == [7, 8]
    assert sent == {
        "workspaceId": MockSim.workspace_id,
        "workflowIds": "a,b",
        "folderIds": "f",
        "triggers": "api,chat",
        "level": "error",
        "executionId": "e",
        "minDurationMs": "500",
        "maxDurationMs": "90000",
        "model": "gpt",
        "limit": "7",
        "order": "asc",
        "details": "full",
        "includeTraceSpans": "true",
        "includeFinalOutput": "true",
        "cursor": "c",
    }
    assert len(sent) + 4 == len(LogFilters.__annotations__) + 1  # the workspace is no filter


def test_since_may_be_a_time_span(mock: MockSim, sim: Sim) -> None:
    assert sim(*LOGS, "--since", "2h").code == 0

    since = datetime.datetime.fromisoformat(last_query(mock)["startDate"])
    age = datetime.datetime.now(datetime.timezone.utc) - since
    assert datetime.timedelta(hours=2) <= age < datetime.timedelta(hours=2, minutes=1)


def test_an_execution_is_a_line_of_fields_whatever_they_hold(mock: MockSim, sim: Sim) -> None:
    give_page(mock, entry("a", trigger="a\tb\nc"), entry("b"))

    rows = [line.split("\t") for line in sim(*LOGS).out.splitlines()]

    assert rows == [
        ["2026-11-23T07:00:00+00:00", "info", trigger, "198 ms", "$0.001", name, f"execution-{name}", name]
        for trigger, name in (("a b c", "a"), ("api", "b"))
    ]


def test_a_narrow_terminal_has_two_lines_an_execution(
    mock: MockSim, sim: Sim, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)
    monkeypatch.setenv("TZ", "UTC")
    long = "a workflow whose name is far too long for its column"
    give_page(
        mock,
        entry("19c0914a-8e79-4df8-a64a-2088bb378968", workflow={"id": "w", "name": long}, totalDurationMs=3_670_000),
        entry("b", level="error"),
        entry("c", endedAt=None, totalDurationMs=None, cost=None),
    )

    ran = sim(*LOGS)

    lines = plain(ran.out)
    assert lines[0].split() == ["started", "trigger", "duration", "cost", "workflow"]
    assert lines[1].split(maxsplit=7)[2:] == ["✓", "api", "1", "h", "01", "min    $0.001  a workflow whose name…"]
    assert lines[2].strip() == "19c0914a-8e79-4df8-a64a-2088bb378968"
    assert lines[3].split()[2:] == ["✗", "api", "198", "ms", "$0.001", "b"]
    assert lines[5].split()[2:] == ["…", "api", "running", "c"]
    assert max(map(len, lines)) <= 80
    assert lines[3].index("198 ms") + len("198 ms") == lines[0].index("duration") + len("duration")
    assert "\x1b[31mb" in ran.out  # what failed is red


def test_a_wide_terminal_has_one(mock: MockSim, sim: Sim, terminal: Callable[[int], None]) -> None:
    terminal(140)
    give_page(mock, entry("19c0914a-8e79-4df8-a64a-2088bb378968"), entry("b"))

    lines = plain(sim(*LOGS).out)

    assert len(lines) == 3
    assert lines[1].index("19c0914a-8e79-4df8-a64a-2088bb378968", 60) == lines[2].rindex("b") == lines[0].index("id")
    assert max(map(len, lines)) <= 140


def test_no_color_leaves_the_colours_out(
    mock: MockSim, sim: Sim, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)
    monkeypatch.setenv("NO_COLOR", "1")
    give_page(mock, entry("b", level="error"))

    assert not re.findall(r"\x1b\[[0-9;]*3[0-7]", sim(*LOGS).out)


def test_all_pages_are_a_line_of_json_each_execution(mock: MockSim, sim: Sim) -> None:
    give_page(mock, entry("a"), entry("b"), cursor="more")
    give_page(mock, entry("c"))

    assert [line["id"] for line in sim(*LOGS, "--all", "--json").lines] == ["a", "b", "c"]
    assert last_query(mock)["cursor"] == "more"
    assert "limit" not in last_query(mock)


def test_a_workspace_may_come_from_the_environment(mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_WORKSPACE", "elsewhere")

    sim("logs")
    assert last_query(mock)["workspaceId"] == "elsewhere"
    sim(*LOGS)
    assert last_query(mock)["workspaceId"] == MockSim.workspace_id


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--follow", "--all"], "--follow goes neither"),
        (["--follow", "--order", "asc"], "--follow goes neither"),
        (["--all", "--limit", "5"], "--all goes without"),
        (["--interval", "3"], "--interval goes with --follow"),
        (["--min-duration", "5"], "no time span such as 500ms"),
        (["--since", "yesterday"], "no time such as 2026-11-23"),
        (["--since", "99999999d"], "no time such as 2026-11-23"),
    ],
    ids=str,
)
def test_wrong_options_are_2(mock: MockSim, sim: Sim, options: list[str], reason: str) -> None:
    ran = sim(*LOGS, *options)

    assert (ran.code, ran.out, len(mock.journal)) == (2, "", 0)
    assert reason in ran.err


def test_an_empty_page_says_so(mock: MockSim, sim: Sim) -> None:
    assert sim(*LOGS) == Ran(0, "", "there are none\n")


def test_one_execution_is_a_tree_with_times(mock: MockSim, sim: Sim, terminal: Callable[[int], None]) -> None:
    terminal(80)
    agent = span(
        "Agent 1",
        100,
        800,
        type="agent",
        model="fake-llm",
        tokens={"total": 1030},
        children=[span("search the whole knowledge base in every language", 300, 50), span("think", 400, 500)],
    )
    root = span("Workflow Execution", 0, 1000, type="workflow", children=[span("API", 0, 100), agent])
    give_detail(mock, root, files=[{"name": "report.pdf", "size": 1200}])

    lines = plain(sim(*SHOW).out)

    assert lines[0].startswith("✓ one  api · 2026-11-23")
    assert lines[0].endswith("· 198 ms · $0.001")
    assert [line.split() for line in lines[1:5]] == [
        ["log", "one"],
        ["execution", "execution-one"],
        ["workflow", "one"],
        ["file", "report.pdf,", "1", "kB"],
    ]
    tree = [line.rstrip() for line in lines[6:11]]
    assert [re.split(r"(?<=\S)  +", line)[0] for line in tree] == [
        "✓ Workflow Execution",
        "├─ ✓ API",
        "└─ ✓ Agent 1",
        "   ├─ ✓ search the whole knowledge base in every la…",
        "   └─ ✓ think",
    ]
    assert "agent · fake-llm · 1,030 tokens" in tree[2]
    assert [line.count("━") for line in tree] == [16, 2, 13, 1, 8]
    assert tree[4].index("━") > tree[3].index("━") > tree[1].index("━") == tree[0].index("━")
    assert max(map(len, lines)) <= 80
    assert json.loads("\n".join(lines[lines.index("output") + 1 :])) == {"content": "Hello"}


def test_a_span_that_failed_says_why(mock: MockSim, sim: Sim) -> None:
    failed = span("Function 1", 0, 5, status="error", output={"error": "boom"})
    give_detail(mock, span("Workflow Execution", 0, 5, status="error", children=[failed]), level="error")

    out = sim(*SHOW).out

    assert out.startswith("✗ one")
    assert "\n✗ Function 1: boom\n" in out
    assert out.count("boom") == 1
    assert "no reason given" not in out


def test_spans_of_any_kind_are_borne(mock: MockSim, sim: Sim) -> None:
    deep = span("leaf", 0, 1)
    for _ in range(60):
        deep = span("level", 0, 1, children=[deep])
    strange = {"name": None, "id": None, "startTime": "soon", "duration": None, "children": None}
    give_detail(mock, deep, strange, span("backwards", 0, -5), span("\x1b[2Jcleared", 0, 0))

    ran = sim(*SHOW)

    assert ran.code == 0
    assert ran.out.count("level") == 60
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("value", [None, True, 10**20, -1.5, "text", [1], {"a": 1}], ids=str)
def test_values_of_any_kind_are_borne(mock: MockSim, sim: Sim, terminal: Callable[[int], None], value: object) -> None:
    terminal(80)
    texts = {"trigger": value, "level": value, "startedAt": value, "endedAt": value, "totalDurationMs": value}
    give_page(mock, entry("a", cost={"total": value}, **texts))
    names = ("duration", "startTime", "status", "tokens", "model", "output")
    odd = {**span("a", 0, 1), **dict.fromkeys(names, value)}
    give_detail(mock, odd, files=[{"name": "f", "size": value}], cost={"total": value}, **texts)

    for argv in (LOGS, [*SHOW, "--data"]):
        ran = sim(*argv)
        assert ran.code in (0, 3), ran.err  # 3: the SDK says that the answer cannot be read


def test_what_blocks_received_and_gave_is_shown_on_demand(mock: MockSim, sim: Sim) -> None:
    for options, times in (([], 0), (["--data"], 1)):
        give_detail(mock, span("Function 1", 0, 1, input={"code": "return 1"}, output={"pdf": "A" * 5000}))
        out = sim(*SHOW, *options).out
        assert out.count("Function 1: input\n") == out.count("return 1") == times
        assert out.count("(5,000 characters; --json has them all)") == times


def test_one_execution_as_json_is_what_the_server_said(any_mock: MockSim, sim: Sim) -> None:
    sim("run", "echo")
    (row,) = sim(*LOGS).out.splitlines()

    document = sim("logs", "show", row.split("\t")[7], "--json").document

    assert document["data"]["executionData"]["traceSpans"][0]["name"] == "Workflow Execution"


def test_spans_of_too_many_levels_are_3(mock: MockSim) -> None:
    levels = span("inmost", 0, 1)
    for _ in range(200):
        levels = span("around it", 0, 1, children=[levels])
    give_detail(mock, levels)

    ran = finish(start(*SHOW, "--json"))

    assert (ran.code, ran.out, ran.error["message"]) == (3, "", "the answer is nested too deeply to be shown")


def test_an_execution_is_found_by_its_own_id_too(any_mock: MockSim, sim: Sim) -> None:
    execution_id = sim("run", "echo", "--json").document["execution_id"] or any_mock_execution(any_mock, sim)

    for argv in (["logs", "show", execution_id, *LOGS[1:]], [*LOGS, "show", execution_id]):
        assert sim(*argv, "--json").document["data"]["executionId"] == execution_id
    ran = sim("logs", "show", "nobodys", *LOGS[1:])
    assert (ran.code, ran.out) == (3, "")
    assert "Hint: is the id right" in ran.err
    assert "Hint: if it is an execution's id" in sim("logs", "show", execution_id).err


def any_mock_execution(mock: MockSim, sim: Sim) -> str:
    """The execution of the last run; October 2025 does not tell it."""
    return str(sim(*LOGS, "--json").document["data"][0]["executionId"])


@pytest.fixture
def between_looks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says what happens while the command waits for the next look; after that Ctrl-C is pressed."""

    def prepare(*steps: Callable[[], Any]) -> None:
        waiting = iter(steps)

        def sleep(clock: SystemClock, seconds: float) -> None:
            step = next(waiting, None)
            if step is None:
                raise KeyboardInterrupt
            step()

        monkeypatch.setattr(SystemClock, "sleep", sleep)

    return prepare


def follow(sim: Sim, *options: str) -> Ran:
    return sim(*LOGS, "--follow", *options)


def test_following_shows_what_comes(any_mock: MockSim, sim: Sim, between_looks: Callable[..., None]) -> None:
    from sim_sdk import SimStudioClient

    def run(workflow_id: str) -> Callable[[], object]:
        def step() -> None:
            with SimStudioClient() as client:
                client.execute_workflow(workflow_id, {})

        return step

    run("echo")()
    run("echo")()
    between_looks(run("failing"), lambda: None, run("agent"))

    ran = follow(sim, "--limit", "1")

    assert ran.code == 130
    assert [line.split("\t")[5] for line in ran.out.splitlines()] == ["echo", "failing", "agent"]
    assert ran.err == ""
    assert not [request for request in any_mock.journal if "cursor" in request.query]


def test_following_as_json_is_a_line_an_execution_and_two_of_one_that_was_seen_while_it_ran(
    mock: MockSim, sim: Sim, between_looks: Callable[..., None]
) -> None:
    running = entry("slow", "2026-11-23T06:59:00.000Z", endedAt=None)
    give_page(mock, entry("echo"), running)
    between_looks(
        lambda: give_page(mock, running, entry("echo")),
        lambda: give_page(mock, entry("slow", "2026-11-23T06:59:00.000Z"), entry("echo")),
        lambda: give_page(mock, entry("echo"), entry("new", "2026-11-23T07:00:05.000Z")),
    )

    ran = follow(sim, "--json")

    assert [(line["id"], "endedAt" in line) for line in ran.lines] == [
        ("slow", False),
        ("echo", True),
        ("slow", True),
        ("new", True),
    ]
    assert starts(mock) == ["", "06:59:00", "06:59:00", "06:59:50"]


def starts(mock: MockSim) -> list[str]:
    """The times of day from which on the executions were asked for."""
    return [parse_qs(request.query).get("startDate", [""])[0][11:19] for request in mock.journal]


def test_following_gives_up_what_never_ends(mock: MockSim, sim: Sim, between_looks: Callable[..., None]) -> None:
    give_page(mock, entry("now"), entry("lost", "2026-11-23T05:00:00.000Z", endedAt=None))
    between_looks(lambda: give_page(mock, entry("now")))

    assert [line["id"] for line in follow(sim, "--json").lines] == ["lost", "now"]
    assert starts(mock) == ["", "06:59:50"]


def test_following_goes_through_more_than_a_page(mock: MockSim, sim: Sim, between_looks: Callable[..., None]) -> None:
    give_page(mock, entry("a"))

    def two_pages() -> None:
        give_page(mock, entry("a"), entry("b", "2026-11-23T07:00:01.000Z"), cursor="more")
        give_page(mock, entry("b", "2026-11-23T07:00:01.000Z"), entry("c", "2026-11-23T07:00:02.000Z"))

    between_looks(two_pages)

    assert [line["id"] for line in follow(sim, "--json").lines] == ["a", "b", "c"]


def test_following_outlives_a_server_that_is_away_for_a_while(
    mock: MockSim, sim: Sim, between_looks: Callable[..., None]
) -> None:
    give_page(mock, entry("a"))
    between_looks(
        lambda: mock.fail_next(status=500, body={"error": "restarting"}, operation="listLogs"),
        lambda: give_page(mock, entry("b", "2026-11-23T07:00:01.000Z")),
    )

    ran = follow(sim)

    assert [line.split("\t")[5] for line in ran.out.splitlines()] == ["a", "b"]
    assert ran.err == "Warning: restarting; trying again\n"


def test_following_does_not_begin_where_it_is_refused(mock: MockSim, sim: Sim) -> None:
    mock.fail_next(status=500, body={"error": "no"}, operation="listLogs")

    ran = follow(sim)

    assert (ran.code, ran.out) == (3, "")


def test_following_looks_no_more_often_than_the_rate_limit_allows(
    mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.fail_next(
        status=200,
        headers={"x-ratelimit-limit": "10", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "40"},
        body=page(),
        operation="listLogs",
    )
    waits: list[float] = []

    def sleep(clock: SystemClock, seconds: float) -> None:
        waits.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(SystemClock, "sleep", sleep)
    follow(sim)

    assert 15 < waits[0] <= 20.5


def test_a_terminal_shows_that_more_is_waited_for(
    mock: MockSim, sim: Sim, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)

    def sleep(clock: SystemClock, seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SystemClock, "sleep", sleep)
    give_page(mock, entry("a"))

    assert "next look in 5 s · Ctrl-C ends" in "".join(plain(follow(sim).err))
