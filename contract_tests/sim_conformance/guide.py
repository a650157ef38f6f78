"""The text that says what to set up in a deployment."""

import textwrap

from sim_conformance.setup import INGREDIENTS, Ingredient, Kind

HEADINGS = {
    Kind.KEY: "Keys",
    Kind.WORKFLOW: "Workflows (their ids)",
    Kind.WORKSPACE: "Workspaces (their ids)",
    Kind.CAPABILITY: "What the server can do",
}

INTRODUCTION = """\
The checks need a few small workflows, and some of them a second user. Only the first key is required: a check whose
needs are not met is skipped, and says what it lacks. Give what you have by the variables below, by flags, or in a TOML
file (--config).

Each check runs workflows a few times; --budget-runs bounds how often, --read-only forbids it. The inputs hold the words
"sim-conformance" and an id, so that the runs can be told apart in the logs; only where any input at all has to arrive
they do not.
"""


def guide() -> str:
    """What to set up, by kind."""
    parts = [INTRODUCTION]
    for kind, heading in HEADINGS.items():
        parts.append(f"{heading}\n")
        parts += [_entry(one) for one in INGREDIENTS.values() if one.kind is kind]
    return "\n".join(parts) + "\n" + example()


def example() -> str:
    """A configuration file with everything in it."""
    lines = ["The same in a file; keys are better kept in the environment:", "", '    base-url = "https://sim.example"']
    for kind in (Kind.WORKFLOW, Kind.WORKSPACE, Kind.CAPABILITY):
        lines += ["", f"    [{kind.value}]"]
        value = "true" if kind is Kind.CAPABILITY else '"…"'
        lines += [f"    {one.key} = {value}" for one in INGREDIENTS.values() if one.kind is kind]
    return "\n".join(lines) + "\n"


def _entry(one: Ingredient) -> str:
    name = f"  {one.environment}" + ("  (required)" if one.name == "main-key" else "")
    text = textwrap.fill(f"{one.what}: {one.how}", 110, initial_indent="      ", subsequent_indent="      ")
    return f"{name}\n{text}\n"
