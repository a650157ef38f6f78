# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Literal

ListLogsDetails = Literal["basic", "full"]
"""With `full` each entry also holds its workflow and the details of its cost. Default: "basic"."""
