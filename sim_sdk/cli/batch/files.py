"""The files of one batch, opened and closed together."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import List, Optional, Type

from .journal import Journal
from .records import RecordFile, sync, sync_folder

__all__ = ["Files"]


class Files:
    """Where a batch is recorded. A context manager.

    Args:
        output: For the records of items that succeeded. The journal is next to it.
        failed: For those of items that did not. Its own journal only keeps other commands from it.
        workflow_id: The workflow.

    Attributes:
        replaced: Where the output as it was is kept when it holds results of lines that are gone.

    Raises:
        click.UsageError: Another command is at work with them, or they cannot be there.
    """

    def __init__(self, output: Path, failed: Path, workflow_id: str) -> None:
        self.output: RecordFile = RecordFile(output, workflow_id)
        self.failed: RecordFile = RecordFile(failed, workflow_id)
        self.replaced: Path = _next_to(output, "replaced")
        with ExitStack() as opened:
            self.journal: Journal = Journal(_next_to(output, "journal"))
            opened.callback(self.journal.close)
            opened.callback(Journal(_next_to(failed, "journal")).close)
            opened.callback(self.failed.close)
            opened.callback(self.output.close)
            self._opened = opened.pop_all()

    @staticmethod
    def paths(output: Path, failed: Path) -> List[Path]:
        """All files that are written."""
        return [
            output,
            failed,
            *(_next_to(output, kind) for kind in ("journal", "replaced")),
            _next_to(failed, "journal"),
        ]

    def keep_aside(self) -> None:
        """Add the output as it is to what was kept of it before: it has been paid for."""
        with self.output.path.open("rb") as output, self.replaced.open("ab") as kept:
            shutil.copyfileobj(output, kept)
            sync(kept)
        sync_folder(self.replaced)

    def sync(self) -> None:
        """Wait until all records are on the disk."""
        self.output.sync()
        self.failed.sync()

    def __enter__(self) -> "Files":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._opened.close()


def _next_to(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}")
