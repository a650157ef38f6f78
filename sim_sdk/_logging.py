"""The SDK's logger: standard logging under "sim_sdk", shown on standard error where SIM_LOG names a level."""

import logging
import os

logger = logging.getLogger("sim_sdk")
logger.addHandler(logging.NullHandler())


def _show(level_name: str) -> None:
    level = getattr(logging, level_name.upper(), None)
    if not isinstance(level, int):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)


_show(os.environ.get("SIM_LOG", ""))
