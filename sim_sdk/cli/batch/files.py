"""The files of one batch, opened and closed together."""

from pathlib import Path
from types import TracebackType
from typing import Optional, Type

from .journal import Journal
from .records import RecordFile

__all__ = ["Files"]


class Files:
    """Where a batch is recorded. A context manager.

    Args:
        output: For the records of items that succeeded. The journal is next to it.
        failed: For those of items that did not.
        workflow_id: The workflow.

    Attributes:
        replaced: Where the output as it was is kept when it holds results of lines that were edited since.

    Raises:
        click.UsageError: Another command is at work with them, or they cannot be there.
    """

    def __init__(self, output: Path, failed: Path, workflow_id: str) -> None:
        self.journal: Journal = Journal(output.with_name(output.name + ".journal"))
        self.output: RecordFile = RecordFile(output, workflow_id)
        self.failed: RecordFile = RecordFile(failed, workflow_id)
        self.replaced: Path = output.with_name(output.name + ".replaced")

    def __enter__(self) -> "Files":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.output.close()
        self.failed.close()
        self.journal.close()
