"""The files that a batch writes: JSON Lines, a record an item, each in the file as soon as the item has ended."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Iterable, Iterator, Optional, Tuple

import click

from sim_sdk.cli.failures import Failure
from sim_sdk.results import WorkflowExecutionResult

__all__ = ["Record", "RecordFile", "Renumber", "describe_failure", "sync", "sync_folder"]

Record = Dict[str, Any]
Renumber = Callable[[Record], Optional[int]]
"""Gives the line that a record is of now, None for one that is to go."""

# Every record begins so; what a crash left of one is known by it.
_HEAD = b'{"line": '


class RecordFile:
    """A file of records about the items of one workflow.

    Args:
        path: Where it is.
        workflow_id: The workflow.
    """

    def __init__(self, path: Path, workflow_id: str) -> None:
        self.path = path
        self._workflow_id = workflow_id
        self._file: Optional[BinaryIO] = None
        self._on_disk = True

    def open(self) -> None:
        """Make sure that it can be written, before anything is done that has to be recorded.

        Raises:
            click.UsageError: It cannot.
        """
        try:
            self._opened()
        except OSError as error:
            raise click.UsageError(f"cannot write {self.path}: {error.strerror}") from None

    def append(self, line: int, digest: str, content: Record) -> None:
        """Add a record; it is in the file when this returns, and on the disk after `sync`."""
        file = self._opened()
        record = {"line": line, "digest": digest, "workflow_id": self._workflow_id, **content}
        file.write(json.dumps(record).encode() + b"\n")
        file.flush()
        self._on_disk = False

    def sync(self) -> None:
        """Wait until all records are on the disk, where a crash of the machine does not reach them."""
        if self._file is not None and not self._on_disk:
            sync(self._file)
            self._on_disk = True

    def read(self) -> Iterator[Tuple[int, Record]]:
        """The records, each with its place, in bytes from the beginning.

        Raises:
            click.UsageError: The file holds something else.
        """
        for place, raw in self._lines():
            yield place, self._checked(raw)

    def repair(self) -> bool:
        """End the last line where a crash has not; remove it where it is not whole, which is told by True."""
        if not self.path.exists():
            return False
        with self.path.open("rb+") as file:
            place = _last_line(file)
            file.seek(place)
            text = file.read()
            if _is_record(_decoded(text)):
                file.write(b"\n")
            elif text and _HEAD.startswith(text[: len(_HEAD)]):
                file.truncate(place)
                return True
        return False

    def renumber(self, line_now: Renumber) -> None:
        """Correct the lines of the records, and drop those that are of none any more."""
        self._rewrite(self._renumbered(line_now))

    def arrange(self, places: Iterable[int]) -> None:
        """Put the records into another order, given by their places."""
        self._rewrite(self._lines_at(places))

    def close(self) -> None:
        """Close it. Without a record there is no file."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        if self.path.stat().st_size == 0:
            self.path.unlink()

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = self.path.open("ab")
            sync_folder(self.path)
        return self._file

    def _renumbered(self, line_now: Renumber) -> Iterator[bytes]:
        for _, raw in self._lines():
            record = self._checked(raw)
            line = line_now(record)
            if line is not None:
                yield raw if line == record["line"] else json.dumps({**record, "line": line}).encode() + b"\n"

    def _lines(self) -> Iterator[Tuple[int, bytes]]:
        if not self.path.exists():
            return
        place = 0
        with self.path.open("rb") as file:
            for raw in file:
                yield place, raw
                place += len(raw)

    def _lines_at(self, places: Iterable[int]) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            for place in places:
                file.seek(place)
                yield file.readline()

    def _rewrite(self, lines: Iterable[bytes]) -> None:
        """Write the file anew, so that at any moment either the old or the new one is there."""
        self.close()
        if not self.path.exists():
            return
        anew = self.path.with_name(self.path.name + ".new")
        with anew.open("wb") as file:
            file.writelines(lines)
            sync(file)
        os.replace(anew, self.path)
        sync_folder(self.path)

    def _checked(self, raw: bytes) -> Record:
        record = _decoded(raw)
        if not _is_record(record):
            raise click.UsageError(f"{self.path} holds something else than a batch's records; name another file")
        if record["workflow_id"] != self._workflow_id:
            raise click.UsageError(
                f"{self.path} holds records of another workflow, {record['workflow_id']}; name another file"
            )
        return record  # type: ignore[no-any-return]  # _is_record has seen to it


def sync(file: BinaryIO) -> None:
    """Wait until what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until it is on the disk that a file is there, where the system can tell."""
    if os.name != "posix":
        return
    with suppress(OSError):  # of a file system that has no such thing, or a folder that cannot be listed
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def describe_failure(failure: Failure, *, end_known: bool, result: Optional[WorkflowExecutionResult] = None) -> Record:
    """What is written of an item that failed.

    Args:
        failure: Why.
        end_known: Whether it is known what became of it on the server; where not, it is not run again unasked.
        result: What the workflow put out, where it ran.
    """
    told = {name: value for name, value in vars(failure).items() if name != "exit_code"}
    return {"end_known": end_known, **told, "result": None if result is None else vars(result)}


def _decoded(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_record(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and type(value.get("line")) is int
        and isinstance(value.get("digest"), str)
        and isinstance(value.get("workflow_id"), str)
    )


def _last_line(file: BinaryIO) -> int:
    """Where what follows the last end of a line begins."""
    block = 65536
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        begin = max(0, end - block)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0
