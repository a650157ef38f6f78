"""The commands: each reads its arguments, calls the SDK, shows what came back, and returns the exit code."""

import click

from sim_sdk._version import __version__
from sim_sdk.cli.parameters import connection_options

from .account import config, limits
from .completion import completion
from .demo import demo
from .logs import logs
from .runs import batch, job, run, status, stream
from .webhook import webhook

__all__ = ["sim"]


@click.group(no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sim-sdk")
@connection_options
def sim() -> None:
    """Run Sim workflows.

    The API key is read from the environment variable SIM_API_KEY, or from a profile of the configuration file; `sim
    config` shows what is in force. Results go to standard output, all else to standard error. Colours are for
    terminals, and not where NO_COLOR is set.

    \b
    Exit codes:
      0    success
      1    the workflow ran and failed, its job failed or was cancelled, or not
           all of a batch succeeded
      2    wrong usage or configuration; nothing was sent
      3    the server refused, or the request could not run
      4    a rate limit or the usage limit
      5    a time limit passed
      6    no connection, or it broke
      130  Ctrl-C, or SIGTERM while a batch runs or deliveries are received
      141  the output cannot be written: whoever read it has gone, or the disk
           is full
    """


for _command in (batch, completion, config, demo, job, limits, logs, run, status, stream, webhook):
    sim.add_command(_command)
