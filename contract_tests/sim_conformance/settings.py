"""What to check, and how: from flags, the environment and a file, in this order of precedence."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomllib

from sim_conformance.registry import Profile
from sim_conformance.setup import INGREDIENTS, MAIN_KEY, Kind

AUTO = "auto"
VERSIONS = ("documented", "2025-10", "2026-08")
DEFAULT_BUDGET = 250
SHORTEST_TIMEOUT = 0.001


class BadSettings(Exception):
    """The settings make no sense; the message says which and why."""


@dataclass(frozen=True)
class Settings:
    """What to check, and how.

    Attributes:
        ingredients: what is set up, by the names in `sim_conformance.setup`; hidden from the repr, for its keys.
        version: whose known deviations count: `auto` to find out, or one of `VERSIONS`.
        budget_runs: executions that the whole run may start; None for any number.
        read_only: send nothing but GET.
        seed: of all random inputs.
        examples: random inputs for each property that is checked.
        poll_interval: seconds between two looks at a job or the logs.
        patience: seconds to wait for a job to end or a log to be written.
        timeout: seconds to wait for a connection, and between two bytes of an answer.
        agent_text: what the agent of the workflow `agent` always says, where that is known.
        verify_tls: whether the server's certificate has to be valid.

    Raises:
        BadSettings: for a version that is not known, and for numbers that make no sense.
    """

    base_url: str
    ingredients: Mapping[str, str] = field(repr=False)
    profiles: tuple[Profile, ...] = tuple(Profile)
    version: str = AUTO
    budget_runs: int | None = DEFAULT_BUDGET
    read_only: bool = False
    seed: int = 0
    examples: int = 5
    poll_interval: float = 1.0
    patience: float = 60.0
    timeout: float = 60.0
    agent_text: str | None = None
    verify_tls: bool = True

    def __post_init__(self) -> None:
        _known_version(self.version)
        _at_least("budget-runs", self.budget_runs or 0, 0)
        _at_least("examples", self.examples, 1)
        _at_least("poll-interval", self.poll_interval, 0)
        _at_least("patience", self.patience, 0)
        _at_least("timeout", self.timeout, SHORTEST_TIMEOUT)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All keys."""
        return tuple(value for name, value in self.ingredients.items() if INGREDIENTS[name].kind is Kind.KEY and value)


def read_settings(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of a run.

    Args:
        flags: fields of `Settings` by name where they were given, None elsewhere; `workflows` holds `NAME=ID` texts,
            or the id of `echo` alone, `workspace` an id, `api_key` the main key.

    Raises:
        BadSettings: when something is missing or makes no sense.
    """
    document = _document(file)
    ingredients = {**_from_document(document), **_from_environment(environment), **_from_flags(flags)}
    options = _options(document) | {
        name: flags[name] for name in Settings.__dataclass_fields__ if flags.get(name) is not None
    }
    base_url = flags.get("base_url") or environment.get("SIM_BASE_URL") or document.get("base-url")
    if not base_url:
        raise BadSettings("which server? Set --base-url (or SIM_BASE_URL), or try --mock")
    checked_url = _checked_url(str(base_url))
    if not ingredients.get(MAIN_KEY):
        raise BadSettings(INGREDIENTS[MAIN_KEY].missing)
    _sendable_keys(ingredients)
    return Settings(**(options | {"base_url": checked_url, "ingredients": ingredients}))


def read_profiles(names: Sequence[str]) -> tuple[Profile, ...]:
    """The profiles of those names, each of which may be a list with commas; `all` is every one.

    Raises:
        BadSettings: for an unknown one.
    """
    wanted = [word for name in names for word in name.split(",") if word]
    if not wanted or "all" in wanted:
        return tuple(Profile)
    known = {profile.value: profile for profile in Profile}
    unknown = [word for word in wanted if word not in known]
    if unknown:
        raise BadSettings(f"unknown profile {unknown[0]!r}; known: all, {', '.join(known)}")
    return tuple(profile for profile in Profile if profile.value in wanted)


_FILE_OPTIONS: dict[str, type | tuple[type, ...]] = {
    "version": str,
    "budget-runs": int,
    "read-only": bool,
    "seed": int,
    "examples": int,
    "poll-interval": (int, float),
    "patience": (int, float),
    "timeout": (int, float),
    "agent-text": str,
    "verify-tls": bool,
}


def _document(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{file} cannot be read: {error}") from error
    unknown = document.keys() - {"base-url", *(kind.value for kind in Kind), *_FILE_OPTIONS}
    if unknown:
        raise BadSettings(f"{file}: unknown setting {min(unknown)!r}")
    return document


def _options(document: Mapping[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, kind in _FILE_OPTIONS.items():
        if name in document:
            value = document[name]
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                raise BadSettings(f"{name} has the wrong type: {value!r}")
            options[name.replace("-", "_")] = value
    _known_version(options.get("version", AUTO))
    return options


def _from_document(document: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in Kind:
        table = document.get(kind.value, {})
        if not isinstance(table, dict):
            raise BadSettings(f"{kind.value} has to be a table")
        for key, value in table.items():
            if value is not False:
                found[_ingredient(kind, str(key))] = str(value)
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: environment[ingredient.environment]
        for name, ingredient in INGREDIENTS.items()
        if environment.get(ingredient.environment)
    }


def _from_flags(flags: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in flags.get("workflows") or ():
        key, _, value = text.partition("=") if "=" in text else ("echo", "", text)
        if not value:
            raise BadSettings(f"a workflow is given as NAME=ID, not as {text!r}")
        found[_ingredient(Kind.WORKFLOW, key)] = value
    if flags.get("workspace"):
        found["main-workspace"] = flags["workspace"]
    if flags.get("api_key"):
        found[MAIN_KEY] = flags["api_key"]
    return found


def _ingredient(kind: Kind, key: str) -> str:
    for name, ingredient in INGREDIENTS.items():
        if ingredient.kind is kind and ingredient.key == key:
            return name
    known = ", ".join(one.key for one in INGREDIENTS.values() if one.kind is kind)
    raise BadSettings(f"unknown name {key!r} among the {kind.value}; known: {known}")


def _sendable_keys(ingredients: Mapping[str, str]) -> None:
    for name, value in ingredients.items():
        if INGREDIENTS[name].kind is Kind.KEY and not re.fullmatch("[!-~]+", value):
            # Not shown, for it may be a real one with the end of its line.
            raise BadSettings(f"the {INGREDIENTS[name].what} holds a blank, a line break or the like")


def _known_version(text: str) -> None:
    if text not in (AUTO, *VERSIONS):
        raise BadSettings(f"unknown version {text!r}; known: {AUTO}, {', '.join(VERSIONS)}")


def _at_least(name: str, value: float, least: float) -> None:
    if not least <= value < math.inf:
        raise BadSettings(f"{name} has to be a number from {least:g} on, not {value!r}")


def _checked_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or urlsplit(text).username is not None or "?" in text or "#" in text:
        raise BadSettings(f"the base URL has to be http://host or https://host, without a user or a query: {text!r}")
    return text.rstrip("/")
