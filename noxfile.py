"""The wheel, as users get it, on every Python: `.venv/bin/nox`; one session: `.venv/bin/nox -s behaviour-3.9`.

Pythons that are not there are reported and left out.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

from sim_conformance.mock import MockSim
from tools.check_wheel import build_wheel

ROOT = Path(__file__).parent
PACKAGING = ROOT / "contract_tests" / "packaging"
ALL_PYTHONS = [f"3.{minor}" for minor in range(8, 15)]
PYTHONS_OF_THE_TESTS = [f"3.{minor}" for minor in range(11, 15)]
DEPENDENCIES = ["newest", "oldest"]
DEV = nox.project.load_toml(ROOT / "pyproject.toml")["project"]["optional-dependencies"]["dev"]
WHEELS = TemporaryDirectory()
FAST = {"newest": ["fast"], "oldest": []}  # the oldest orjson has no wheels for the newest Pythons
TYPED_PACKAGES = ["sim_sdk", "simstudio", "sim_api"]
LEAST_COMPLETENESS = 0.99

nox.options.default_venv_backend = "uv"  # it knows how to find the oldest dependencies
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False


@nox.session(python=ALL_PYTHONS)
@nox.parametrize("dependencies", DEPENDENCIES)
def behaviour(session: nox.Session, dependencies: str) -> None:
    """What users do, with the newest and the oldest dependencies that are allowed."""
    install(session, dependencies, "async", "cli", *FAST[dependencies])
    with MockSim() as sim:
        sim.set_job_timing(queued=0, processing=0)
        sim.fail_next(status=429)
        environment = {"SIM_BASE_URL": sim.base_url, "SIM_API_KEY": sim.api_key}
        session.chdir(session.create_tmp())
        command = ["python", "-I", "-X", "dev", "-W", "error", str(PACKAGING / "behaviour.py"), sim.workspace_id]
        session.run(*command, env=environment)


@nox.session(python=PYTHONS_OF_THE_TESTS)
@nox.parametrize("dependencies", DEPENDENCIES)
def sdk(session: nox.Session, dependencies: str) -> None:
    """The SDK's tests against the installed wheel, with the newest and the oldest dependencies that are allowed."""
    run_tests(session, dependencies, "sdk")


@nox.session
def installed(session: nox.Session) -> None:
    """The tests of all that users run, against the installed wheel."""
    run_tests(session, "newest", "sdk", "cli", "concurrency")


@nox.session
@nox.parametrize("extra", ["none", "async", "cli", "fast", "mock", "conformance", "demo"])
def extras(session: nox.Session, extra: str) -> None:
    """Each extra alone in an empty environment."""
    installed = [] if extra == "none" else [extra]
    install(session, "newest", *installed)
    session.chdir(session.create_tmp())
    session.run("python", "-I", str(PACKAGING / "extras.py"), *installed)


@nox.session
def types(session: nox.Session) -> None:
    """How complete the types of the public names are."""
    install(session, "newest", "async", "cli", "conformance")
    session.install(*(tool for tool in DEV if tool.startswith("pyright")))
    session.chdir(session.create_tmp())
    for package in TYPED_PACKAGES:
        command = ["pyright", "--verifytypes", package, "--ignoreexternal", "--outputjson"]
        told = json.loads(str(session.run(*command, silent=True, success_codes=[0, 1])))["typeCompleteness"]
        session.log(f"{package}: {told['completenessScore']:.2%} of the types are known")
        if told["completenessScore"] < LEAST_COMPLETENESS:
            unknown = [symbol["name"] for symbol in told["symbols"] if not symbol["isTypeKnown"]]
            session.error(f"{package}: unknown or ambiguous: {', '.join(unknown)}")


@nox.session
def tried(session: nox.Session) -> None:
    """The demo from the wheel, by the tools that run a command without installing it."""
    session.install("uv", "pipx")
    session.chdir(session.create_tmp())
    wheel = f"{the_wheel()}[demo]"
    session.run("uvx", "--python", sys.executable, "--from", wheel, "sim", "demo")
    session.run("pipx", "run", "--python", sys.executable, "--spec", wheel, "sim", "demo")


@cache
def the_wheel() -> Path:
    """The wheel of the tree, built once."""
    return build_wheel(Path(WHEELS.name))


def install(session: nox.Session, dependencies: str, *extras: str) -> None:
    """Install the wheel with these extras."""
    session.install(f"{the_wheel()}[{','.join(extras)}]" if extras else str(the_wheel()))
    if dependencies == "oldest":
        take_oldest(session, *extras)


def take_oldest(session: nox.Session, *extras: str, other: Sequence[str] = ()) -> None:
    """Put the oldest dependencies that are allowed in the place of those that are there."""
    options = [option for extra in extras for option in ("--extra", extra)]
    resolved = ["--upgrade", "--resolution", "lowest-direct", "--requirements", "pyproject.toml"]
    session.install(*resolved, *options, *other)


def run_tests(session: nox.Session, dependencies: str, *folders: str) -> None:
    """Run folders of tests where the wheel can be imported and the sources cannot."""
    install(session, "newest", "dev")
    if dependencies == "oldest":
        # Schemathesis, which pytest loads, takes no older rich.
        take_oldest(session, "async", "cli", other=["rich>=13.9.4"])
    home = Path(session.create_tmp()) / "tests"
    shutil.rmtree(home, ignore_errors=True)
    left_out = shutil.ignore_patterns("sim_conformance", "__pycache__")
    shutil.copytree(ROOT / "contract_tests", home / "contract_tests", ignore=left_out)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, home)
    session.chdir(home)
    of_the_wheel = {"PYTHONPATH": None}
    session.run("python", "-c", "import sim_sdk; assert 'site-packages' in sim_sdk.__file__", env=of_the_wheel)
    tests = [f"contract_tests/{name}" for name in folders]
    session.run("python", "-m", "pytest", "-q", "-n", "auto", *tests, env=of_the_wheel)
