"""The pytest plugin: `pytest --pyargs sim_conformance --sim-base-url …` runs the suite.

pytest loads this module wherever the package is installed, whatever Python and extras are there. So it imports
nothing, and does nothing but add options, unless the suite is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PACKAGE = "sim_conformance"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; their meaning is that of the options of the command."""
    group = parser.getgroup("sim-conformance", "conformance of a Sim server (pytest --pyargs sim_conformance)")
    group.addoption("--sim-base-url", metavar="URL", help="the server; the key is in SIM_API_KEY")
    group.addoption(
        "--sim-mock", metavar="DIALECT", nargs="?", const="documented", help="the embedded mock in place of a server"
    )
    group.addoption("--sim-config", metavar="FILE", help="a TOML file with the settings")
    group.addoption("--sim-profile", metavar="NAME", action="append", default=[], help="all, or names with commas")
    group.addoption("--sim-workflow", metavar="NAME=ID", action="append", default=[], help="a workflow that is set up")
    group.addoption("--sim-workspace", metavar="ID", help="the workspace of the workflows")
    group.addoption("--sim-version", metavar="VERSION", help="whose known deviations count: auto, 2025-10, 2026-08")
    group.addoption("--sim-budget-runs", metavar="N", type=int, help="executions that may be started at most")
    group.addoption("--sim-read-only", action="store_true", default=None, help="send nothing but GET")
    group.addoption("--sim-seed", metavar="N", type=int, help="of all random inputs")
    group.addoption("--sim-examples", metavar="N", type=int, help="random inputs for each property")
    group.addoption("--sim-report", metavar="DIR", help="write report.html, report.json and junit.xml there")


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the suite where it is asked for."""
    asked = config.getoption("pyargs") and any(argument.split("::")[0] == PACKAGE for argument in config.args)
    if asked and not config.pluginmanager.has_plugin("sim-conformance-suite"):
        from sim_conformance.collecting import activate

        activate(config)
