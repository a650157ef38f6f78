"""The published SDK's import name: `from simstudio import SimStudioClient` is `sim_sdk`'s; `Client` is the same."""

from typing import TYPE_CHECKING, Any, List

import sim_sdk

if TYPE_CHECKING:
    from sim_sdk import *  # noqa: F403 - the same names, for type checkers
    from sim_sdk import SimStudioClient as Client

__all__ = ["Client"]
__all__ += sim_sdk.__all__


def __getattr__(name: str) -> Any:
    return getattr(sim_sdk, "SimStudioClient" if name == "Client" else name)


def __dir__() -> List[str]:
    return list(__all__)
