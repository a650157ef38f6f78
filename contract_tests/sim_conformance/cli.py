"""The command sim-conformance."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

MISCONFIGURED, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 when the server passes, 1 when it breaks a binding rule, 2 for settings that make no sense, 3 when the suite
        itself broke, 130 when it was interrupted, 143 or 129 when it was told to end or its terminal went.
    """
    arguments = _parser().parse_args(argv)
    try:
        from sim_conformance.commands import COMMANDS
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("sim_"):
            raise
        print(f'sim-conformance: {error.name} is missing: pip install "sim-sdk[conformance]"', file=sys.stderr)
        return MISCONFIGURED
    try:
        return COMMANDS[arguments.command](arguments)
    except KeyboardInterrupt:
        print("sim-conformance: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("sim-conformance", description="Hold a Sim server to its documented API.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="check a server; the key is in SIM_API_KEY"))
    _add_profile(commands.add_parser("list", help="show every check"))
    commands.add_parser("guide", help="say what to set up in a deployment")
    selftest = commands.add_parser("selftest", help="prove the checks on servers that break one rule each")
    selftest.add_argument("--seed", type=int, default=0, help="of all random inputs")
    selftest.add_argument(
        "--all-checks",
        action="store_true",
        help="make all checks of its profile on each mutant, to see which notice it; takes minutes",
    )
    selftest.add_argument("--json", type=Path, metavar="FILE", help="write the table there")
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("--base-url", metavar="URL", help="the server (or SIM_BASE_URL)")
    run.add_argument("--mock", metavar="DIALECT", nargs="?", const="documented", help="try the embedded mock instead")
    run.add_argument("--config", type=Path, metavar="FILE", help="a TOML file with the settings")
    run.add_argument("--api-key", metavar="KEY", help="the key; others may see it here, in SIM_API_KEY they do not")
    run.add_argument(
        "--workflow",
        dest="workflows",
        action="append",
        metavar="NAME=ID",
        help="see guide for names; an id alone is that of echo",
    )
    run.add_argument("--workspace", metavar="ID", help="the workspace of the workflows")
    _add_profile(run)
    run.add_argument("--server-version", dest="version", help="whose known deviations count (default: find out)")
    run.add_argument("--budget-runs", type=int, metavar="N", help="executions that may be started at most")
    run.add_argument("--read-only", action="store_true", default=None, help="send nothing but GET")
    run.add_argument("--seed", type=int, help="of all random inputs (default 0)")
    run.add_argument("--examples", type=int, metavar="N", help="random inputs for each property (default 5)")
    run.add_argument("--report", type=Path, metavar="DIR", help="write report.html, report.json and junit.xml there")
    run.add_argument("-v", "--verbose", action="store_true", help="a line for each check")


def _add_profile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="all (the default), or some of core, response-block, stream, async, limits, logs, with commas",
    )


if __name__ == "__main__":
    sys.exit(main())
