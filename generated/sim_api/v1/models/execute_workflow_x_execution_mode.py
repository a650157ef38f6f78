# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Literal

ExecuteWorkflowXExecutionMode = Literal["async"]
"""With `async` the run is queued as a job and answered 202. Leave the header out for a run that is waited for."""
