"""Comparing ways to do the same: they take turns, in one process, and what counts is the processor time of each."""

import statistics
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

Way = Callable[[], Any]


@dataclass(frozen=True)
class Limit:
    """What a ratio has to be: at most a number, or at least one."""

    number: float
    at_least: bool = False

    def holds(self, ratio: float) -> bool:
        """Whether a ratio is what it has to be."""
        return ratio >= self.number if self.at_least else ratio <= self.number

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.number:.3g}"


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes:
        what: What was measured.
        ratio: The outcome, a ratio.
        against: What the outcome is a ratio to.
        limit: The target, None for a line that only tells.
    """

    what: str
    ratio: float
    against: str
    limit: Optional[Limit] = None

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.limit is None or self.limit.holds(self.ratio)

    def __str__(self) -> str:
        target = "" if self.limit is None else f"  (target {self.limit}{'' if self.met else ', MISSED'})"
        return f"{self.what}: {self.ratio:.2f} × {self.against}{target}"


def verdict(findings: Sequence[Finding]) -> int:
    """Print what was found; the exit code that it stands for."""
    print(*findings, sep="\n")
    return 0 if all(finding.met for finding in findings) else 1


class Rounds:
    """Processor seconds of each way in each round.

    Args:
        ways: What to compare; each is called once before anything is measured.
        rounds: How often each has its turn.
        size: How many operations one call of a way makes.
    """

    def __init__(self, ways: Mapping[str, Way], rounds: int, size: int = 1) -> None:
        for way in ways.values():
            way()
        self.seconds: Dict[str, List[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                self.seconds[name].append(_turn(way) / size)

    def ratio(self, name: str, base: str) -> float:
        """How many times the processor time of `base` a way takes: the median of the rounds' ratios."""
        pairs = zip(self.seconds[name], self.seconds[base])
        return statistics.median(seconds / other for seconds, other in pairs)

    def microseconds(self, name: str) -> float:
        """The median of a way's operations, in microseconds of processor time."""
        return statistics.median(self.seconds[name]) * 1e6

    def __str__(self) -> str:
        base = next(iter(self.seconds))
        rows = (f"{name:24s}{self.microseconds(name):9.1f} µs {self.ratio(name, base):7.2f}" for name in self.seconds)
        return "\n".join(rows)


def _turn(way: Way) -> float:
    began = time.process_time()
    way()
    return time.process_time() - began
