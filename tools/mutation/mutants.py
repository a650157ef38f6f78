"""The mutants of a module: its source with one small mistake in each, made by Cosmic Ray's operators."""

import difflib
from dataclasses import dataclass
from typing import Iterator

from cosmic_ray.ast import ast_nodes, get_ast  # pyright: ignore[reportMissingImports]
from cosmic_ray.mutating import mutate_code  # pyright: ignore[reportMissingImports]
from cosmic_ray.plugins import get_operator, operator_names  # pyright: ignore[reportMissingImports]

# `x is None` and `x == None` are the same here: no class of the SDK's defines an equality with None.
_EQUIVALENT = ("ReplaceComparisonOperator_Is_Eq", "ReplaceComparisonOperator_IsNot_NotEq")


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Attributes:
        source: The whole module with it.
        before: The line that was changed, without the space around it.
        after: What it became, "" where it was taken out.
    """

    source: str
    before: str
    after: str


def mutants_of(source: str) -> Iterator[Mutant]:
    """Every mutant of a module's source."""
    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        operator_class = get_operator(name)
        if operator_class.arguments() or name.endswith(_EQUIVALENT):
            continue
        operator = operator_class()
        for occurrence in range(sum(len(list(operator.mutation_positions(node))) for node in nodes)):
            mutated = mutate_code(source, operator, occurrence)
            if mutated is not None and mutated != source:
                yield Mutant(mutated, *_changed_line(source, mutated))


def _changed_line(source: str, mutated: str) -> "tuple[str, str]":
    changes = list(difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0))[3:]
    before = next((line[1:].strip() for line in changes if line.startswith("-")), "")
    after = next((line[1:].strip() for line in changes if line.startswith("+")), "")
    return before, after
