"""Arguments and options that commands have in common."""

import json
import sys
from pathlib import Path
from typing import Any, Callable, TypeVar, Union

import click

__all__ = ["connection_options", "execution_options", "parse_json", "timeout_option"]

_F = TypeVar("_F", bound=Callable[..., Any])


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


def _json_input(value: str) -> Any:
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
    """Where the server is, and in which form to answer."""
    command = click.option("--base-url", metavar="URL", help="The server. Default: SIM_BASE_URL, or https://sim.ai.")(
        command
    )
    # Read by app.run, before the arguments are parsed.
    return click.option("--json", is_flag=True, expose_value=False, help="Write JSON, for programs.")(command)


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
        type=_json_input,
        metavar="JSON|@FILE|-",
        help="The workflow's input: JSON, a file that holds it, or - for standard input.",
    )(command)
    return click.argument("workflow_id", metavar="WORKFLOW_ID")(command)


def timeout_option(text: str) -> Callable[[_F], _F]:
    """A time limit; `text` says of what."""
    return click.option("--timeout", type=float, metavar="SECONDS", help=text)
