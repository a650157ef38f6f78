"""Faults on demand: answers that a working Sim would not give."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.jsons import Json, encode


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request.

    Attributes:
        status: answer this at once, without doing what was asked; None to do it and to answer as usual.
        headers: of that answer.
        body: of that answer; bytes are sent as they are, anything else as JSON.
        delay: seconds to wait before the answer.
        cut_after: close the connection after this many bytes of the body; None to send all of it.
        operation: operationId of the requests that it strikes; None for any.
        times: how many requests it strikes.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Json = b""
    delay: float = 0.0
    cut_after: int | None = None
    operation: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ValueError(f"times must be at least 1, got {self.times!r}")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError(f"status must be between 200 and 599, got {self.status!r}")

    def reply(self) -> Reply | None:
        """The answer instead of the usual one, if it has one."""
        if self.status is None:
            return None
        headers = {name.lower(): text for name, text in self.headers.items()}
        if isinstance(self.body, bytes):
            return Reply(self.status, Headers(headers), self.body)
        return Reply(self.status, Headers({"content-type": "application/json"} | headers), encode(self.body))


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
