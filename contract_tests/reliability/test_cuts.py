"""Recorded answers, cut at every byte: what is not whole is never taken for an answer."""

import contextlib
import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from contract_tests.reliability._methods import Good, recorded
from contract_tests.reliability._server import FaultyServer, whole
from contract_tests.reliability.conftest import Connect
from contract_tests.sdk._server import LAST_CHUNK, Ending, chunk, head
from sim_sdk import ConnectionFailedError, InvalidResponseError, RateLimitError, SimStudioError, StreamError

WORKERS = 4  # side by side, since each waits for the server most of the time

Frame = Callable[[Good], bytes]


class CuttingServer(FaultyServer):
    """Sends as much of an answer as the requested id says, then waits for the client to close the connection too."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(lambda good: [answer[: int("".join(re.findall("[0-9]", good.target)))], Ending.CLOSE])
        self.closed_by_client = 0

    def _end(self, connection: socket.socket, ending: Ending) -> None:
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            connection.recv(1)
        with self._lock:
            self.closed_by_client += 1


def with_length(good: Good) -> bytes:
    return whole(good)


def chunked(good: Good) -> bytes:
    """One chunk for each event, or for each line of a JSON text."""
    pieces = good.body.replace(b"\n\n", b"\n\n\0").split(b"\0")
    start = head(good.status, {"Content-Type": good.content_type, "Transfer-Encoding": "chunked"})
    return start + b"".join(chunk(piece) for piece in pieces if piece) + LAST_CHUNK


def until_closed(good: Good) -> bytes:
    return head(good.status, {"Content-Type": good.content_type, "Connection": "close"}) + good.body


@dataclass(frozen=True)
class Kind:
    """A kind of answer.

    Attributes:
        good: As a real server sent it.
        call: Asks for it.
        code: The documented code of what is asked.
        outcome: What becomes of it when it is whole: the class of the error, None for a result.
        decides: The part of the body with which the outcome is certain; all of it where this is None.
        broken: What becomes of it when its body is not whole.
        unnoticed: What becomes of that when nothing but the body itself tells that it is not whole.
    """

    good: Good
    call: Callable[[Any, str], object]
    code: str = "EXECUTION_ERROR"
    outcome: type[SimStudioError] | None = None
    decides: bytes | None = None
    broken: type[SimStudioError] = ConnectionFailedError
    unnoticed: type[SimStudioError] = InvalidResponseError

    def expected(self, cut: bytes, frame: Frame) -> type[SimStudioError] | None:
        """What becomes of what is left of the answer."""
        if b"\r\n\r\n" not in cut:
            return ConnectionFailedError
        if cut == frame(self.good) or (self.decides is not None and self.decides in cut):
            return self.outcome
        return self.unnoticed if frame is until_closed else self.broken


def run(client: Any, size: str) -> object:
    return client.execute_workflow(size)


def follow(client: Any, size: str) -> object:
    with client.stream_workflow(size) as stream:
        return stream.result


def look(client: Any, size: str) -> object:
    return client.with_options(max_retries=0).get_job_status(size)


STREAM = recorded("stream_function_selected_output_prefix")
LAST_EVENT = STREAM.body.split(b"\n\n")[1] + b"\n\n"
KINDS = {
    "result": Kind(recorded("execute_echo_fields_spread", "2025-10"), run),
    "stream": Kind(STREAM, follow, decides=LAST_EVENT, broken=StreamError, unnoticed=StreamError),
    "job": Kind(recorded("job_2_processing", "2025-10"), look, "STATUS_ERROR"),
    "refusal": Kind(recorded("async_rate_limited_429"), run, outcome=RateLimitError, unnoticed=RateLimitError),
}
CASES = [(name, frame) for name in KINDS for frame in (with_length, chunked)]
CASES += [("result", until_closed), ("stream", until_closed)]


@pytest.mark.parametrize(("name", "frame"), CASES, ids=lambda part: getattr(part, "__name__", part))
def test_an_answer_that_is_cut_anywhere(name: str, frame: Frame, connect: Connect) -> None:
    kind = KINDS[name]
    answer = frame(kind.good)
    # The heads are alike: one of them is cut.
    sizes = range(0 if frame is with_length else answer.index(b"\r\n\r\n"), len(answer))

    def check_cut(size: int) -> None:
        cut = answer[:size]
        check(kind, client, str(size), kind.expected(cut, frame), cut)

    with CuttingServer(answer) as server, ThreadPoolExecutor(WORKERS) as pool:
        client = connect(server.url)
        list(pool.map(check_cut, sizes))
        server.heal()
        assert client.get_workflow_status("wf").is_deployed
        client.close()
    assert server.closed_by_client == len(sizes)


def check(kind: Kind, client: Any, size: str, expected: type[SimStudioError] | None, cut: bytes) -> None:
    error: SimStudioError | None = None
    try:
        kind.call(client, size)
    except SimStudioError as caught:
        error = caught
    assert type(error) is (expected or type(None)), cut
    if error is not None:
        code = "RATE_LIMIT_EXCEEDED" if expected is RateLimitError else kind.code
        assert (error.code, error.request_sent) == (code, True), cut
