"""Faults on demand: answers that a working Sim would not give."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from sim_conformance.mock.checked import expect_a, expect_headers, expect_json, expect_number
from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.jsons import Json, encode
from sim_conformance.mock.operations import PATHS

OPERATIONS = tuple(PATHS.values())

ENDINGS = ("close", "reset", "stall")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request.

    Attributes:
        status: answer this at once, without doing what was asked; None to do it and to answer as usual.
        headers: of that answer; of the usual one, what to change.
        body: of that answer; bytes are sent as they are, anything else as JSON.
        delay: seconds to wait before the answer.
        cut_after: end the connection after this many bytes of the body; None to send all of it.
        cut_head_after: end it after this many bytes of the status line and the headers.
        ending: how it ends there, or else before anything is sent: `close` (the default), `reset`, or `stall`, which
            keeps it open and sends no more.
        pace: seconds before each byte.
        content_length: what the answer says to be its length, whatever that is.
        bad_chunk: send the body in chunks, and in the place of the last chunk's length something that is none.
        operation: operationId of the requests that it strikes; None for any.
        times: how many requests it strikes.

    Raises:
        ValueError: for what can strike no request, or makes no sense.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Json = b""
    delay: float = 0.0
    cut_after: int | None = None
    cut_head_after: int | None = None
    ending: str | None = None
    pace: float = 0.0
    content_length: int | None = None
    bad_chunk: bool = False
    operation: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        expect_number("times", self.times, 1)
        for name, seconds in (("delay", self.delay), ("pace", self.pace)):
            expect_number(name, seconds, 0, kind=(int, float))
        for name in ("cut_after", "cut_head_after", "content_length"):
            if getattr(self, name) is not None:
                expect_number(name, getattr(self, name), 0)
        if self.status is not None:
            expect_number("status", self.status, 200, 599)
        expect_a(bool, bad_chunk=self.bad_chunk)
        expect_headers(self.headers)
        self._expect_sense()

    def _expect_sense(self) -> None:
        if self.ending not in (None, *ENDINGS):
            raise ValueError(f"ending must be one of {', '.join(ENDINGS)}, got {self.ending!r}")
        if self.operation is not None and self.operation not in OPERATIONS:
            raise ValueError(f"there is no operation {self.operation!r}, only {', '.join(OPERATIONS)}")
        for one, other in (("cut_after", "cut_head_after"), ("content_length", "bad_chunk")):
            if None not in (getattr(self, one), getattr(self, other) or None):
                raise ValueError(f"there is either {one} or {other}")
        if self.status is None and self.body != b"":
            raise ValueError("a body needs a status")
        if not isinstance(self.body, bytes):
            expect_json("body", self.body)

    @property
    def breaks_http(self) -> bool:
        """Whether it takes an answer that no working server sends, whatever the API."""
        cuts = (self.cut_after, self.cut_head_after, self.ending, self.content_length)
        return any(cut is not None for cut in cuts) or self.bad_chunk or self.pace > 0

    def reply(self) -> Reply | None:
        """The answer instead of the usual one, if it has one."""
        if self.status is None:
            return None
        headers = self.changed_headers()
        if isinstance(self.body, bytes):
            return Reply(self.status, headers, self.body)
        return Reply(self.status, Headers({"content-type": "application/json"} | headers), encode(self.body))

    def changed_headers(self) -> Headers:
        """Its headers by lower-case name."""
        return Headers({name.lower(): text for name, text in self.headers.items()})


class Faults:
    """The faults that wait for their requests, first in, first out."""

    def __init__(self) -> None:
        self._queue: list[tuple[Fault, int]] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Let a fault wait."""
        with self._lock:
            self._queue.append((fault, fault.times))

    def clear(self) -> None:
        """Let no fault wait any longer."""
        with self._lock:
            self._queue = []

    def take(self, operation: str) -> Fault | None:
        """The fault that strikes a request, if one does; it is spent by that."""
        with self._lock:
            for index, (fault, left) in enumerate(self._queue):
                if fault.operation in (None, operation):
                    self._queue[index : index + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return None

    def __len__(self) -> int:
        with self._lock:
            return sum(left for _, left in self._queue)
