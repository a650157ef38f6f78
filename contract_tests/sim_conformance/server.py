"""The server under test, as checks see it."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from sim_conformance.frames import StreamBody, read_stream
from sim_conformance.mock.contract import TERMINATOR, contract
from sim_conformance.mock.exchange import Frame, Headers, Reply
from sim_conformance.mock.jsons import Json, as_object
from sim_conformance.mock.operations import match
from sim_conformance.outcome import Deviation, DeviationSeen, Failure, Skipped, expect
from sim_conformance.reading import ids_in, objects_in, pause_after, text_in
from sim_conformance.settings import Settings
from sim_conformance.setup import MAIN_KEY
from sim_conformance.wire import Exchange, Wire, encoded

AGENT = "sim-conformance"

LIMITED_TRIES = 10
"""How often a request is sent that the server's rate limit refuses, where the check is not about limits."""

LONGEST_WAIT = 120.0
"""Seconds to wait at most until a rate limit opens again: twice the window of real servers."""

REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 429})
"""Statuses of requests that a server turns away before it runs anything."""

TERMINAL = frozenset({"completed", "failed", "cancelled"})


class Budget:
    """Executions that may still be started.

    Args:
        runs: None for any number.
    """

    def __init__(self, runs: int | None) -> None:
        self.limit = runs
        self.used = 0

    def covers(self, runs: int) -> bool:
        """Whether that many more may be started."""
        return self.limit is None or self.used + runs <= self.limit


class Server:
    """Sends requests on behalf of checks, and keeps what came of them.

    Args:
        version: whose known deviations count.
        run_id: stands in every input, so that an operator knows whose runs these are.

    Attributes:
        exchanges: what was said since the current check began.
    """

    def __init__(self, settings: Settings, wire: Wire, budget: Budget, *, version: str, run_id: str) -> None:
        self.settings = settings
        self.version = version
        self.run_id = run_id
        self.exchanges: list[Exchange] = []
        self._wire = wire
        self._budget = budget
        self._tokens = 0
        self._closed: set[tuple[str | None, str | None]] = set()

    # What is set up

    def has(self, ingredient: str) -> bool:
        """Whether it is set up."""
        return ingredient in self.settings.ingredients

    def __getitem__(self, ingredient: str) -> str:
        """The id or key of something that is set up.

        Raises:
            KeyError: when it is not; a check names what it needs.
        """
        return self.settings.ingredients[ingredient]

    def token(self) -> str:
        """A text that no other input of this or another run holds."""
        self._tokens += 1
        return f"sim-conformance {self.run_id} {self._tokens}"

    def known(self, deviation: Deviation, seen: object) -> None:
        """End the check when a known deviation is seen.

        Raises:
            DeviationSeen: when the server's version is known for it.
            Failure: when only other versions are.
        """
        if not seen:
            return
        if self.version in deviation.versions:
            raise DeviationSeen(deviation)
        versions = ", ".join(deviation.versions)
        raise Failure(f"{deviation.seen} (servers of {versions} do, but this one is taken for {self.version})")

    # Requests

    def send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = MAIN_KEY,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float | None = None,
        leave_after: int | None = None,
        agent: str | None = AGENT,
        patient: bool = True,
    ) -> Exchange:
        """Send a request; a complete answer is expected unless the caller gives up first.

        Args:
            key: the name of a key that is set up, another text to send as key, or None to send none.
            patient: wait and send again when a rate limit refuses it.

        Raises:
            Failure: when no complete answer came, without a `timeout` of the caller.
            Skipped: when the server's rate limit does not let it pass, or it is no GET and only reading is allowed.
        """
        if self.settings.read_only and method != "GET":
            raise Skipped(f"it sends a {method}, and --read-only forbids that")
        named = {"User-Agent": agent} if agent is not None else {}
        if key is not None:
            named["X-API-Key"] = self.settings.ingredients.get(key, key)
        named |= headers or {}

        def send_once() -> Exchange:
            exchange = self._wire.send(
                method, path, named, body, timeout=timeout, leave_after=leave_after, kept_in=self.exchanges
            )
            self._budget.used += self._may_have_run(exchange)
            return exchange

        exchange = self._until_open(send_once, key) if patient else send_once()
        if exchange.problem and timeout is None:
            raise Failure(f"{method} {path}: {exchange.problem}")
        return exchange

    def _until_open(self, send_once: Callable[[], Exchange], key: str | None) -> Exchange:
        waited = 0.0
        for tries in itertools.count(1):
            exchange = send_once()
            limit = (key, operation_of(exchange))
            if exchange.status != 429:
                self._closed.discard(limit)
                return exchange
            pause = max(pause_after(exchange), self.settings.poll_interval)
            waited += pause
            # One that stayed closed once is not waited for again, or a run would take hours.
            if tries == LIMITED_TRIES or waited > LONGEST_WAIT or limit in self._closed:
                self._closed.add(limit)
                break
            time.sleep(pause)
        raise Skipped("the server's rate limit leaves no room for this check: take a key of a plan that allows more")

    def wait(self, seconds: float) -> None:
        """Wait as long as the server asks for.

        Raises:
            Skipped: when that is too long.
        """
        if seconds > LONGEST_WAIT:
            raise Skipped(f"the server says to wait {seconds:.0f} s, and the suite waits {LONGEST_WAIT:.0f} s at most")
        time.sleep(seconds)

    def get(self, path: str, query: Mapping[str, Any] | None = None, **options: Any) -> Exchange:
        """GET; options as for `send`."""
        return self.send("GET", path + (f"?{urlencode(query)}" if query else ""), **options)

    def execute(
        self,
        workflow: str,
        body: Any,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        **options: Any,
    ) -> Exchange:
        """Ask for a run of a workflow; options as for `send`.

        Args:
            workflow: the name of one that is set up, or another id.
            body: is sent as JSON.
            raw: the body's bytes, instead of `body`.
        """
        content = raw if raw is not None else encoded(body)
        sent = {"Content-Type": "application/json"} | dict(headers or {})
        return self.send(method, self.run_path(workflow), headers=sent, body=content, **options)

    def _may_have_run(self, exchange: Exchange) -> bool:
        # Too many counted cost a check, too few money: what is not certainly refused counts, answered or not.
        if operation_of(exchange) != "executeWorkflow":
            return False
        if exchange.path == self.run_path("response-block"):
            # Its author chooses the status and the body.
            return exchange.status not in (401, 429)
        return exchange.status not in REFUSALS or tells_of_a_run(exchange)

    def count_runs(self, runs: int) -> None:
        """Count executions that were not asked for through this object."""
        self._budget.used += runs

    def run_path(self, workflow: str) -> str:
        """The path that runs a workflow."""
        return f"/api/workflows/{quote(self.settings.ingredients.get(workflow, workflow), safe='')}/execute"

    def status(self, workflow: str, **options: Any) -> Exchange:
        """Ask whether a workflow is deployed."""
        workflow_id = quote(self.settings.ingredients.get(workflow, workflow), safe="")
        return self.get(f"/api/workflows/{workflow_id}/status", **options)

    def succeed(self, workflow: str, body: Any, **options: Any) -> dict[str, Any]:
        """The fields of a run that has to succeed.

        Raises:
            Failure: when it does not.
        """
        exchange = self.execute(workflow, body, **options)
        exchange.expect_status(200)
        fields = exchange.fields()
        expect(fields.get("success") is True, f"a run of {workflow} did not succeed: {fields.get('error')!r}")
        return fields

    def echo(self, body: Any, **options: Any) -> Json:
        """What the workflow `echo` received as its input.

        Raises:
            Failure: when the run did not succeed or gave back nothing.
        """
        return echoed(self.succeed("echo", body, **options).get("output"))

    def stream(self, workflow: str, body: Mapping[str, Any], **options: Any) -> tuple[Exchange, StreamBody]:
        """A streamed run, and its frames.

        Raises:
            Failure: when the answer is no event stream.
        """
        exchange = self.execute(workflow, {**body, "stream": True}, **options)
        exchange.expect_status(200)
        expect(exchange.media_type == "text/event-stream", f"a stream came as {exchange.media_type!r}")
        return exchange, read_stream(exchange.answer)

    # Jobs

    def start_job(self, workflow: str, body: Any, **options: Any) -> Exchange:
        """Ask for a run in the background."""
        return self.execute(workflow, body, headers={"X-Execution-Mode": "async"}, **options)

    def job_id(self, accepted: Exchange) -> str:
        """The id of the job that an answer names.

        Raises:
            Failure: when it names none.
        """
        accepted.expect_status(202)
        fields = accepted.fields()
        return text_in(fields, "taskId" if "taskId" in fields else "jobId")

    def job(self, job_id: str, **options: Any) -> Exchange:
        """Ask how far a job has come."""
        return self.get(f"/api/jobs/{quote(job_id, safe='')}", **options)

    def follow_job(self, job_id: str) -> Iterator[dict[str, Any]]:
        """What the job says of itself, from now to its end.

        Raises:
            Failure: when it does not end in time.
        """
        for _ in self.attempts():
            exchange = self.job(job_id)
            exchange.expect_status(200)
            yield exchange.fields()
            if has_ended(exchange.fields()):
                return
        raise Failure(f"the job did not end within {self.settings.patience:g} s")

    def finished_job(self, workflow: str, body: Any) -> dict[str, Any]:
        """How a job of a workflow ends."""
        return list(self.follow_job(self.job_id(self.start_job(workflow, body))))[-1]

    # Logs

    def logs(self, query: Mapping[str, Any] | None = None, **options: Any) -> Exchange:
        """A page of the logs of the main workspace."""
        return self.get("/api/v1/logs", {"workspaceId": self["main-workspace"], **(query or {})}, **options)

    def log_entries(self, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The entries of a page.

        Raises:
            Failure: when the answer is no page.
        """
        exchange = self.logs(query)
        exchange.expect_status(200)
        return objects_in(exchange.fields(), "data")

    def logged_run(self, workflow: str, body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """A run's result, and its entry in the logs once that is written.

        Raises:
            Failure: when it is not logged in time.
        """
        before = set(ids_in(self._newest(workflow)))
        result = self.execute(workflow, body).fields()
        return result, self.awaited(lambda: self._new_entry(workflow, before), "the run is not in the logs")

    def awaited(self, look: Callable[[], dict[str, Any] | None], otherwise: str) -> dict[str, Any]:
        """What a look finds at last.

        Raises:
            Failure: with those words, when it finds nothing in time.
        """
        for _ in self.attempts():
            found = look()
            if found is not None:
                return found
        raise Failure(f"{otherwise} within {self.settings.patience:g} s")

    def attempts(self) -> Iterator[None]:
        """Pauses between looks at something that takes its time, as long as the patience lasts."""
        end = time.monotonic() + self.settings.patience
        yield
        while time.monotonic() < end:
            time.sleep(self.settings.poll_interval)
            yield

    def _newest(self, workflow: str) -> list[dict[str, Any]]:
        return self.log_entries({"workflowIds": self[workflow], "limit": 20})

    def _new_entry(self, workflow: str, before: set[str]) -> dict[str, Any] | None:
        new = [entry for entry in self._newest(workflow) if text_in(entry, "id") not in before]
        ended = [entry for entry in new if entry.get("endedAt")]
        return ended[0] if ended else None

    # The description

    def expect_described(self, exchange: Exchange) -> None:
        """Let the check fail unless the answer is one that the API's description allows.

        Raises:
            Failure: when it is not.
        """
        problems = described_problems(exchange)
        expect(not problems, f"{exchange.method} {exchange.path} ({exchange.status}): " + "; ".join(problems[:3]))


def tells_of_a_run(exchange: Exchange) -> bool:
    """Whether an answer says what came of a run, as that of a workflow whose author made a mistake does with a 400."""
    try:
        fields = exchange.fields()
    except Failure:
        return False
    return not {"output", "metadata"}.isdisjoint(fields)


def has_ended(job: Mapping[str, Any]) -> bool:
    """Whether a job's state is one that no other follows."""
    return str(job.get("status")) in TERMINAL


def expect_schema(schema: str, value: Json) -> None:
    """Let the check fail unless a value is what a schema of the API's description allows.

    Raises:
        Failure: when it is not.
    """
    problems = contract().check_value(schema, value)
    expect(not problems, f"no {schema}: " + "; ".join(problems[:3]))


def described_problems(exchange: Exchange) -> list[str]:
    """What the API's description does not allow in an answer."""
    operation = operation_of(exchange)
    if operation is None:
        return ["the path is none of the API's"]
    reply = Reply(exchange.status, Headers(exchange.answer_headers), exchange.answer)
    if exchange.media_type == "text/event-stream":
        stream = read_stream(exchange.answer)
        reply.frames = (*(Frame(event) for event in stream.events), Frame(TERMINATOR))
    elif exchange.media_type == "application/json":
        exchange.json()
    return [f"{one.location}: {one.message}" for one in contract().check_response(operation, reply)]


def operation_of(exchange: Exchange) -> str | None:
    """The operationId of a request; None where its path is none of the API's."""
    matched = match(exchange.path.partition("?")[0])
    return matched[0] if matched else None


def echoed(output: Any) -> Json:
    """What the workflow `echo` put into its output.

    Raises:
        Failure: when there is nothing of the kind.
    """
    result = as_object((as_object(output) or {}).get("result"))
    if result is None or "echo" not in result:
        raise Failure(f"the output of echo has no result.echo: {output!r}")
    return result["echo"]
