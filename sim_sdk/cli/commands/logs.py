"""The commands `sim logs` and `sim logs show`."""

from typing import TYPE_CHECKING, Any, Dict, Optional, cast

import click

from sim_sdk.cli.failures import ConfigurationError, ExitCode
from sim_sdk.cli.parameters import connection_options, moment, span
from sim_sdk.cli.session import Session
from sim_sdk.cli.view import View
from sim_sdk.client import SimStudioClient
from sim_sdk.errors import ConnectionFailedError, NotFoundError, RateLimitError, RequestTimeoutError, ServerError
from sim_sdk.logs import LogFilters

if TYPE_CHECKING:
    from sim_api.v1.models import LogDetail

__all__ = ["logs"]

_LIMIT = 20
_INTERVAL = 5.0  # seconds
_PASSING = (ConnectionFailedError, RateLimitError, RequestTimeoutError, ServerError)


def _names(text: str) -> Any:
    return {"multiple": True, "metavar": text}


@click.group(invoke_without_command=True)
@click.option("--workspace", "workspace_id", metavar="ID", help="The workspace. Default: SIM_WORKSPACE.")
@click.option("--level", type=click.Choice(["info", "error"]), help="Only executions that succeeded, or that failed.")
@click.option("--workflow", "workflow_ids", **_names("ID"), help="Of this workflow. May be given more than once.")
@click.option("--folder", "folder_ids", **_names("ID"), help="Of workflows in this folder. May be repeated, too.")
@click.option("--trigger", "triggers", **_names("KIND"), help="Started by: api, webhook, schedule, manual, chat.")
@click.option("--execution", "execution_id", metavar="ID", help="The execution of this id.")
@click.option(
    "--since", "start_date", type=moment, metavar="TIME", help="Started then or later: 2026-11-23T07:30, or 2h ago."
)
@click.option("--until", "end_date", type=moment, metavar="TIME", help="Started then or earlier.")
@click.option("--min-duration", type=span, metavar="SPAN", help="Took this long at least: 500ms, 2s, 5m.")
@click.option("--max-duration", type=span, metavar="SPAN", help="Took this long at most.")
@click.option("--min-cost", type=float, metavar="DOLLARS", help="Cost this much at least.")
@click.option("--max-cost", type=float, metavar="DOLLARS", help="Cost this much at most.")
@click.option("--model", metavar="NAME", help="Used this model.")
@click.option("--order", type=click.Choice(["desc", "asc"]), help="Newest first (as by default), or oldest first.")
@click.option("--limit", type=int, metavar="N", help="How many. Default: 20.")
@click.option("--cursor", help="Where to go on: what the page before named.")
@click.option("--all", "all_pages", is_flag=True, help="All that there are.")
@click.option("--details", type=click.Choice(["basic", "full"]), default="full", help="basic leaves out names.")
@click.option("--spans", "include_trace_spans", is_flag=True, help="With --json: with the trace spans.")
@click.option("--output", "include_final_output", is_flag=True, help="With --json: with the workflow's output.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--interval", type=click.FloatRange(0.1), metavar="SECONDS", help="How often --follow looks. Default: 5.")
@connection_options
@click.pass_context
def logs(
    context: click.Context,
    /,
    workspace_id: Optional[str],
    all_pages: bool,
    follow: bool,
    interval: Optional[float],
    min_duration: Optional[float],
    max_duration: Optional[float],
    **filters: Any,
) -> Optional[ExitCode]:
    """Show a workspace's executions, newest first; or one of them.

    Each with when it started, what started it, how long it took, what it cost, and its id, for `sim logs show`. With
    --json a page is one document; with --all or --follow each execution is a line, and with --follow there are two of
    one that was seen while it ran.
    """
    if context.invoked_subcommand is not None:
        return None
    session: Session = context.obj
    if follow and (all_pages or filters["cursor"] or filters["order"]):
        raise click.UsageError("--follow goes neither with --all nor with --cursor or --order.")
    if all_pages and filters["limit"] is not None:
        raise click.UsageError("--all goes without --limit.")
    if interval is not None and not follow:
        raise click.UsageError("--interval goes with --follow.")
    if not all_pages and filters["limit"] is None:
        filters["limit"] = _LIMIT
    workspace = _require_workspace(session, workspace_id)
    asked = _filters(filters, min_duration, max_duration)
    with session.connect() as client:
        if follow:
            return _follow(session.view, client, workspace, asked, interval or _INTERVAL)
        if all_pages:
            return _show_all(session.view, client, workspace, asked)
        with session.waiting():
            page = client.logs.list(workspace_id=workspace, **asked)
        session.view.logs(page)
    return ExitCode.SUCCESS


@logs.command(short_help="Show one execution, its blocks as a tree.")
@click.argument("log_id", metavar="ID")
@click.option("--workspace", "workspace_id", metavar="ID", help="The workspace, where ID is an execution's.")
@click.option("--data", is_flag=True, help="With what each block received and gave.")
@connection_options
@click.pass_obj
def show(session: Session, log_id: str, workspace_id: Optional[str], data: bool) -> ExitCode:
    """Show one execution: its blocks as a tree, with the time of each, and its output.

    ID is the log's, as `sim logs` shows it; or the execution's, as `sim run` tells it, if the workspace is known.
    """
    context = click.get_current_context()
    of_group = context.parent.params["workspace_id"] if context.parent is not None else None
    workspace = session.workspace(workspace_id or of_group)
    with session.connect() as client, session.view.waiting("the server"):
        log = _find(session, client, log_id, workspace)
    session.view.log(log, data=data)
    return ExitCode.SUCCESS


def _require_workspace(session: Session, given: Optional[str]) -> str:
    workspace = session.workspace(given)
    if workspace is None:
        raise ConfigurationError(
            "there is no workspace to show the logs of",
            hint="--workspace ID names one, and so does SIM_WORKSPACE; the id is in the URL of Sim's editor",
        )
    return workspace


def _filters(options: Dict[str, Any], min_duration: Optional[float], max_duration: Optional[float]) -> LogFilters:
    """The options as the SDK's filters, which leave out what is None or False."""
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
    given["min_duration_ms"] = _milliseconds(min_duration)
    given["max_duration_ms"] = _milliseconds(max_duration)
    return cast("LogFilters", {name: value for name, value in given.items() if value != []})


def _milliseconds(seconds: Optional[float]) -> Optional[int]:
    return None if seconds is None else round(seconds * 1000)


def _show_all(view: View, client: SimStudioClient, workspace: str, filters: LogFilters) -> ExitCode:
    show = view.log_entries()
    for entry in client.logs.iter(workspace_id=workspace, **filters):
        show(entry)
    return ExitCode.SUCCESS


def _follow(view: View, client: SimStudioClient, workspace: str, filters: LogFilters, interval: float) -> ExitCode:
    from sim_sdk.cli.logs.follow import Follower

    follower = Follower(client, workspace, filters)
    show = view.log_entries()
    try:
        for entry in follower.poll():
            show(entry)
        while True:
            view.pause(follower.wait(interval), "following the executions")
            try:
                for entry in follower.poll():
                    show(entry)
            except _PASSING as error:
                view.warning(f"{error}; trying again")
    except KeyboardInterrupt:
        view.stopped()
        return ExitCode.INTERRUPTED


def _find(session: Session, client: SimStudioClient, wanted: str, workspace: Optional[str]) -> "LogDetail":
    """The log of that id, or of the execution of that id."""
    try:
        return client.logs.get(wanted)
    except NotFoundError:
        if workspace is None:
            session.hint = "if it is an execution's id, and not a log's, say of which workspace: --workspace ID"
            raise
        found = client.logs.list(workspace_id=workspace, execution_id=wanted, limit=1).data
        if not found:
            raise
    return client.logs.get(found[0].id)
