"""The asynchronous driver of flows."""

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, Awaitable, Callable, TypeVar, Union

from sim_api.failures import without_frames

from ._clock import Clock, SystemClock
from ._flow import Effect, Flow, Notify, Open, Read, Sleep
from .errors import SimStudioError

if TYPE_CHECKING:
    from sim_api.aio_transport import AsyncTransport

_T = TypeVar("_T")


class AsyncDriver:
    """Runs flows in the running event loop. A cancellation reaches the flow, which lets go of what it holds.

    Args:
        transport: Gives the transport; asked when the first request is sent.
        clock: Does the waiting.
    """

    def __init__(self, transport: "Callable[[], AsyncTransport]", clock: Clock) -> None:
        self._transport = transport
        self.clock = clock

    async def run(self, flow: Flow[_T]) -> _T:
        """Run a flow to its end and return its result, or raise what it raises."""
        try:
            effect = next(flow)
            while True:
                try:
                    outcome = await self._perform(effect)
                except BaseException as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # a generator's return value is typed Any
        except SimStudioError as error:
            outcome = None  # what the server sent; whoever reports the error with its locals would show it
            raise without_frames(error) from None
        except BaseException:
            outcome = None  # for the same reason
            raise

    def _perform(self, effect: Effect) -> Awaitable[Any]:
        if isinstance(effect, Read):
            reading: Awaitable[Any] = effect.response.read(total=effect.total, idle=effect.idle)
            return reading
        if isinstance(effect, Open):
            return self._transport().open(
                effect.method,
                effect.url,
                effect.headers,
                effect.body,
                connect=effect.connect,
                total=effect.total,
                idle=effect.idle,
            )
        return self._wait_or_call(effect)

    async def _wait_or_call(self, effect: Union[Sleep, Notify]) -> Any:
        outcome = self.clock.sleep(effect.seconds) if isinstance(effect, Sleep) else effect.function(*effect.arguments)
        return await outcome if inspect.isawaitable(outcome) else outcome


class AsyncSystemClock(SystemClock):
    """The machine's clock, waiting without blocking the event loop."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        return asyncio.sleep(seconds)
