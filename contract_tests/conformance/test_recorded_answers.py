"""Answers of real servers in the place of the mock's: no check takes what real versions say for a new failure."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from contract_tests.mock.recordings import ECHO, FAILING, ROOT, SLOW, WORKSPACE
from sim_conformance.checks.auth import NOBODYS_ID, WRONG_KEY
from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.mock import MockSim
from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.operations import match
from sim_conformance.outcome import Outcome
from sim_conformance.registry import all_checks

# What stands in recorded requests, and in those of the suite to a mock in its place.
SAME = {
    ECHO: "echo",
    FAILING: "failing",
    SLOW: "slow",
    "81d5991c-720d-4343-ac0f-fd0e236815a7": "response-block",
    "0a2fae8b-e82e-43bd-a703-c1c2971f29ca": "agent",
    "3c64d4e7-0c25-4198-ad4f-e5ed0b7ced7d": "dying-stream",
    "3a08ea54-401f-49dc-ab32-8651e2ea0f4d": "undeployed",
    "00000000-0000-4000-8000-000000000000": NOBODYS_ID,
    WORKSPACE: MockSim.workspace_id,
    "sk-sim-test-main": MockSim.api_key,
    "sk-sim-test-outs": MockSim.other_key,
    "sk-sim-test-expi": MockSim.expired_key,
    "sk-sim-wrong": WRONG_KEY,
}

KEYS = (MockSim.api_key, MockSim.other_key)

WITHOUT_INPUT = ("failing", "slow", "response-block", "agent", "dying-stream", "undeployed", NOBODYS_ID)

# They tell of other runs than those of the test.
OF_OTHER_RUNS = {"getUsageLimits", "listLogs", "getJob", "getLog", "getExecution"}

# It compares what is sent with what the mock's own logs say.
LEFT_OUT = {"SIM-STREAM-008"}

PLAIN = {"x-api-key", "content-type", "user-agent", "accept-encoding", "host", "content-length", "connection"}

TEXT = "hello"


def asked(method, path, query, headers, body):
    """What a request asks for, whatever its text is; None where that cannot be compared."""
    matched = match(path)
    if matched is None or not {name.lower() for name in headers} <= PLAIN:
        return None
    operation, params = matched
    key = next((text for name, text in headers.items() if name.lower() == "x-api-key"), None)
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        content = "no JSON"
    names = [SAME.get(name, name) for name in (key, *params.values())]
    if operation in OF_OTHER_RUNS and names[0] not in KEYS:
        del names[1:]  # nobody looks which run it is that is asked for without a right key
    if isinstance(content, dict):
        text = {} if names[-1] in WITHOUT_INPUT or names[0] not in KEYS else {"message": TEXT}
        kept = content.keys() & {"stream", "selectedOutputs"} if not text else content.keys()
        content = sorted((name, text.get(name, content[name])) for name in kept)
    arguments = sorted((name, SAME.get(value, value)) for name, value in parse_qsl(query))
    return json.dumps([method, operation, names, arguments, content]), operation


def message_of(body):
    """The text in the input of a request, which comes back in its answer."""
    try:
        return json.loads(body)["message"]
    except (ValueError, TypeError, LookupError):
        return TEXT


def recorded_answers(version):
    """The answers of that version, by what they were asked; what was asked twice in different circumstances is out."""
    found = {}
    for path in sorted((ROOT / version).glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        request, response = exchange["request"], exchange["response"]
        target, _, query = request["path"].partition("?")
        body = request.get("body", "").encode()
        question = asked(request["method"], target, query, request["headers"], body)
        told_of = question and question[1] in OF_OTHER_RUNS and response["status"] == 200
        if question and not told_of and "body" in response and response["status"] not in (402, 429):
            found.setdefault(question, []).append((path.stem, message_of(body), response))
    return {
        question: several[0] for question, several in found.items() if len({one[2]["status"] for one in several}) == 1
    }


@pytest.mark.parametrize("version", ["2025-10", "2026-08"])
def test_no_check_takes_an_answer_of_a_real_server_for_a_new_failure(version):
    answers = recorded_answers(version)
    used = set()

    def replay(call, reply):
        question = asked(call.method, call.path, call.query, call.headers, call.body)
        if question not in answers:
            return reply
        name, message, response = answers[question]
        used.add(name)
        body = response["body"].replace(json.dumps(message), json.dumps(message_of(call.body)))
        return Reply(response["status"], Headers(response["headers"]), body.encode(), delay=reply.delay)

    with embedded(version, distortion=replay) as settings:
        # Without the account whose limits take a second each to open again: no recording is of it.
        ingredients = {name: value for name, value in settings.ingredients.items() if "limited" not in name}
        with engine(replace(settings, agent_text=None, ingredients=ingredients)) as made:
            results = [made.carry_out(check) for check in all_checks() if check.id not in LEFT_OUT]
    wrong = [f"{one.check.id}: {one.message}" for one in results if one.outcome in (Outcome.FAIL, Outcome.ERROR)]
    assert wrong == []
    assert len(used) >= 30
