"""The control API below /_mock, for tests in other processes."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sim_conformance.mock.behaviours import behaviour_named
from sim_conformance.mock.checked import expect_a
from sim_conformance.mock.faults import Fault
from sim_conformance.mock.jsons import as_object
from sim_conformance.mock.state import MAIN_KEY, WORKSPACE
from sim_conformance.mock.world import World

Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(world: World) -> list[Route]:
    """The routes of the control API."""
    control = Control(world)
    return [
        Route("/state", control.show_state),
        Route("/journal", control.show_journal, methods=["GET"]),
        Route("/journal", control.clear_journal, methods=["DELETE"]),
        Route("/reset", control.reset, methods=["POST"]),
        Route("/faults", told(control.add_fault), methods=["POST"]),
        Route("/faults", control.clear_faults, methods=["DELETE"]),
        Route("/workflows", told(control.add_workflow), methods=["POST"]),
    ]


def told(endpoint: Endpoint) -> Endpoint:
    """The endpoint, answering 400 with the reason where the request makes no sense."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ValueError, TypeError, KeyError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return answer


class Control:
    """The endpoints."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_state(self, request: Request) -> Response:
        """What the mock remembers."""
        state = self._world.state
        with state.lock:
            now = self._world.clock.time()
            body = {
                "dialect": self._world.dialect.name,
                "apiKey": MAIN_KEY,
                "workspaceId": WORKSPACE,
                "workflows": sorted(state.workflows),
                "jobs": {job.id: job.state(now).value for job in state.jobs.values()},
                "executions": len(state.logs()),
                "faults": len(self._world.faults),
                "violations": len(self._world.journal.violations),
            }
        return JSONResponse(body)

    async def show_journal(self, request: Request) -> Response:
        """All exchanges."""
        return JSONResponse([entry.as_json() for entry in self._world.journal])

    async def clear_journal(self, request: Request) -> Response:
        """Forget all exchanges."""
        self._world.journal.clear()
        return Response(status_code=204)

    async def reset(self, request: Request) -> Response:
        """Begin anew."""
        self._world.reset()
        return Response(status_code=204)

    async def add_fault(self, request: Request) -> Response:
        """Let a fault wait; the body holds the fields of `Fault`."""
        self._world.faults.add(Fault(**await _fields(request)))
        return Response(status_code=201)

    async def clear_faults(self, request: Request) -> Response:
        """Let no fault wait any longer."""
        self._world.faults.clear()
        return Response(status_code=204)

    async def add_workflow(self, request: Request) -> Response:
        """Add a workflow: `{"id", "behaviour", "options", "deployed", "triggered"}`."""
        fields = await _fields(request)
        workflow_id, name, options = fields["id"], fields["behaviour"], fields.get("options", {})
        deployed, triggered = fields.get("deployed", True), fields.get("triggered", True)
        expect_a(str, id=workflow_id, behaviour=name)
        expect_a(dict, options=options)
        expect_a(bool, deployed=deployed, triggered=triggered)
        behaviour = behaviour_named(name, options)
        state = self._world.state
        with state.lock:
            state.add_workflow(workflow_id, behaviour, deployed=deployed, triggered=triggered)
        return Response(status_code=201)


async def _fields(request: Request) -> dict[str, Any]:
    fields = as_object(await request.json())
    if fields is None:
        raise ValueError("the body must be a JSON object")
    return fields
