"""Workflows that end in a Response block: the author's answer is the answer."""

from sim_conformance.checks.auth import refused
from sim_conformance.outcome import expect
from sim_conformance.registry import Group, Profile, spec
from sim_conformance.server import Server

group = Group(Profile.RESPONSE_BLOCK, "response-block")

CLAUSE = spec("executeWorkflow 200")
DATA = {"created": True, "id": 42, "items": ["a", "b"]}


@group.must("SIM-RESP-001", "The status is the block's", CLAUSE, runs=1)
def status(sim: Server) -> None:
    sim.execute("response-block", {"message": sim.token()}).expect_status(201)


@group.must("SIM-RESP-002", "The headers are the block's", CLAUSE, runs=1)
def header(sim: Server) -> None:
    exchange = sim.execute("response-block", {"message": sim.token()})
    sent = exchange.answer_headers.get("x-custom-header")
    expect(sent == "custom-value", f"X-Custom-Header is {sent!r}")


@group.must("SIM-RESP-003", "The body is the block's data and nothing else", CLAUSE, runs=1)
def body(sim: Server) -> None:
    data = sim.execute("response-block", {"message": sim.token()}).json()
    expect(data == DATA, f"the body is {data!r}")


@group.must("SIM-RESP-004", "The content type is JSON where the block names none", CLAUSE, runs=1)
def content_type(sim: Server) -> None:
    exchange = sim.execute("response-block", {"message": sim.token()})
    expect(exchange.media_type == "application/json", f"the content type is {exchange.media_type!r}")


@group.must("SIM-RESP-005", "The workflow needs a key like any other", spec("executeWorkflow 401"))
def key(sim: Server) -> None:
    refused(sim.execute("response-block", {}, key=None))
