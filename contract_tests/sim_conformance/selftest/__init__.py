"""The proof of the suite: every check notices a server that breaks its rule, and passes one that does not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim_conformance.embedded import embedded
from sim_conformance.engine import engine
from sim_conformance.outcome import Outcome
from sim_conformance.registry import Check, all_checks, checks_of
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
    """Which of the checks that were made noticed a mutant; where its own is not among them, it survived."""

    mutant: Mutant
    killers: tuple[str, ...]

    @property
    def survived(self) -> bool:
        """Whether the check that has to notice did not."""
        return self.mutant.check not in self.killers


@dataclass(frozen=True)
class Proof:
    """What the self-test found.

    Attributes:
        all_of_profile: whether all checks of its profile were made on each mutant, or its own alone.
        problems: why it does not hold: surviving mutants, checks without one, healthy servers that do not pass.
    """

    kills: tuple[Kill, ...]
    problems: tuple[str, ...]
    seconds: float
    all_of_profile: bool = False

    @property
    def holds(self) -> bool:
        """Whether the suite is proved."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The table."""
        table = [{"check": one.mutant.check, "mutant": one.mutant.what, "killedBy": one.killers} for one in self.kills]
        made = "profile" if self.all_of_profile else "own"
        return {"holds": self.holds, "problems": self.problems, "checksMade": made, "mutants": table}


def prove(
    *,
    seed: int = 0,
    mutants: Sequence[Mutant] = MUTANTS,
    versions: Sequence[str] = VERSIONS,
    all_of_profile: bool = False,
    on_kill: Callable[[Kill], None] = lambda kill: None,
) -> Proof:
    """Make each check on the mutant that was made for it, and all checks on healthy servers of these versions.

    Args:
        all_of_profile: make the other checks of its profile on each mutant too, to see which notice it.
        on_kill: is told of each mutant as it is done with.
    """
    start = time.monotonic()
    kills: list[Kill] = []
    for mutant in mutants:
        kills.append(killed(mutant, seed=seed, all_of_profile=all_of_profile))
        on_kill(kills[-1])
    problems = [f"{one.mutant.check}: the mutant that {one.mutant.what} survived" for one in kills if one.survived]
    tried = {mutant.check for mutant in mutants}
    problems += [f"{check.id} has no mutant" for check in all_checks() if check.id not in tried]
    for dialect in versions:
        problems += healthy_problems(dialect, seed=seed)
    return Proof(tuple(kills), tuple(problems), time.monotonic() - start, all_of_profile)


def killed(mutant: Mutant, *, seed: int = 0, all_of_profile: bool = False) -> Kill:
    """Whether the check that a mutant was made for notices it, and which others of its profile do if all are made."""
    own = next(check for check in all_checks() if check.id == mutant.check)
    checks = checks_of([own.profile]) if all_of_profile else [own]
    return Kill(mutant, tuple(check.id for check in checks if notices(check, mutant, seed=seed)))


def notices(check: Check, mutant: Mutant, *, seed: int = 0) -> bool:
    """Whether a check fails on a mutant, one that no other check has been made on."""
    with embedded(distortion=mutant.make(), seed=seed) as settings, engine(settings) as made:
        return made.carry_out(check).outcome is Outcome.FAIL


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
