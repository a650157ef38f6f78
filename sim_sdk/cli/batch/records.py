"""The files that a batch writes: JSON Lines, a record an item, each in the file as soon as the item has ended."""

import json
import os
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Iterable, Iterator, Optional, Tuple

import click

from sim_sdk.cli.failures import Failure
from sim_sdk.results import WorkflowExecutionResult

__all__ = ["Record", "RecordFile", "describe_failure"]

Record = Dict[str, Any]

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

    def open(self) -> None:
        """Make sure that it can be written, before anything is done that has to be recorded.

        Raises:
            click.UsageError: It cannot.
        """
        try:
            self._file = self._file or self.path.open("ab")
        except OSError as error:
            raise click.UsageError(f"cannot write {self.path}: {error.strerror}") from None

    def append(self, line: int, digest: str, content: Record) -> None:
        """Add a record; it is in the file when this returns."""
        self._file = self._file or self.path.open("ab")
        record = {"line": line, "digest": digest, "workflow_id": self._workflow_id, **content}
        self._file.write(json.dumps(record).encode() + b"\n")
        self._file.flush()

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

    def keep(self, wanted: Callable[[Record], bool]) -> None:
        """Drop the records that are not wanted."""
        self._rewrite(raw for _, raw in self._lines() if wanted(self._checked(raw)))

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
        os.replace(anew, self.path)

    def _checked(self, raw: bytes) -> Record:
        record = _decoded(raw)
        if not _is_record(record):
            raise click.UsageError(f"{self.path} holds something else than a batch's records; name another file")
        if record["workflow_id"] != self._workflow_id:
            raise click.UsageError(
                f"{self.path} holds records of another workflow, {record['workflow_id']}; name another file"
            )
        return record  # type: ignore[no-any-return]  # _is_record has seen to it


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
