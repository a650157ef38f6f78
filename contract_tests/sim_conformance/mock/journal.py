"""What a mock was asked and what it answered."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from sim_conformance.mock.contract import Violation
from sim_conformance.mock.exchange import Headers
from sim_conformance.mock.jsons import Json


@dataclass
class Entry:
    """One exchange. Its repr hides keys; a stream's answer grows while it is sent.

    Attributes:
        time: epoch seconds, by the mock's clock.
        path: as sent, not decoded.
        query: as sent, without the question mark.
        headers: of the request.
        body: of the request.
        status: 0 as long as nothing was answered.
        response_body: what was sent of it.
        fault: whether a fault answered instead of the mock.
    """

    time: float
    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    status: int = 0
    response_headers: Headers = field(default_factory=Headers)
    response_body: bytes = b""
    violations: list[Violation] = field(default_factory=list[Violation])
    fault: bool = False

    def as_json(self) -> dict[str, Json]:
        """The exchange with keys hidden and bodies as text."""
        return {
            "time": self.time,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers.redacted(),
            "body": self.body.decode(errors="replace"),
            "status": self.status,
            "responseHeaders": self.response_headers.redacted(),
            "responseBody": self.response_body.decode(errors="replace"),
            "violations": [vars(violation) for violation in self.violations],
            "fault": self.fault,
        }


class Journal(Sequence[Entry]):
    """The exchanges of a mock in the order of the requests."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Add an exchange."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all exchanges."""
        with self._lock:
            self._entries = []

    @property
    def violations(self) -> list[Violation]:
        """What broke the contract, in the order of the requests."""
        return [violation for entry in self for violation in entry.violations]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        with self._lock:
            return self._entries[index]

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter(list(self._entries))
