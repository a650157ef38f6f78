"""The journal of a batch: what was started and has not ended, what is done. It is there as long as the command runs.

Starting an item may cost money, so it is noted before the item is sent. A journal that is found at the start was left
by a crash: what it notes as started, and of which there is no record, may have run. It is an SQLite database, so that
it survives the crash whole, needs no memory for a million lines, and is locked against a second command.
"""

import sqlite3
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Iterator, Optional, Tuple

import click

__all__ = ["Journal", "State"]


class State(Enum):
    """What is known of a line."""

    NEW = "new"
    EDITED = "edited"
    STARTED = "started"
    DONE = "done"
    UNKNOWN = "unknown"


class Journal:
    """What is known of each line; at first, which ones a run that crashed had started.

    Args:
        path: Where it is.

    Raises:
        click.UsageError: Another command is at work with it, or it cannot be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError as error:
            reason = "another sim batch is at work with it" if "locked" in str(error) else str(error)
            raise click.UsageError(f"{path}: {reason}") from None

    def close(self) -> None:
        """Close it. It is kept for the next run where it notes something as started, else it goes."""
        needed = any(True for _ in self.started())
        self._database.close()
        if not needed:
            self._path.unlink()

    @contextmanager
    def many(self) -> Iterator[None]:
        """Make many changes at once, which is quicker."""
        self._database.execute("BEGIN")
        with self._database:
            yield

    def state(self, line: int, digest: str) -> State:
        """What is known of a line."""
        row = self._database.execute("SELECT digest, state FROM item WHERE line = ?", (line,)).fetchone()
        if row is None:
            return State.NEW
        return State(row[1]) if row[0] == digest else State.EDITED

    def note(self, line: int, digest: str, state: State, place: Optional[int] = None) -> None:
        """Note what is known of a line, and where in the output its record is."""
        self._database.execute("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)", (line, digest, state.value, place))

    def forget(self, line: int) -> None:
        """Let a line be new again."""
        self._database.execute("DELETE FROM item WHERE line = ?", (line,))

    def started(self) -> Iterator[Tuple[int, str]]:
        """The lines that were started, with their digests."""
        return iter(self._database.execute("SELECT line, digest FROM item WHERE state = 'started' ORDER BY line"))

    def give_up_started(self) -> None:
        """Take it that the end of what was started will never be known."""
        self._database.execute("UPDATE item SET state = 'unknown' WHERE state = 'started'")

    def places(self) -> Iterator[int]:
        """Where in the output the records are, in the order of the lines."""
        rows = self._database.execute("SELECT place FROM item WHERE place IS NOT NULL ORDER BY line")
        return (place for (place,) in rows)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(str(path), timeout=0, isolation_level=None)
    try:
        # With a write-ahead log each note is safe from a crash of the command, without waiting for the disk.
        for statement in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            database.execute(f"PRAGMA {statement}")
        database.execute("CREATE TABLE IF NOT EXISTS item (line INTEGER PRIMARY KEY, digest TEXT, state TEXT, place)")
        database.execute("DELETE FROM item WHERE state != 'started'")  # the files know better
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
