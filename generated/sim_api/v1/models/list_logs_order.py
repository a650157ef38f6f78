# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Literal

ListLogsOrder = Literal["asc", "desc"]
"""By start time, newest first (`desc`) or oldest first (`asc`). Default: "desc"."""
