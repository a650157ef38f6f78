"""The command `sim demo`."""

import click

from sim_sdk.cli.failures import ExitCode

__all__ = ["demo"]


@click.command(short_help="Show what the SDK does, without a key.")
@click.option(
    "--dialect",
    type=click.Choice(["documented", "2025-10", "2026-08"]),
    default="documented",
    show_default=True,
    help="The version of Sim that is mocked.",
)
@click.option("--fast", is_flag=True, help="Don't pace it for people.")
def demo(dialect: str, fast: bool) -> ExitCode:
    """Show what the SDK does, against a mock of Sim: no account and no key."""
    from sim_sdk.cli.demo import play

    return play(dialect, fast=fast)
