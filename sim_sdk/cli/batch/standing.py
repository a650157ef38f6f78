"""How far a batch is, for those who show it."""

from dataclasses import dataclass, field
from typing import Iterable, List, Optional

__all__ = ["Found", "Lines", "Standing"]

_NAMED = 10


@dataclass
class Lines:
    """Some lines of the input. There may be any number of them, so that only the first ones are remembered."""

    count: int = 0
    first: List[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < _NAMED:
            self.first.append(number)

    def extend(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.add(number)

    def __str__(self) -> str:
        named = ("line " if self.count == 1 else "lines ") + ", ".join(map(str, self.first))
        more = self.count - len(self.first)
        return f"{named} and {more:,} more" if more else named


@dataclass
class Found:
    """What earlier runs left.

    Attributes:
        moved: Lines that are done, under another number.
        edited: Lines that are not what they were when they were run.
        unknown: Lines that were started and whose end is not known.
        unknown_run_again: Whether those are run again.
        torn: Files whose last line was written by half; it was removed.
    """

    unknown_run_again: bool
    moved: Lines = field(default_factory=Lines)
    edited: Lines = field(default_factory=Lines)
    unknown: Lines = field(default_factory=Lines)
    torn: List[str] = field(default_factory=list)


@dataclass
class Standing:
    """How far a batch is. Changes while it goes on.

    Attributes:
        total: Items in the input.
        done: Items that an earlier run has done.
        unknown: Items that are left alone, because an earlier run started them and their end is not known.
        succeeded: Items that succeeded now.
        failed: Items that failed now.
        running: Items that were started now and have not ended.
        stopping: Whether nothing more is started.
        paused_until: When a pause ends, on the monotonic clock; None where there is none.
    """

    total: int = 0
    done: int = 0
    unknown: int = 0
    succeeded: int = 0
    failed: int = 0
    running: int = 0
    stopping: bool = False
    paused_until: Optional[float] = None

    @property
    def ended(self) -> int:
        """Items that ended now."""
        return self.succeeded + self.failed

    @property
    def pending(self) -> int:
        """Items that have not been started."""
        return self.total - self.done - self.unknown - self.ended - self.running

    @property
    def complete(self) -> bool:
        """Whether all items have succeeded, now or before."""
        return self.done + self.succeeded == self.total
