"""The proof of the suite, and that no server, however odd, breaks it."""

import dataclasses

import pytest

from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.jsons import decode, encode
from sim_conformance.outcome import Outcome
from sim_conformance.registry import all_checks
from sim_conformance.selftest import MUTANTS, killed, prove
from sim_conformance.selftest.distort import Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.check)
def test_mutant_is_killed(mutant):
    assert killed(mutant).killers == (mutant.check,)


PROPERTIES = [mutant for mutant in MUTANTS if mutant.check.startswith(("SIM-GEN-", "SIM-INPUT-"))]


@pytest.mark.parametrize("seed", [2, 14])
@pytest.mark.parametrize("mutant", PROPERTIES, ids=lambda mutant: mutant.check)
def test_mutant_of_a_property_is_killed_whatever_the_seed(mutant, seed):
    assert killed(mutant, seed=seed).killers == (mutant.check,)


def test_every_check_has_a_mutant():
    assert {mutant.check for mutant in MUTANTS} == {check.id for check in all_checks()}


def test_proof_names_what_does_not_hold():
    harmless = Mutant("SIM-STATUS-001", "does nothing", lambda: lambda call, reply: reply)
    proof = prove(mutants=[harmless], versions=[])
    assert not proof.holds
    assert proof.problems[0] == "SIM-STATUS-001: the mutant that does nothing survived"
    assert "SIM-STATUS-002 has no mutant" in proof.problems
    assert proof.as_json()["mutants"] == [{"check": "SIM-STATUS-001", "mutant": "does nothing", "killedBy": ()}]


def html_pages(call, reply):
    return Reply(200, Headers({"content-type": "text/html"}), b"<!DOCTYPE html><title>Sign in</title>")


def empty(call, reply):
    return Reply(reply.status, Headers(), b"")


def lists(call, reply):
    reply.frames = None
    return Reply(reply.status, Headers({"content-type": "application/json"}), b'[{"data":[1]},null]')


def wrong_types(call, reply):
    """Every leaf of the JSON is of another type."""
    if reply.frames is None and reply.body[:1] == b"{":
        reply.body = encode(turned(decode(reply.body)))
    return reply


def in_lists(call, reply):
    """Every leaf of the JSON is in a list."""
    if reply.frames is None and reply.body[:1] == b"{":
        reply.body = encode(replaced(decode(reply.body), lambda leaf: [leaf]))
    return reply


def unreadable(call, reply):
    """Every text ends in half a character, every number has 400 digits."""
    if reply.frames is None and reply.body[:1] == b"{":
        leaves = {str: lambda text: text + "\ud800", int: lambda number: 10**400, float: lambda number: -(10**400)}
        reply.body = encode(replaced(decode(reply.body), lambda leaf: leaves.get(type(leaf), lambda same: same)(leaf)))
    return reply


def shallow(call, reply):
    """Every field of the JSON is null."""
    if reply.frames is None and reply.body[:1] == b"{":
        reply.body = encode(dict.fromkeys(decode(reply.body)))
    return reply


def odd_frames(call, reply):
    """Streams hold JSON of all kinds."""
    if reply.frames is not None:
        reply.body = b'data: {"event":"done","success":7,"output":[]}\n\ndata: {"chunk":null}\n\ndata: {"chunk":1}\n\n'
        reply.frames = None
    return reply


def turned(value):
    if isinstance(value, dict):
        return {name: turned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [turned(item) for item in value]
    return {str: 7, int: "seven", float: [], bool: "true", type(None): {}}[type(value)]


def replaced(value, change):
    if isinstance(value, dict):
        return {name: replaced(item, change) for name, item in value.items()}
    return [replaced(item, change) for item in value] if isinstance(value, list) else change(value)


ODDITIES = [html_pages, empty, lists, wrong_types, in_lists, unreadable, shallow, odd_frames]


@pytest.mark.parametrize("oddity", ODDITIES)
def test_no_answer_breaks_the_suite(oddity):
    with embedded(distortion=oddity, examples=2) as settings:
        # Without the account whose limits take a second each to open again.
        ingredients = {name: value for name, value in settings.ingredients.items() if "limited" not in name}
        hasty = dataclasses.replace(settings, ingredients=ingredients, patience=0.02, poll_interval=0.01)
        with engine(hasty) as made:
            results = [made.carry_out(check) for check in all_checks()]
    assert [result.message for result in results if result.outcome is Outcome.ERROR] == []
    assert any(result.outcome is Outcome.FAIL for result in results)
