"""The deployment status of workflows."""

from sim_conformance.checks.auth import NOBODYS_ID, STATUS_IS_OPEN
from sim_conformance.outcome import expect
from sim_conformance.reading import moment_in
from sim_conformance.registry import Group, Profile, page, spec
from sim_conformance.server import Server

core = Group(Profile.CORE)


@core.must("SIM-STATUS-001", "The status of a workflow is what the description says", spec("WorkflowStatus"), "echo")
def status_is_described(sim: Server) -> None:
    exchange = sim.status("echo")
    exchange.expect_status(200)
    sim.expect_described(exchange)


@core.must(
    "SIM-STATUS-002",
    "A deployed workflow is shown as deployed, since a time",
    page("sdks/python", "get_workflow_status()"),
    "echo",
)
def deployed(sim: Server) -> None:
    fields = sim.status("echo").fields()
    expect(fields.get("isDeployed") is True, "isDeployed is not true")
    moment_in(fields, "deployedAt")


@core.must(
    "SIM-STATUS-003",
    "A workflow that is not deployed is shown as that",
    page("sdks/python", "get_workflow_status()"),
    "undeployed",
)
def not_deployed(sim: Server) -> None:
    expect(sim.status("undeployed").fields().get("isDeployed") is False, "isDeployed is not false")


@core.must("SIM-STATUS-004", "needsRedeployment is told", page("sdks/python", "WorkflowStatus"), "echo")
def redeployment(sim: Server) -> None:
    needed = sim.status("echo").fields().get("needsRedeployment")
    expect(isinstance(needed, bool), f"needsRedeployment is {needed!r}")


@core.must("SIM-STATUS-005", "The status of an unknown workflow is 404", spec("getWorkflowStatus 404"))
def unknown(sim: Server) -> None:
    sim.status(NOBODYS_ID).expect_status(404)


@core.must(
    "SIM-STATUS-006",
    "The status of another user's workflow is not told",
    spec("getWorkflowStatus 403"),
    "foreign",
    deviations=(STATUS_IS_OPEN,),
)
def foreign(sim: Server) -> None:
    exchange = sim.status("foreign")
    sim.known(STATUS_IS_OPEN, exchange.status == 200)
    exchange.expect_status(403, 404)
