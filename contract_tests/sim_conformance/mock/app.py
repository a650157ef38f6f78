"""The API over HTTP: reads requests, sends answers, and notes both in the journal."""

import asyncio
import traceback
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from sim_conformance.mock.breaking import BrokenAnswer
from sim_conformance.mock.contract import Violation
from sim_conformance.mock.control import control_routes
from sim_conformance.mock.exchange import Call, Headers, Reply
from sim_conformance.mock.faults import Fault
from sim_conformance.mock.journal import Entry
from sim_conformance.mock.jsons import encode
from sim_conformance.mock.operations import match
from sim_conformance.mock.world import World

NOT_FOUND_PAGE = b"<!DOCTYPE html><html><head><title>404: This page could not be found.</title></head></html>"


def mock_app(world: World) -> ASGIApp:
    """The API, and the control API below /_mock."""
    return Starlette(routes=[Mount("/_mock", routes=control_routes(world)), Mount("/", app=SimApp(world))])


class SimApp:
    """Sim's API as an ASGI application."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            call = self._call(request, await request.body())
        except ClientDisconnect:
            return
        entry = Entry(call.now, call.method, call.path, call.query, call.headers, call.body)
        self._world.journal.add(entry)
        reply, fault = self._guarded_answer(call, entry)
        if self._world.distortion is not None:
            reply = self._world.distortion(call, reply)
        await self._send(request, send, entry, reply, fault or Fault())

    def _call(self, request: Request, body: bytes) -> Call:
        raw_headers = Headers()
        for name, text in request.headers.items():
            raw_headers[name] = f"{raw_headers[name]}, {text}" if name in raw_headers else text
        state = self._world.state
        with state.lock:
            request_id = state.new_hex(8)
        return Call(
            method=request.method,
            # Undecoded: a slash that is part of an id must not split it.
            path=request.scope["raw_path"].decode("latin-1"),
            query=request.scope["query_string"].decode("latin-1"),
            headers=raw_headers,
            body=body,
            origin=f"http://{request.headers.get('host', '')}",
            request_id=request_id,
            now=self._world.clock.time(),
        )

    def _guarded_answer(self, call: Call, entry: Entry) -> tuple[Reply, Fault | None]:
        try:
            return self._answer(call, entry)
        except Exception:
            # A broken mock must not look like a broken Sim: the journal says whose fault it is.
            entry.violations.append(Violation("response", "", "mock", traceback.format_exc()))
            headers = Headers({"content-type": "application/json"})
            return Reply(500, headers, encode({"error": "The mock is broken"})), None

    def _answer(self, call: Call, entry: Entry) -> tuple[Reply, Fault | None]:
        matched = match(call.path)
        if matched is None:
            entry.violations.append(Violation("request", "", "path", f"{call.path} is no path of the API"))
            return no_route(call), None
        operation, call.params = matched
        contract = self._world.contract
        if contract is not None:
            entry.violations += contract.check_request(operation, call)
        if call.method not in self._world.operations.methods(operation):
            return Reply(405, free=True), None
        fault = self._world.faults.take(operation)
        replacement = fault.reply() if fault is not None else None
        if replacement is not None:
            entry.fault = True
            return replacement, fault
        with self._world.state.lock:
            reply = self._world.operations.answer(operation, call)
        if contract is not None and not reply.free:
            entry.violations += contract.check_response(operation, reply)
        if fault is not None:
            reply.headers.update(fault.changed_headers())
        return reply, fault

    async def _send(self, request: Request, send: Send, entry: Entry, reply: Reply, fault: Fault) -> None:
        await asyncio.sleep(fault.delay + reply.delay)
        headers = Headers(reply.headers)
        if fault.breaks_http:
            await BrokenAnswer(request.state.connection, reply, headers, fault).send(entry)
            await gone(request)
            return
        if reply.frames is None:
            headers["content-length"] = str(len(reply.body))
        entry.status, entry.response_headers = reply.status, headers
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded(headers)})
        async for piece in pieces(request, reply):
            entry.response_body += piece
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def gone(request: Request) -> None:
    """Return once the connection is closed, by whichever side."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def pieces(request: Request, reply: Reply) -> AsyncIterator[bytes]:
    """The body in the pieces and at the pace of the reply, as long as someone reads it."""
    for delay, piece in reply.pieces():
        if delay:
            await asyncio.sleep(delay)
            if await request.is_disconnected():
                return
        yield piece


def no_route(call: Call) -> Reply:
    """What the web framework under Sim answers for a path that it does not know."""
    if call.path.endswith("/") and call.path != "/":
        target = call.path.rstrip("/") or "/"
        headers = Headers({"location": target, "refresh": f"0;url={target}"})
        return Reply(308, headers, target.encode(), free=True)
    return Reply(404, Headers({"content-type": "text/html; charset=utf-8"}), NOT_FOUND_PAGE, free=True)


def encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers as ASGI wants them."""
    return [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
