"""The live stream of a run, for the synchronous client."""

import threading
import warnings
from types import TracebackType
from typing import Iterator, Optional, Type, TypeVar

from ._calls import Calls
from ._driver import Driver
from ._flow import Flow
from ._stream_flow import StreamFlow
from .events import BlockChunk, StreamEvent
from .results import WorkflowExecutionResult

__all__ = ["WorkflowStream"]

_T = TypeVar("_T")


class WorkflowStream:
    """Events of a run as they come: an iterator, and a context manager that closes the connection.

    Leaving it early closes the connection; on the server the run may go on. Several threads may read one stream, or
    tasks: each event goes to one of them, and so does the error where the stream breaks.
    """

    def __init__(self, flow: StreamFlow, driver: Driver, calls: Calls) -> None:
        self._flow = flow
        self._driver = driver
        self._calls = calls
        self._reading = threading.Lock()

    def __iter__(self) -> "WorkflowStream":
        return self

    def __next__(self) -> StreamEvent:
        event = next(self._flow.at_hand, None) or self._run_alone(self._flow.next_event())
        if event is None:
            raise StopIteration
        return event

    @property
    def text(self) -> Iterator[str]:
        """The chunks' texts only, as they come. What else there is shows in `result`."""
        return (event.chunk for event in self if isinstance(event, BlockChunk))

    @property
    def result(self) -> WorkflowExecutionResult:
        """The run's result; reads the rest of the stream first, where there is any.

        Raises:
            SimStudioError: The stream broke, or ended without its last event.
            ValueError: The stream was closed before.
        """
        return self._run_alone(self._calls.drain(self._flow))

    def close(self) -> None:
        """Close the connection, or give it back where the stream was read to its end.

        Another thread may do so: who waits for the next event then is at the end of the stream.
        """
        self._flow.close()

    def __enter__(self) -> "WorkflowStream":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __del__(self) -> None:
        flow: Optional[StreamFlow] = getattr(self, "_flow", None)
        if flow is not None and not flow.closed:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, stacklevel=2, source=self)
            flow.close()

    def _run_alone(self, flow: Flow[_T]) -> _T:
        """Run a flow while no other thread runs one: each would get a part of what the other needs."""
        with self._reading:
            return self._driver.run(flow)
