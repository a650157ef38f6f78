"""The versions of Sim that the mock can speak as."""

from collections.abc import Mapping

from sim_conformance.mock.dialects.august_2026 import August2026
from sim_conformance.mock.dialects.documented import Documented
from sim_conformance.mock.dialects.october_2025 import October2025

Dialect = Documented
"""What a dialect has to decide; the documented one is the base of the others."""

DIALECTS: Mapping[str, type[Dialect]] = {dialect.name: dialect for dialect in (Documented, October2025, August2026)}


def dialect_named(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        ValueError: when there is none.
    """
    if name not in DIALECTS:
        raise ValueError(f"unknown dialect {name!r}; known: {', '.join(DIALECTS)}")
    return DIALECTS[name]()
