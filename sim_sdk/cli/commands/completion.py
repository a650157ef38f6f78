"""The command `sim completion`."""

import click
from click.shell_completion import get_completion_class

from sim_sdk.cli.failures import ExitCode

__all__ = ["completion"]


@click.command(short_help="Write the script that completes sim in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> ExitCode:
    """Write the script that makes a shell complete sim's commands, options and profiles.

    \b
    bash:  echo 'eval "$(sim completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(sim completion zsh)"' >> ~/.zshrc
    fish:  sim completion fish > ~/.config/fish/completions/sim.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"this version of click completes nothing in {shell}")
    try:
        click.echo(kind(context.find_root().command, {}, "sim", "_SIM_COMPLETE").source())
    except RuntimeError as error:  # from older versions of click, about an old bash
        raise click.ClickException(str(error)) from None
    return ExitCode.SUCCESS
