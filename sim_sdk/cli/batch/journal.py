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

# Records as they are found in the files, and the lines of the input that they are of now. `displaced` are those whose
# number another line has.
_RECORD = (
    "CREATE TABLE record (line INTEGER, digest TEXT, state TEXT, now INTEGER, displaced INTEGER DEFAULT 0,"
    " PRIMARY KEY (line, digest)) WITHOUT ROWID"
)


class State(Enum):
    """What is known of a line."""

    NEW = "new"
    STARTED = "started"
    DONE = "done"
    UNKNOWN = "unknown"


class Journal:
    """What is known of each line; at first, which ones a run that crashed had started.

    Records of earlier runs are told to it first, then the lines of the input, which take the records that are theirs.

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
            if "locked" in str(error):
                raise click.UsageError(f"{path}: another sim batch is at work with it") from None
            raise click.UsageError(f"cannot write {path}: {error}") from None

    def close(self) -> None:
        """Close it. It is kept for the next run where it notes something as started, else it goes."""
        self._database.commit()
        needed = any(True for _ in self.started())
        self._database.close()
        if not needed:
            self._path.unlink()

    @contextmanager
    def many(self) -> Iterator[None]:
        """Make many changes at once, which is quicker."""
        self._database.commit()
        self._database.execute("BEGIN")
        with self._database:
            yield

    def add_record(self, line: int, digest: str, state: State) -> None:
        """Note that there is a record; of two of the same line the last counts."""
        row = (line, digest, state.value)
        self._database.execute("INSERT OR REPLACE INTO record (line, digest, state) VALUES (?, ?, ?)", row)

    def stay(self, line: int, digest: str) -> None:
        """Let a line have the record that has its number and text, if there is one."""
        self._database.execute("UPDATE record SET now = line WHERE line = ? AND digest = ?", (line, digest))

    def move(self, line: int, digest: str) -> None:
        """Let a line have a record that has its text and is no other line's, where that tells more than its own."""
        ours = "WHERE line = ? AND digest = ? AND now = line"
        own = self._database.execute(f"SELECT state FROM record {ours}", (line, digest)).fetchone()
        if own is not None and State(own[0]) is State.DONE:
            return
        self._database.execute("CREATE INDEX IF NOT EXISTS by_digest ON record (digest, now, state, line)")
        self._database.execute("UPDATE record SET displaced = 1 WHERE line = ?", (line,))
        # Done ones come first: "done" < "unknown".
        found = self._database.execute(
            "SELECT line, state FROM record WHERE digest = ? AND now IS NULL ORDER BY state, line LIMIT 1", (digest,)
        ).fetchone()
        if found is not None and (own is None or State(found[1]) is State.DONE):
            self._database.execute(f"UPDATE record SET now = NULL {ours}", (line, digest))
            self._database.execute("UPDATE record SET now = ? WHERE line = ? AND digest = ?", (line, found[0], digest))

    def left_over(self) -> bool:
        """Whether there are records that no line has."""
        return self._database.execute("SELECT 1 FROM record WHERE now IS NULL LIMIT 1").fetchone() is not None

    def settle(self) -> None:
        """Take what the lines have got for what is known of them, instead of what a crash left."""
        self._database.execute("DELETE FROM item")
        self._database.execute(
            "INSERT INTO item SELECT now, digest, state, NULL FROM record WHERE now IS NOT NULL ORDER BY now"
        )

    def count(self, state: State) -> int:
        """Of how many lines that is known."""
        query = "SELECT count(*) FROM item WHERE state = ?"
        return int(self._database.execute(query, (state.value,)).fetchone()[0])

    def lines(self, state: State) -> Iterator[int]:
        """The lines of which that is known."""
        rows = self._database.execute("SELECT line FROM item WHERE state = ? ORDER BY line", (state.value,))
        return (line for (line,) in rows)

    def edited(self) -> Iterator[int]:
        """The lines whose number a record has that no line has."""
        rows = self._database.execute(
            "SELECT DISTINCT line FROM record WHERE displaced AND now IS NULL"
            " AND line NOT IN (SELECT line FROM item) ORDER BY line"
        )
        return (line for (line,) in rows)

    def moved(self) -> Iterator[int]:
        """The lines that have a result which was another line's."""
        rows = self._database.execute("SELECT now FROM record WHERE now != line AND state = 'done' ORDER BY now")
        return (line for (line,) in rows)

    def drops_results(self) -> bool:
        """Whether there are results of which there is no line any more, while another one has its number."""
        query = "SELECT 1 FROM record WHERE displaced AND now IS NULL AND state = 'done' LIMIT 1"
        return self._database.execute(query).fetchone() is not None

    def line_now(self, line: int, digest: str, state: State) -> Optional[int]:
        """The line that a record of earlier runs is of now; None where it is to go."""
        row = self._database.execute(
            "SELECT now, displaced FROM record WHERE line = ? AND digest = ? AND state = ?", (line, digest, state.value)
        ).fetchone()
        if row is None or (row[0] is None and row[1]):
            return None
        return line if row[0] is None else int(row[0])  # nobody needs its number: the input may become longer again

    def rerun_unknown(self) -> None:
        """Let the lines be new again of which the end is not known; their records are to go."""
        self._database.execute("DELETE FROM record WHERE state = 'unknown' AND now IS NOT NULL")
        self._database.execute("DELETE FROM item WHERE state = 'unknown'")

    def state(self, line: int) -> State:
        """What is known of a line."""
        row = self._database.execute("SELECT state FROM item WHERE line = ?", (line,)).fetchone()
        return State.NEW if row is None else State(row[0])

    def note(self, line: int, digest: str, state: State, place: Optional[int] = None) -> None:
        """Note what is known of a line, and where in the output its record is."""
        self._database.execute("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)", (line, digest, state.value, place))

    def start(self, line: int, digest: str) -> None:
        """Note that a line is started. When this returns, that is on the disk, and so is what was forgotten before."""
        self.note(line, digest, State.STARTED)
        self._database.commit()

    def forget(self, line: int, digest: str) -> None:
        """Let a line be new again. It need not be on the disk at once: the files have its record."""
        if not self._database.in_transaction:
            self._database.execute("BEGIN")
        self._database.execute("DELETE FROM item WHERE line = ? AND digest = ?", (line, digest))

    def started(self) -> Iterator[Tuple[int, str]]:
        """The lines that were started, with their digests."""
        return iter(self._database.execute("SELECT line, digest FROM item WHERE state = 'started' ORDER BY line"))

    def places(self) -> Iterator[int]:
        """Where in the output the records are, in the order of the lines."""
        rows = self._database.execute("SELECT place FROM item WHERE place IS NOT NULL ORDER BY line")
        return (place for (place,) in rows)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(str(path), timeout=0, isolation_level=None)
    try:
        # FULL: each note waits for the disk, so that it is safe also from a crash of the machine.
        for statement in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
            database.execute(f"PRAGMA {statement}")
        database.execute("CREATE TABLE IF NOT EXISTS item (line INTEGER PRIMARY KEY, digest TEXT, state TEXT, place)")
        database.execute("DELETE FROM item WHERE state != 'started'")  # the files know better
        database.execute("DROP TABLE IF EXISTS record")
        database.execute(_RECORD)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
