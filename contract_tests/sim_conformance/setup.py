"""What a deployment needs for the checks, and how to make it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Kind(str, enum.Enum):
    """The sorts of things that an operator sets up; their values are the tables of the configuration file."""

    WORKFLOW = "workflows"
    KEY = "keys"
    WORKSPACE = "workspaces"
    CAPABILITY = "capabilities"


@dataclass(frozen=True)
class Ingredient:
    """One thing to set up.

    Attributes:
        name: how checks ask for it: `echo`, `other-key`.
        key: its name in the table of the configuration file.
        what: what it is, in a few words.
        how: how to make it.
    """

    kind: Kind
    key: str
    what: str
    how: str

    @property
    def name(self) -> str:
        """How checks ask for it."""
        suffix = {Kind.WORKFLOW: "", Kind.KEY: "-key", Kind.WORKSPACE: "-workspace", Kind.CAPABILITY: ""}
        return self.key + suffix[self.kind]

    @property
    def environment(self) -> str:
        """The environment variable that names it."""
        word = self.key.upper().replace("-", "_")
        if self.kind is Kind.KEY:
            return "SIM_API_KEY" if self.key == "main" else f"SIM_{word}_API_KEY"
        return f"SIM_{self.kind.name}_{word}"

    @property
    def missing(self) -> str:
        """Why a check is skipped without it."""
        return f"there is no {self.what} (set {self.environment}): {self.how}"


API_TRIGGER = "a workflow that starts with an API trigger"

_INGREDIENTS = (
    Ingredient(Kind.KEY, "main", "API key", "make one in the settings of the user who owns the workflows"),
    Ingredient(
        Kind.WORKFLOW,
        "echo",
        "workflow that gives back its input",
        f"{API_TRIGGER}, then a Function block whose code is `return {{ echo: <api.input> }}`; deploy it",
    ),
    Ingredient(
        Kind.WORKFLOW,
        "failing",
        "workflow that fails",
        f'{API_TRIGGER}, then a Function block whose code is `throw new Error("boom")`; deploy it',
    ),
    Ingredient(
        Kind.WORKFLOW,
        "slow",
        "slow workflow",
        f"{API_TRIGGER}, then a Function block that waits three seconds: "
        "`await new Promise(done => setTimeout(done, 3000)); return 'slow done'`; deploy it",
    ),
    Ingredient(
        Kind.WORKFLOW,
        "agent",
        "workflow with an agent",
        f'{API_TRIGGER}, then an Agent block named agent1 with a prompt like "Count from one to twenty in words"; '
        "deploy it",
    ),
    Ingredient(
        Kind.WORKFLOW,
        "dying-stream",
        "workflow whose agent dies half-way",
        f"{API_TRIGGER}, then an Agent block named agent1 whose model is a stand-in that cuts its stream; deploy it",
    ),
    Ingredient(
        Kind.WORKFLOW,
        "response-block",
        "workflow that ends in a Response block",
        f"{API_TRIGGER}, then a Response block with status 201, the header X-Custom-Header: custom-value and the "
        'data {"created": true, "id": 42, "items": ["a", "b"]}; deploy it',
    ),
    Ingredient(Kind.WORKFLOW, "undeployed", "workflow that is not deployed", "any workflow that was never deployed"),
    Ingredient(
        Kind.WORKFLOW, "foreign", "workflow of another user", "any deployed workflow in another user's workspace"
    ),
    Ingredient(
        Kind.WORKFLOW,
        "limited",
        "workflow of the limited account",
        "like echo, in the workspace of the user of SIM_LIMITED_API_KEY",
    ),
    Ingredient(
        Kind.WORKFLOW,
        "spent",
        "workflow of the spent account",
        "like echo, in the workspace of the user of SIM_SPENT_API_KEY",
    ),
    Ingredient(Kind.KEY, "other", "key of another user", "a key of a user who shares no workspace with the first"),
    Ingredient(Kind.KEY, "expired", "expired key", "a key of the first user whose expiry date has passed"),
    Ingredient(
        Kind.KEY,
        "limited",
        "key of an account whose rate limits may be used up",
        "a key of a third user, on a plan with at most 20 runs a minute",
    ),
    Ingredient(
        Kind.KEY, "spent", "key of an account that has spent its quota", "a key of a user whose usage limit is reached"
    ),
    Ingredient(Kind.WORKSPACE, "main", "workspace of the workflows", "its id is in the address of the editor"),
    Ingredient(
        Kind.WORKSPACE,
        "limited",
        "workspace of the limited account",
        "its id is in the address of the editor, seen as the user of SIM_LIMITED_API_KEY",
    ),
    Ingredient(
        Kind.CAPABILITY,
        "jobs",
        "job backend",
        "async runs need one, such as Trigger.dev; say true once the server has one",
    ),
)

INGREDIENTS: Mapping[str, Ingredient] = {ingredient.name: ingredient for ingredient in _INGREDIENTS}
"""Everything that checks can need, by name."""

MAIN_KEY = "main-key"
