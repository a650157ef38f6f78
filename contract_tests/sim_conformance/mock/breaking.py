"""Answers that are no proper HTTP: written to the connection byte by byte, past the server that would mend them."""

import asyncio
import socket
import struct
import sys
from http.client import responses

from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.faults import Fault
from sim_conformance.mock.journal import Entry


class BrokenAnswer:
    """Sends one answer as a fault has it, and ends the connection; notes in the journal what was sent.

    Args:
        connection: nobody else writes to it from now on.
        headers: of the answer, without those of its length.
    """

    def __init__(self, connection: asyncio.Transport, reply: Reply, headers: Headers, fault: Fault) -> None:
        self._connection = connection
        self._reply = reply
        self._fault = fault
        self._chunked = fault.bad_chunk or (reply.frames is not None and fault.content_length is None)
        self._headers = Headers(headers | self._framing() | {"connection": "close"})

    async def send(self, entry: Entry) -> None:
        """Send it as far as it goes."""
        fault = self._fault
        nothing = fault.ending is not None and fault.cut_after is None
        kept = fault.cut_head_after if fault.cut_head_after is not None or not nothing else 0
        await self._write(self._head()[:kept])
        if kept is None:
            entry.status, entry.response_headers = self._reply.status, self._headers
            await self._send_body(entry)
        self._end()

    async def _send_body(self, entry: Entry) -> None:
        cut = self._fault.cut_after
        left = sys.maxsize if cut is None else cut
        for delay, whole in self._reply.pieces():
            await asyncio.sleep(delay)
            piece = whole[:left]
            entry.response_body += piece
            left -= len(piece)
            await self._write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked and piece else piece)
            if left == 0 or self._connection.is_closing():
                break
        if self._fault.bad_chunk:
            await self._write(b"no length\r\n")
        elif self._chunked and cut is None:
            await self._write(b"0\r\n\r\n")

    async def _write(self, data: bytes) -> None:
        pace = self._fault.pace
        for piece in (data[at : at + 1] for at in range(len(data))) if pace else (data,):
            await asyncio.sleep(pace)
            if self._connection.is_closing():
                return
            self._connection.write(piece)

    def _framing(self) -> dict[str, str]:
        if self._chunked:
            return {"transfer-encoding": "chunked"}
        length = self._fault.content_length
        return {"content-length": str(len(self._reply.body) if length is None else length)}

    def _head(self) -> bytes:
        status = self._reply.status
        lines = [f"HTTP/1.1 {status} {responses.get(status, '')}"]
        lines += [f"{name}: {text}" for name, text in self._headers.items()]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")

    def _end(self) -> None:
        if self._fault.ending == "stall":
            return
        if self._fault.ending == "reset":
            # Without a time to linger, closing resets.
            linger = struct.pack("ii", 1, 0)
            self._connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._connection.abort()
        else:
            self._connection.close()
