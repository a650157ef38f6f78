"""The commands `sim webhook listen` and `sim webhook send`."""

import errno
import os
import sys
from typing import Any, Optional, Sequence

import click

from sim_sdk.cli.failures import ConfigurationError, ExitCode
from sim_sdk.cli.parameters import json_input, json_option
from sim_sdk.cli.session import Session
from sim_sdk.cli.signals import on_signal

__all__ = ["webhook"]

_TIMEOUT = 30.0  # seconds; Sim waits as long
_PORT = 8787


@click.group(no_args_is_help=False)
def webhook() -> None:
    """Try webhooks out: receive deliveries, or make one.

    The secret is read from the environment variable SIM_WEBHOOK_SECRET, or asked for; or from the first line of
    standard input with `--secret -`. Given as an argument it shows in the machine's list of processes.
    """


@webhook.command()
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0 for any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--secret",
    metavar="SECRET|-",
    multiple=True,
    help="The webhook's secret, or - for standard input. While one replaces another give both.",
)
@click.option(
    "--tolerance", type=click.FloatRange(0), default=300, show_default=True, help="How old, in seconds, one may be."
)
@click.option(
    "--answer",
    type=click.IntRange(200, 599),
    default=200,
    show_default=True,
    metavar="STATUS",
    help="The HTTP status for good deliveries; after a 5xx or 429 Sim delivers again.",
)
@click.option("--count", type=click.IntRange(1), help="End after so many good deliveries. Default: at Ctrl-C.")
@json_option
@click.pass_obj
def listen(
    session: Session,
    port: int,
    host: str,
    secret: Sequence[str],
    tolerance: float,
    answer: int,
    count: Optional[int],
) -> ExitCode:
    """Receive webhook deliveries, verify them, and show what they say.

    Deliveries go to any path of the address. One that is not signed with the secret, or is too old, is answered with
    401, and shown with the reason. With --json each is a line.
    """
    from sim_sdk.cli.webhook.listener import Listener

    secrets = [_read_secret(given) for given in secret] or [_configured_secret()]
    try:
        listener = Listener(host, port, secrets, tolerance=tolerance, answer=answer)
    except OSError as error:
        hint = "--port 0 takes any free port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else None
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise ConfigurationError(f"cannot listen at {where}: {error.strerror or error}", hint) from None
    with listener, on_signal(listener.stop, _interrupt):
        session.view.listening(listener.url)
        good = 0
        for delivery in listener:
            session.view.delivery(delivery)
            good += delivery.error is None
            if good == count:
                return ExitCode.SUCCESS
    session.view.stopped()
    return ExitCode.INTERRUPTED


@webhook.command()
@click.argument("url", metavar="URL")
@click.option("--secret", metavar="SECRET|-", help="The secret to sign it with, or - for standard input.")
@click.option("--workflow", "workflow_id", metavar="ID", default="test-workflow", help="The workflow of the event.")
@click.option("--failed", is_flag=True, help="An execution that failed.")
@click.option(
    "--event", type=json_input, metavar="JSON|@FILE|-", help="Another event to deliver, instead of a made-up one."
)
@click.option("--timeout", type=float, default=_TIMEOUT, show_default=True, metavar="SECONDS", help="Time limit.")
@json_option
@click.pass_obj
def send(
    session: Session,
    url: str,
    secret: Optional[str],
    workflow_id: str,
    failed: bool,
    event: Any,
    timeout: float,
) -> ExitCode:
    """Make a signed test delivery to URL, and show how it is answered.

    The exit code is 0 where the receiver took it (2xx), 3 where it did not.
    """
    from sim_sdk.cli.webhook.sample import sample_event
    from sim_sdk.cli.webhook.sender import send as deliver

    if event is None:
        event = sample_event(workflow_id, failed=failed)
    key = _configured_secret() if secret is None else _read_secret(secret)
    with session.view.waiting("the receiver", timeout):
        sent = deliver(url, event, key, timeout=timeout)
    session.view.sent(sent)
    return ExitCode.SUCCESS if sent.accepted else ExitCode.REFUSED


def _interrupt() -> None:
    raise KeyboardInterrupt


def _read_secret(given: str) -> str:
    if given != "-":
        return given
    line = sys.stdin.readline().strip()
    if not line:
        raise click.UsageError("--secret -: standard input holds no secret.")
    return line


def _configured_secret() -> str:
    secret = os.environ.get("SIM_WEBHOOK_SECRET")
    if secret:
        return secret
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "there is no webhook secret", hint="set SIM_WEBHOOK_SECRET, or give it on standard input with --secret -"
        )
    entered: str = click.prompt("The webhook's secret", hide_input=True, err=True)
    return entered
