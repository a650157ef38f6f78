"""The synchronous driver of flows."""

from typing import TYPE_CHECKING, Any, Callable, TypeVar

from sim_api.failures import without_frames

from ._clock import Clock
from ._flow import Effect, Flow, Open, Read, Sleep
from .errors import SimStudioError

if TYPE_CHECKING:
    from sim_api.transport import Transport

_T = TypeVar("_T")


class Driver:
    """Runs flows in the calling thread.

    Args:
        transport: Gives the transport; asked when the first request is sent.
        clock: Does the waiting.
    """

    def __init__(self, transport: "Callable[[], Transport]", clock: Clock) -> None:
        self._transport = transport
        self.clock = clock

    def run(self, flow: Flow[_T]) -> _T:
        """Run a flow to its end and return its result, or raise what it raises."""
        try:
            effect = next(flow)
            while True:
                try:
                    outcome = self._perform(effect)
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

    def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Read):
            return effect.response.read(total=effect.total, idle=effect.idle)
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
        if isinstance(effect, Sleep):
            return self.clock.sleep(effect.seconds)
        return effect.function(*effect.arguments)
