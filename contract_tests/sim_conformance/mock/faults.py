"""Faults on demand: answers that a working Sim would not give."""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim_conformance.mock.exchange import Headers, Reply
from sim_conformance.mock.jsons import Json, encode
from sim_conformance.mock.operations import PATHS

OPERATIONS = tuple(PATHS.values())


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

    Raises:
        ValueError: for what can strike no request, or makes no sense.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Json = b""
    delay: float = 0.0
    cut_after: int | None = None
    operation: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        _expect_number("times", self.times, 1)
        _expect_number("delay", self.delay, 0, kind=(int, float))
        if self.cut_after is not None:
            _expect_number("cut_after", self.cut_after, 0)
        if self.status is not None:
            _expect_number("status", self.status, 200, 599)
        if self.operation is not None and self.operation not in OPERATIONS:
            raise ValueError(f"there is no operation {self.operation!r}, only {', '.join(OPERATIONS)}")
        if not all(isinstance(text, str) for item in self.headers.items() for text in item):
            raise ValueError(f"headers must be texts, got {self.headers!r}")

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


def _expect_number(
    name: str,
    value: Any,
    least: float,
    most: float = math.inf,
    *,
    kind: type | tuple[type, ...] = int,
) -> None:
    # Faults come from JSON too, where anything may stand.
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    if not is_number or not least <= value <= most or value == math.inf:
        allowed = f"between {least:g} and {most:g}" if most < math.inf else f"at least {least:g}"
        raise ValueError(f"{name} must be {allowed}, got {value!r}")
