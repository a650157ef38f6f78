"""Arguments and options that commands have in common."""

import datetime
import json
import re
import sys
from pathlib import Path
from typing import Any, Callable, List, Optional, TypeVar, Union

import click

from .configuration import configuration_path, read_configuration

__all__ = [
    "connection_options",
    "execution_options",
    "json_input",
    "json_option",
    "moment",
    "parse_json",
    "span",
    "timeout_option",
]

_F = TypeVar("_F", bound=Callable[..., Any])

_SPAN = re.compile(r"(\d{1,15}(?:\.\d+)?)(ms|s|m|h|d)")  # more digits might make more than a float holds
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}  # seconds


def parse_json(text: Union[str, bytes]) -> Any:
    """The value of an input.

    Raises:
        ValueError: It is none; the message says why.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None


def json_input(value: str) -> Any:
    """JSON as it stands, from a file (@FILE), or from standard input (-)."""
    try:
        return parse_json(_read(value))
    except OSError as error:
        raise click.BadParameter(f"cannot read {value[1:]!r}: {error.strerror}") from None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _read(value: str) -> Union[str, bytes]:
    if value == "-":
        return sys.stdin.buffer.read()
    return Path(value[1:]).read_bytes() if value.startswith("@") else value


def connection_options(command: _F) -> _F:
    """Which server, and in which form to answer. They are taken behind the command, and before it."""
    command = click.option(
        "--base-url",
        metavar="URL",
        help="The server. Default: SIM_BASE_URL, or https://sim.ai.",
        expose_value=False,
        callback=_remember,
    )(command)
    command = click.option(
        "--profile",
        metavar="NAME",
        help="The profile of the configuration file to use. Default: SIM_PROFILE.",
        expose_value=False,
        callback=_remember,
        shell_complete=_complete_profile,
    )(command)
    return json_option(command)


def json_option(command: _F) -> _F:
    """In which form to answer."""
    # Read by app.run, before the arguments are parsed.
    return click.option("--json", is_flag=True, expose_value=False, help="Write JSON, for programs.")(command)


def _remember(context: click.Context, parameter: click.Parameter, value: Optional[str]) -> None:
    # A shell that asks what may follow has no session.
    if value is not None and context.obj is not None and parameter.name is not None:
        setattr(context.obj, parameter.name, value)


def _complete_profile(context: click.Context, parameter: click.Parameter, incomplete: str) -> List[str]:
    try:
        names = read_configuration(configuration_path()).profiles
    except click.ClickException:
        return []
    return [name for name in names if name.startswith(incomplete)]


def execution_options(command: _F) -> _F:
    """What to run, with what."""
    command = click.option(
        "--select",
        "selected_outputs",
        multiple=True,
        metavar="blockName.attribute",
        help="An output to stream, such as agent1.content. May be given more than once.",
    )(command)
    command = click.option(
        "--input",
        "input_data",
        type=json_input,
        metavar="JSON|@FILE|-",
        help="The workflow's input: JSON, a file that holds it, or - for standard input.",
    )(command)
    return click.argument("workflow_id", metavar="WORKFLOW_ID")(command)


def timeout_option(text: str) -> Callable[[_F], _F]:
    """A time limit; `text` says of what."""
    return click.option("--timeout", type=float, metavar="SECONDS", help=text)


def span(text: str) -> float:
    """A time span, as seconds."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r} is no time span such as 500ms, 2s, 5m, 1h or 7d.")
    return float(match[1]) * _UNITS[match[2]]


def moment(text: str) -> datetime.datetime:
    """A point in time: a date, a date and time (in this machine's zone unless it names one), or how long ago."""
    try:
        if _SPAN.fullmatch(text):
            return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=span(text))
        return datetime.datetime.fromisoformat(re.sub("[Zz]$", "+00:00", text)).astimezone()
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(f"{text!r} is no time such as 2026-11-23, 2026-11-23T07:30 or 2h (ago).") from None
