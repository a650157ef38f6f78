"""The steps of the demonstration, each with its code, what it shows, and a check that it did."""

import inspect
import textwrap
import time
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Type

import click
from rich.console import RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from sim_sdk import SimStudioClient, SimStudioError, WorkflowExecutionResult, __version__
from sim_sdk.cli.consoles import make_console
from sim_sdk.cli.display import Display
from sim_sdk.cli.human import refusal, summary
from sim_sdk.cli.meters import usage_table
from sim_sdk.cli.values import json_text
from sim_sdk.cli.waiting import Countdown, JobProgress
from sim_sdk.cli.wording import seconds
from sim_sdk.results import read_job_result

from . import scenery, script

_PAUSE = 0.6  # seconds between two steps

_NEXT = """\
export SIM_API_KEY=…   # and SIM_BASE_URL for a server of your own
sim run WORKFLOW_ID --input '{"message": "Hello"}'"""


class Stage:
    """Plays the steps. A context manager: the mock runs inside.

    Args:
        dialect: The version of Sim that is mocked.
        fast: Without the pauses that let people follow it.
    """

    def __init__(self, dialect: str, *, fast: bool) -> None:
        self._fast = fast
        self._sim = scenery.mock_sim(dialect, fast=fast)
        self._console = make_console()
        self._display = Display(self._console)
        self._clock = Countdown(self._console, self._display)

    def __enter__(self) -> "Stage":
        self._sim.start()
        self._client = SimStudioClient(self._sim.api_key, self._sim.base_url, clock=self._clock)
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._client.close()
        self._sim.stop()

    def play(self) -> None:
        """Play all steps.

        Raises:
            click.ClickException: One did not do what it shows.
        """
        self._open()
        self._run()
        self._stream()
        self._follow_job()
        self._survive_rate_limit()
        self._look_at_limits()
        _check(not self._sim.violations, "all exchanges keep to the API's description")
        self._close()

    def _open(self) -> None:
        about = Text.assemble(
            ("sim-sdk ", "bold"),
            (__version__, "bold"),
            f" meets a mock of Sim (dialect {self._sim.dialect}) at {self._sim.base_url}\n",
            ("What you read below is the code that runs.", "dim"),
        )
        self._console.print(Panel(about, border_style="cyan", expand=False))

    def _run(self) -> None:
        self._announce("1", "Run a workflow", script.run)
        result = script.run(self._client)
        self._show(json_text(result.output))
        self._show(summary(result))
        _check(result.success and _output(result, "result") == scenery.TRIAGE, "the run gives its output")

    def _stream(self) -> None:
        self._announce("2", "Watch its output while it is made", script.stream)
        pieces: List[str] = []
        with Live(console=self._console, transient=True) as live:

            def show(text: str) -> None:
                pieces.append(text)
                live.update(_indented(Text("".join(pieces))), refresh=True)

            result = script.stream(self._client, show)
        self._show(Text("".join(pieces)))
        self._show(Text(f"{len(pieces)} pieces", "dim"))
        self._show(summary(result))
        _check(result.success and len(pieces) > 1, "the reply comes in pieces")
        _check("".join(pieces) == scenery.REPLY, "the pieces make the reply")

    def _follow_job(self) -> None:
        self._announce("3", "Queue a run and follow its job", script.follow_job)
        states: List[str] = []
        progress = JobProgress(self._console, self._display)

        def show(job: Dict[str, Any]) -> None:
            states.append(job["status"])
            progress.update(job)

        with self._clock.silenced(), progress.shown():
            job = script.follow_job(self._client, show)
        result = read_job_result(job)
        self._show(Text(" → ".join(dict.fromkeys(states)), "cyan"))
        self._show(json_text(result.output))
        self._show(summary(result))
        _check(states[0] != "completed" and states[-1] == "completed", "the job is seen under way, and at its end")
        _check(result.success and _output(result, "result") == scenery.REPORT, "the job gives the report")

    def _survive_rate_limit(self) -> None:
        self._announce("4", "Meet a rate limit, and survive it", script.survive_rate_limit)
        scenery.meet_rate_limit(self._sim, fast=self._fast)
        refusals: List[SimStudioError] = []

        def show(error: SimStudioError, wait: float) -> None:
            refusals.append(error)
            self._show(refusal(error))

        result = script.survive_rate_limit(self._client, show)
        self._show(Text(f"waited {seconds(self._clock.waited)} in all", "yellow"))
        self._show(summary(result))
        _check(len(refusals) > 0 and result.success, "the run is refused at first, and succeeds in the end")
        _check(self._clock.waited > 0, "the waiting is seen")

    def _look_at_limits(self) -> None:
        self._announce("5", "See what is left", script.look_at_limits)
        limits = script.look_at_limits(self._client)
        self._show(usage_table(limits))
        _check(limits.success and limits.rate_limit["sync"]["limit"] > 0, "the limits are told")
        _check(limits.usage["currentPeriodCost"] > 0, "the runs have their cost")

    def _close(self) -> None:
        text = Text.assemble(("All of it worked. On a real server:\n\n", "bold"), (_NEXT, "cyan"))
        self._console.print()
        self._console.print(Panel(text, border_style="green", expand=False))

    def _announce(self, number: str, title: str, code: Callable[..., Any]) -> None:
        if not self._fast and number != "1":
            time.sleep(_PAUSE)
        self._console.print()
        self._console.rule(Text.assemble((f"{number}  ", "bold cyan"), (title, "bold")), align="left", style="cyan")
        self._console.print()
        self._show(Syntax(_body(code), "python", theme="ansi_dark", background_color="default", word_wrap=True))
        self._console.print()

    def _show(self, what: RenderableType) -> None:
        self._console.print(_indented(what))


def _output(result: WorkflowExecutionResult, name: str) -> Any:
    return result.output.get(name) if isinstance(result.output, dict) else None


def _indented(what: RenderableType) -> RenderableType:
    return Padding.indent(what, 2)


def _body(code: Callable[..., Any]) -> str:
    _, lines = inspect.getsource(code).split("\n", 1)
    return textwrap.dedent(lines).rstrip()


def _check(held: bool, what: str) -> None:
    """Hold the demonstration to what it shows."""
    if not held:
        raise click.ClickException(f"the demonstration failed: it is not so that {what}.")
