"""The checks by their ids."""

import enum
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim_conformance.outcome import Deviation

if TYPE_CHECKING:
    from sim_conformance.server import Server


class Level(str, enum.Enum):
    """How binding a rule is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Profile(str, enum.Enum):
    """Groups of rules that a deployment can be held to by themselves."""

    CORE = "core"
    RESPONSE_BLOCK = "response-block"
    STREAM = "stream"
    ASYNC = "async"
    LIMITS = "limits"
    LOGS = "logs"


@dataclass(frozen=True)
class Clause:
    """Where a rule is written down.

    Attributes:
        source: a page of the documentation, such as `sdks/python`, or `openapi.yaml`.
        section: a heading of the page; or an operation of the API's description and, behind a space, one of its
            statuses, or the name of a schema.
    """

    source: str
    section: str

    def __str__(self) -> str:
        return f"{self.source}: {self.section}"


@dataclass(frozen=True)
class Check:
    """One rule, and how to find out whether a server keeps it.

    Attributes:
        id: stable, such as `SIM-EXEC-003`.
        title: the rule.
        needs: what has to be set up, by the names in `sim_conformance.setup`.
        runs: executions that it takes at most.
        deviations: what servers of known versions do instead.
    """

    id: str
    title: str
    level: Level
    profile: Profile
    clause: Clause
    needs: tuple[str, ...]
    runs: int
    deviations: tuple[Deviation, ...]
    carry_out: Callable[["Server"], None]


CheckFunction = Callable[["Server"], None]

_checks: dict[str, Check] = {}


class Group:
    """Checks of one profile that need the same things.

    Args:
        profile: theirs.
        needs: what all of them need.
    """

    def __init__(self, profile: Profile, *needs: str) -> None:
        self._profile = profile
        self._needs = needs

    def must(
        self,
        check_id: str,
        title: str,
        clause: Clause,
        *needs: str,
        runs: int = 0,
        deviations: Sequence[Deviation] = (),
        level: Level = Level.MUST,
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Register the decorated function as the check of a binding rule.

        Args:
            needs: what it needs besides its group.
            runs: executions that it takes at most.

        Raises:
            ValueError: when the id is taken.
        """

        def register(function: CheckFunction) -> CheckFunction:
            if check_id in _checks:
                raise ValueError(f"there are two checks {check_id}")
            _checks[check_id] = Check(
                check_id,
                title,
                level,
                self._profile,
                clause,
                (*self._needs, *needs),
                runs,
                tuple(deviations),
                function,
            )
            return function

        return register

    def should(
        self,
        check_id: str,
        title: str,
        clause: Clause,
        *needs: str,
        runs: int = 0,
        deviations: Sequence[Deviation] = (),
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Register the decorated function as the check of a recommendation; arguments as for `must`."""
        return self.must(check_id, title, clause, *needs, runs=runs, deviations=deviations, level=Level.SHOULD)


def page(name: str, section: str) -> Clause:
    """A section of a page of the documentation."""
    return Clause(name, section)


def spec(section: str) -> Clause:
    """A place in the API's description."""
    return Clause("openapi.yaml", section)


def all_checks() -> list[Check]:
    """Every check, by profile and then by id."""
    package = importlib.import_module("sim_conformance.checks")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"sim_conformance.checks.{module.name}")
    order = list(Profile)
    return sorted(_checks.values(), key=lambda check: (order.index(check.profile), check.id))


def checks_of(profiles: Iterable[Profile]) -> list[Check]:
    """The checks of some profiles."""
    wanted = set(profiles)
    return [check for check in all_checks() if check.profile in wanted]
