"""Commands about the account, and about what is configured."""

import click

from sim_sdk.cli.failures import ExitCode
from sim_sdk.cli.parameters import connection_options
from sim_sdk.cli.session import Session

__all__ = ["config", "limits"]


@click.command()
@connection_options
@click.pass_obj
def limits(session: Session) -> ExitCode:
    """Show the account's rate limits and usage."""
    with session.connect() as client, session.waiting():
        found = client.get_usage_limits()
    session.view.limits(found)
    return ExitCode.SUCCESS


@click.command()
@connection_options
@click.pass_obj
def config(session: Session) -> ExitCode:
    """Show what is configured, and where it comes from. The key itself is not shown.

    An option counts most, then the profile that --profile names, then the environment (SIM_BASE_URL, SIM_API_KEY,
    SIM_WORKSPACE), then the profile that SIM_PROFILE or the file's default_profile names, or else the one named
    default. The file is $XDG_CONFIG_HOME/sim/config.toml, where XDG_CONFIG_HOME is ~/.config by default; on Windows it
    is %APPDATA%\\sim\\config.toml.

    \b
    default_profile = "hosted"
    [profiles.hosted]
    api_key = "..."
    [profiles.own]
    base_url = "https://sim.example"
    api_key = "..."
    workspace = "..."
    """
    session.view.configuration(session.configure())
    return ExitCode.SUCCESS
