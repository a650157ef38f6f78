"""The embedded mock as a server to try the suite on, and to prove it by."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim_conformance.mock import Agent, Echo, MockSim, ResponseBlock, Slow
from sim_conformance.mock.exchange import Distortion
from sim_conformance.registry import Profile
from sim_conformance.settings import VERSIONS, BadSettings, Settings, read_settings

LIMITED_KEY = "sk-sim-mock-limited"
SPENT_KEY = "sk-sim-mock-spent"

SLOW_SECONDS = 0.4
WINDOW_SECONDS = 1.0
AGENT_WORDS = ("One", ", two", ", three", ", four", ", fünf ☕")


OF_A_SERVER = ("base_url", "api_key", "workflows", "workspace", "version")
"""Flags that tell of a server to check, and so make no sense with the mock."""


@contextmanager
def chosen_settings(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None) -> Iterator[Settings]:
    """The settings of a run: those of the embedded mock where the flags have a dialect as `mock`, else as they say.

    Args:
        flags: as for `read_settings`.

    Raises:
        BadSettings: when something is missing or makes no sense.
    """
    dialect = flags["mock"]
    if dialect is None:
        yield read_settings(flags, environment, file)
        return
    if dialect not in VERSIONS:
        raise BadSettings(f"unknown dialect {dialect!r}; known: {', '.join(VERSIONS)}")
    if file is not None or any(flags.get(name) for name in OF_A_SERVER):
        raise BadSettings("the embedded mock is checked, or else the server that other flags tell of: not both")
    numbers = {name: flags[name] for name in ("seed", "examples", "budget_runs", "read_only")}
    given = {name: value for name, value in numbers.items() if value is not None}
    with embedded(dialect, profiles=flags["profiles"], **given) as settings:
        yield settings


@contextmanager
def embedded(
    dialect: str = "documented",
    *,
    distortion: Distortion | None = None,
    profiles: tuple[Profile, ...] = tuple(Profile),
    seed: int = 0,
    examples: int = 5,
    budget_runs: int | None = None,
    read_only: bool = False,
) -> Iterator[Settings]:
    """A mock with everything that the checks need, and the settings to check it.

    Args:
        distortion: what changes its answers.
    """
    with MockSim(dialect, distortion=distortion, seed=seed) as sim:
        _set_up(sim)
        yield Settings(
            sim.base_url,
            _ingredients(sim),
            profiles=profiles,
            version=dialect,
            budget_runs=budget_runs,
            read_only=read_only,
            seed=seed,
            examples=examples,
            poll_interval=0.02,
            patience=2.0,
            timeout=5.0,
            agent_text="".join(AGENT_WORDS),
        )


def _set_up(sim: MockSim) -> None:
    # By looks and not by time: on a busy machine nobody would see a job that is quick in any state but its last.
    sim.script_jobs(["queued", "processing", "completed"])
    sim.set_job_timing(queued=0.0, processing=0.03)
    sim.add_workflow("slow", Slow(SLOW_SECONDS))
    sim.add_workflow("agent", Agent(AGENT_WORDS, delay=0.01))
    sim.add_workflow("response-block", ResponseBlock())
    sim.add_account("limited", LIMITED_KEY)
    sim.add_account("spent", SPENT_KEY)
    for name in ("limited", "spent"):
        sim.add_workflow(name, Echo(), owner=name)
    sim.set_rate_limit(2, window=WINDOW_SECONDS, mode="sync", account="limited")
    sim.set_rate_limit(2, window=WINDOW_SECONDS, mode="async", account="limited")
    sim.set_rate_limit(4, window=WINDOW_SECONDS, mode="api", account="limited")
    sim.set_usage(cost=12.5, limit=10, account="spent")


def _ingredients(sim: MockSim) -> dict[str, str]:
    same = ("echo", "failing", "slow", "agent", "dying-stream", "response-block", "undeployed", "limited", "spent")
    return {
        **{name: name for name in same},
        "foreign": "other-users",
        "main-key": sim.api_key,
        "other-key": sim.other_key,
        "expired-key": sim.expired_key,
        "limited-key": LIMITED_KEY,
        "spent-key": SPENT_KEY,
        "main-workspace": sim.workspace_id,
        "limited-workspace": "workspace-limited",
        "jobs": "true",
    }
