"""How a check can end."""

import enum
from dataclasses import dataclass


class Outcome(str, enum.Enum):
    """The ways, in the words of the reports."""

    PASS = "pass"
    FAIL = "fail"
    KNOWN_DEVIATION = "known-deviation"
    SKIP = "skip"
    ERROR = "error"


@dataclass(frozen=True)
class Deviation:
    """What real servers of some versions are known to do instead of what a check asks.

    Attributes:
        seen: what they do.
        versions: which do it, such as `2025-10`.
    """

    seen: str
    versions: tuple[str, ...]


class Ending(Exception):
    """A check ends here, for this reason."""


class Failure(Ending):
    """The server broke the rule."""


class Skipped(Ending):
    """The check cannot be made here; the reason says what it would take."""


class DeviationSeen(Ending):
    """The server broke the rule in a way that is known of its version."""

    def __init__(self, deviation: Deviation) -> None:
        super().__init__(deviation.seen)
        self.deviation = deviation


def expect(condition: object, message: str) -> None:
    """Let the check fail unless the condition holds.

    Raises:
        Failure: when it does not.
    """
    if not condition:
        raise Failure(message)
