# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Literal

ListLogsLevel = Literal["error", "info"]
"""Only executions of this level; `error` is those that failed."""
