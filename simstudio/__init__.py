"""The published SDK's import name: `from simstudio import SimStudioClient` is `sim_sdk`'s."""

from typing import TYPE_CHECKING, Any, List

import sim_sdk
from sim_sdk import __all__

if TYPE_CHECKING:
    from sim_sdk import *  # noqa: F403 - the same names, for type checkers


def __getattr__(name: str) -> Any:
    return getattr(sim_sdk, name)


def __dir__() -> List[str]:
    return list(__all__)
