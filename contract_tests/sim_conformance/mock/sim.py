"""MockSim: a Sim for tests, in the test's own process."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from sim_conformance.mock.app import mock_app
from sim_conformance.mock.behaviours import Behaviour
from sim_conformance.mock.clock import Clock
from sim_conformance.mock.contract import Violation
from sim_conformance.mock.exchange import Distortion
from sim_conformance.mock.faults import Fault, Faults
from sim_conformance.mock.jobs import JobState, job_states
from sim_conformance.mock.journal import Journal
from sim_conformance.mock.jsons import Json
from sim_conformance.mock.limits import Rate, RateWindow
from sim_conformance.mock.server import BackgroundServer
from sim_conformance.mock.state import EXPIRED_KEY, MAIN_KEY, OTHER_KEY, WORKSPACE, Account, ApiKey, Mode
from sim_conformance.mock.world import World


class MockSim:
    """A Sim on a real socket, served by a thread.

    Workflows with these ids are there: `echo`, `failing`, `slow`, `agent`, `dying-stream`, `response-block`,
    `undeployed`, `no-trigger`, `other-users`, and those of the documentation's samples.

    Args:
        dialect: `documented`, `2025-10` or `2026-08`.
        port: 0 for any free one.
        seed: of all ids and durations.
        clock: the time of rate windows, jobs and logs; None for the real one. Scripted slowness is always real.
        validate: check every exchange against the API's document and note what breaks it in the journal.
        distortion: what changes the answers before they are sent, for tests of tests.
        plan: `enterprise`, whose limits no test meets by accident, or `free`, with the limits of real servers.

    Attributes:
        api_key: a key that works.
        other_key: a key of another user, with another workspace.
        expired_key: a key that worked once.
        workspace_id: the workspace of `api_key`.
        faults: what will go wrong.

    Raises:
        ValueError: for an unknown dialect or plan.
    """

    api_key = MAIN_KEY
    other_key = OTHER_KEY
    expired_key = EXPIRED_KEY
    workspace_id = WORKSPACE

    def __init__(
        self,
        dialect: str = "documented",
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        seed: int = 0,
        clock: Clock | None = None,
        validate: bool = True,
        plan: str = "enterprise",
        distortion: Distortion | None = None,
    ) -> None:
        self._world = World(
            dialect=dialect, plan=plan, seed=seed, clock=clock, validate=validate, distortion=distortion
        )
        self._host = host
        self._port = port
        self._server: BackgroundServer | None = None

    def start(self) -> "MockSim":
        """Start to serve.

        Raises:
            OSError: when the port is taken.
            RuntimeError: when it is already started.
        """
        if self._server is not None:
            raise RuntimeError("the mock is already started")
        server = BackgroundServer(mock_app(self._world), self._host, self._port)
        server.start()
        self._server = server
        return self

    def stop(self) -> None:
        """Stop to serve; requests that are not answered yet are dropped. Does nothing when it is not started."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def __enter__(self) -> "MockSim":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = "stopped" if self._server is None else self.base_url
        return f"<MockSim {self.dialect} {where}>"

    # What to look at

    @property
    def base_url(self) -> str:
        """Where it serves, without a slash at the end.

        Raises:
            RuntimeError: when it is not started.
        """
        if self._server is None:
            raise RuntimeError("the mock is not started")
        host, port = self._server.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def dialect(self) -> str:
        """The version that it speaks as."""
        return self._world.dialect.name

    @property
    def faults(self) -> Faults:
        """The faults that wait for requests."""
        return self._world.faults

    @property
    def journal(self) -> Journal:
        """All exchanges so far."""
        return self._world.journal

    @property
    def violations(self) -> list[Violation]:
        """What clients and the mock itself did against the API's document."""
        return self.journal.violations

    # What to set up

    def reset(self) -> None:
        """Forget everything, added workflows and changed limits too."""
        self._world.reset()

    def add_workflow(
        self,
        workflow_id: str,
        behaviour: Behaviour,
        *,
        name: str | None = None,
        owner: str = "main",
        deployed: bool = True,
        triggered: bool = True,
        needs_redeployment: bool = False,
    ) -> None:
        """Add a workflow, or replace the one of that id.

        Args:
            name: the one that people see; None for the id.
            owner: the user whose workspace it is in.
            triggered: whether it has a block by which the API can start it.
        """
        with self._world.state.lock:
            self._world.state.add_workflow(
                workflow_id,
                behaviour,
                name=name,
                user_id=f"user_{owner}",
                deployed=deployed,
                triggered=triggered,
                needs_redeployment=needs_redeployment,
            )

    def add_account(self, name: str, key: str) -> None:
        """Add a user with a key of theirs and a workspace, `workspace-` and the name."""
        with self._world.state.lock:
            self._world.state.add_account(name, key)

    def add_key(self, key: str, *, expired: bool = False) -> None:
        """Let another key of the main user work, or be an expired one."""
        with self._world.state.lock:
            self._world.state.keys[key] = ApiKey(self._account("main"), expired)

    def set_rate_limit(self, limit: int, *, window: float = 60.0, mode: Mode = "sync", account: str = "main") -> None:
        """Allow `limit` requests in `window` seconds; a new window opens with the next request.

        Args:
            mode: `sync` or `async` runs, or `api` for reading the logs.
        """
        with self._world.state.lock:
            self._account(account).windows[mode] = RateWindow(Rate(limit, limit), window)

    def exhaust_rate_limit(self, mode: Mode = "sync") -> None:
        """Use up what the rate window still allows."""
        with self._world.state.lock:
            self._account("main").windows[mode].exhaust(self._world.clock.time())

    def set_usage(self, *, cost: float, limit: float | None = None, account: str = "main") -> None:
        """Set what a user has used in this period, and may use; in dollars."""
        with self._world.state.lock:
            user = self._account(account)
            user.cost = cost
            if limit is not None:
                user.usage_limit = limit

    def set_job_timing(self, *, queued: float = 0.25, processing: float = 0.5) -> None:
        """Set how many seconds new jobs wait, and then run."""
        with self._world.state.lock:
            self._world.state.timing.queued = queued
            self._world.state.timing.processing = processing

    def script_jobs(self, states: Sequence[str]) -> None:
        """Let new jobs tell these states poll by poll, whatever the time; the last one stays. Empty for the clock.

        Raises:
            ValueError: for a name that is no state.
        """
        with self._world.state.lock:
            self._world.state.timing.script = job_states(states)

    def hold_jobs(self, state: str | None) -> None:
        """Let no job get further than `queued` or `processing`, or let all go on.

        Raises:
            ValueError: for any other state.
        """
        if state not in ("queued", "processing", None):
            raise ValueError(f"jobs can be held in queued or processing, not in {state!r}")
        with self._world.state.lock:
            self._world.state.hold_jobs(None if state is None else JobState(state))

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job.

        Raises:
            KeyError: when there is no such job.
            ValueError: when it has already ended.
        """
        with self._world.state.lock:
            self._world.state.cancel_job(job_id)

    def fail_next(
        self,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: Json = b"",
        times: int = 1,
        operation: str | None = None,
        **others: Any,
    ) -> None:
        """Let something go wrong with the next requests.

        Args:
            status: answer this instead of doing what they ask. None is 500, unless `others` go wrong: then what they
                ask is done, and the usual answer suffers.
            headers: of the answer.
            body: bytes are sent as they are, anything else as JSON.
            operation: operationId of the requests that are meant; None for any.
            others: any other field of `Fault`, such as `ending="reset"`.

        Raises:
            TypeError: for what is no field of `Fault`.
            ValueError: for what makes no sense.
        """
        if status is None and (body != b"" or not others):
            status = 500
        self.faults.add(Fault(status, headers or {}, body, times=times, operation=operation, **others))

    def _account(self, name: str) -> Account:
        return self._world.state.accounts[f"user_{name}"]
