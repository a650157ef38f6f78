"""Requests that Schemathesis makes up from the API's description, right ones and wrong ones.

Only reading is tried in this way: what is made up for a run would be paid for.
"""

import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis
from hypothesis import strategies
from schemathesis import GenerationMode

from sim_conformance.checks.logs import DATE_BREAKS
from sim_conformance.mock.contract import document
from sim_conformance.outcome import Deviation, expect
from sim_conformance.properties import for_all
from sim_conformance.registry import Group, Profile, spec
from sim_conformance.server import Server

core = Group(Profile.CORE)
logs = Group(Profile.LOGS, "main-workspace")

FILTERS_BREAK = Deviation("following a cursor and the model filter fail with 500", ("2025-10",))
BREAKING_FILTERS = frozenset({"cursor", "model"})
BREAKING_DATES = frozenset({"startDate", "endDate"})

PATHS_WITH_ID = {
    "getWorkflowStatus": "/api/workflows/{}/status",
    "getJob": "/api/jobs/{}",
    "getLog": "/api/v1/logs/{}",
    "getExecution": "/api/v1/logs/executions/{}",
}


@logs.must(
    "SIM-GEN-001",
    "Any query that the description allows is answered as it says",
    spec("listLogs"),
    deviations=(FILTERS_BREAK,),
)
def allowed_queries(sim: Server) -> None:
    _try_queries(sim, GenerationMode.POSITIVE, {FILTERS_BREAK: BREAKING_FILTERS})


@logs.must(
    "SIM-GEN-002",
    "No query makes the server fail, however wrong",
    spec("listLogs 400"),
    deviations=(FILTERS_BREAK, DATE_BREAKS),
)
def wrong_queries(sim: Server) -> None:
    _try_queries(sim, GenerationMode.NEGATIVE, {DATE_BREAKS: BREAKING_DATES, FILTERS_BREAK: BREAKING_FILTERS})


@core.must("SIM-GEN-003", "No id in a path makes the server fail, however strange", spec("getJob 404"))
def strange_ids(sim: Server) -> None:
    ids = strategies.text(strategies.characters(codec="utf-8", min_codepoint=1), min_size=1, max_size=30)
    tame = ids.filter(lambda text: text.strip(" ./\\"))

    def ask(drawn: tuple[str, str]) -> None:
        path, text = drawn
        exchange = sim.get(path.format(quote(text, safe="")))
        expect(exchange.status < 500, f"{exchange.path} answered {exchange.status}")
        expect(exchange.status != 200, f"{exchange.path} was found")

    for_all(sim.settings, strategies.tuples(strategies.sampled_from(sorted(PATHS_WITH_ID.values())), tame), ask)


@functools.cache
def _query_strategy(mode: GenerationMode) -> strategies.SearchStrategy[Any]:
    operation = schemathesis.openapi.from_dict(document())["/api/v1/logs"]["GET"]
    return operation.as_strategy(generation_mode=mode)


def _try_queries(sim: Server, mode: GenerationMode, deviations: Mapping[Deviation, frozenset[str]]) -> None:
    def ask(case: Any) -> None:
        query = dict(case.query or {})
        # In a workspace that is not the key's, filters would have nothing to filter.
        if "workspaceId" in query:
            query["workspaceId"] = sim["main-workspace"]
        exchange = sim.get("/api/v1/logs?" + urlencode(query, doseq=True))
        for deviation, parameters in deviations.items():
            sim.known(deviation, exchange.status == 500 and parameters & query.keys())
        expect(exchange.status < 500, f"{exchange.path} answered {exchange.status}")
        sim.expect_described(exchange)

    for_all(sim.settings, _query_strategy(mode), ask)
