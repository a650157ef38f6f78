"""The proof of the suite: every check notices a server that breaks its rule, and passes one that does not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.outcome import Outcome
from sim_conformance.registry import all_checks
from sim_conformance.selftest import background, core, limits, records, streams
from sim_conformance.selftest.distort import Mutant
from sim_conformance.settings import VERSIONS

MUTANTS: tuple[Mutant, ...] = (
    *core.MUTANTS,
    *streams.MUTANTS,
    *background.MUTANTS,
    *limits.MUTANTS,
    *records.MUTANTS,
)


@dataclass(frozen=True)
class Kill:
    """Which checks noticed a mutant; none where it survived."""

    mutant: Mutant
    killers: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """What the self-test found.

    Attributes:
        problems: why it does not hold: surviving mutants, checks without one, healthy servers that do not pass.
    """

    kills: tuple[Kill, ...]
    problems: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the suite is proved."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The table."""
        table = [{"check": one.mutant.check, "mutant": one.mutant.what, "killedBy": one.killers} for one in self.kills]
        return {"holds": self.holds, "problems": self.problems, "mutants": table}


def prove(*, seed: int = 0, mutants: Sequence[Mutant] = MUTANTS, versions: Sequence[str] = VERSIONS) -> Proof:
    """Make each check on the mutant that was made for it, and all checks on healthy servers of these versions."""
    start = time.monotonic()
    kills = tuple(killed(mutant, seed=seed) for mutant in mutants)
    problems = [f"{one.mutant.check}: the mutant that {one.mutant.what} survived" for one in kills if not one.killers]
    tried = {mutant.check for mutant in mutants}
    problems += [f"{check.id} has no mutant" for check in all_checks() if check.id not in tried]
    for dialect in versions:
        problems += healthy_problems(dialect, seed=seed)
    return Proof(kills, tuple(problems), time.monotonic() - start)


def killed(mutant: Mutant, *, seed: int = 0) -> Kill:
    """Whether the check that a mutant was made for notices it."""
    checks = [check for check in all_checks() if check.id == mutant.check]
    with embedded(distortion=mutant.make(), seed=seed) as settings, engine(settings) as made:
        results = [made.carry_out(check) for check in checks]
    return Kill(mutant, tuple(result.check.id for result in results if result.outcome is Outcome.FAIL))


def healthy_problems(dialect: str, *, seed: int = 0) -> list[str]:
    """What is wrong with the results of a healthy server: only known deviations of its version may be seen."""
    allowed = {Outcome.PASS} if dialect == "documented" else {Outcome.PASS, Outcome.KNOWN_DEVIATION}
    with embedded(dialect, seed=seed) as settings, engine(settings) as made:
        results = [made.carry_out(check) for check in all_checks()]
    return [
        f"{result.check.id} on a healthy {dialect} server: {result.outcome.value}, {result.message}"
        for result in results
        if result.outcome not in allowed
    ]
