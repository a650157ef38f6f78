"""The demonstration: what the SDK does, step by step, against a mock of Sim in this process."""

import sys

import click

from sim_sdk.cli.failures import ExitCode

__all__ = ["play"]


class _Unavailable(click.ClickException):
    """The demonstration cannot be played here."""

    exit_code = ExitCode.USAGE


def play(dialect: str, *, fast: bool) -> ExitCode:
    """Play the demonstration.

    Args:
        dialect: The version of Sim that is mocked.
        fast: Without the pauses that let people follow it.

    Raises:
        click.ClickException: The mock cannot run here, or a step did not do what it shows.
    """
    if sys.version_info < (3, 11):
        raise _Unavailable("sim demo runs a mock server, which needs Python 3.11 or later.")
    try:
        from .stage import Stage
    except ImportError:
        raise _Unavailable('sim demo runs a mock server: install "sim-sdk[demo]".') from None
    with Stage(dialect, fast=fast) as stage:
        stage.play()
    return ExitCode.SUCCESS
