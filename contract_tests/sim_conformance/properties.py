"""Random inputs that a seed repeats."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, strategies

from sim_conformance.outcome import Ending
from sim_conformance.settings import Settings

T = TypeVar("T")

# Numbers that every JSON reader takes for the same value, JavaScript's among them.
WHOLE_NUMBERS = strategies.integers(-(2**53) + 1, 2**53 - 1)

TEXTS = strategies.text(strategies.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)

JSON_VALUES: strategies.SearchStrategy[Any] = strategies.recursive(
    strategies.booleans() | WHOLE_NUMBERS | TEXTS,
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def quiet(settings: Settings, *, shrink: bool = False) -> hypothesis.settings:
    """How to try random inputs: as many as the run allows, none kept on disk, without a clock.

    Args:
        shrink: look for a simpler input that fails too; that sends more requests.
    """
    return hypothesis.settings(
        max_examples=settings.examples,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


class Endings:
    """Remembers how random attempts ended, and raises that in place of what Hypothesis makes of it.

    Hypothesis repeats what failed, and a server need not fail twice in the same way: then all that it raises is that
    the test is flaky.
    """

    def __init__(self) -> None:
        self._found: list[BaseException] = []

    def __bool__(self) -> bool:
        """Whether an attempt ended before its time."""
        return bool(self._found)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Around one attempt."""
        try:
            yield
        except (Ending, KeyboardInterrupt) as ending:
            self._found.append(ending)
            raise

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Around all of them."""
        try:
            yield
        except Exception:
            if not self._found:
                raise
            raise self._found[-1] from None


def for_all(
    settings: Settings, values: strategies.SearchStrategy[T], try_one: Callable[[T], None], *, shrink: bool = False
) -> None:
    """Try a property on random values; the same seed gives the same values."""

    endings = Endings()

    @hypothesis.seed(settings.seed)
    @quiet(settings, shrink=shrink)
    @hypothesis.given(values)
    def attempt(value: T) -> None:
        with endings.noted():
            try_one(value)

    with endings.plainly():
        attempt()
