"""Everything that a mock remembers."""

import random
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim_conformance.mock.behaviours import Agent, Behaviour, Chain, Echo, Failing, ResponseBlock, Run, Slow
from sim_conformance.mock.clock import Clock
from sim_conformance.mock.jobs import Job, JobState
from sim_conformance.mock.jsons import Json
from sim_conformance.mock.limits import Rate, RateWindow
from sim_conformance.mock.logs import Execution

Mode = Literal["sync", "async", "api"]
"""What a rate limit counts: sync runs, async runs, or reads of the logs."""

SAMPLE_IDS = ("workflow-id", "my-workflow-id", "workflow-1", "workflow-2", "WORKFLOW_ID")
"""The workflow ids of the documentation's samples."""

MAIN_KEY = "sk-sim-mock-main"
OTHER_KEY = "sk-sim-mock-other"
EXPIRED_KEY = "sk-sim-mock-expired"
WORKSPACE = "workspace-main"
OTHER_WORKSPACE = "workspace-other"


@dataclass(frozen=True)
class Plan:
    """What a plan allows: requests by mode, and dollars a period."""

    name: str
    rates: dict[Mode, Rate]
    usage_limit: float


@dataclass
class Account:
    """A user of Sim.

    Attributes:
        cost: dollars used in this period.
        usage_limit: dollars that may be used.
    """

    user_id: str
    workspace_id: str
    plan: str
    cost: float
    usage_limit: float
    windows: dict[Mode, RateWindow]


@dataclass(frozen=True)
class ApiKey:
    """A key and whose it is."""

    account: Account
    expired: bool = False


@dataclass
class Workflow:
    """A workflow.

    Attributes:
        created_at: epoch seconds; also when it was deployed.
        triggered: has a block by which the API can start it.
    """

    id: str
    name: str
    behaviour: Behaviour
    workspace_id: str
    user_id: str
    created_at: float
    deployed: bool = True
    triggered: bool = True
    needs_redeployment: bool = False


@dataclass
class JobTiming:
    """How fast new jobs move, in seconds, and what is scripted for them."""

    queued: float = 0.25
    processing: float = 0.5
    script: Sequence[JobState] = ()
    held: JobState | None = None


class State:
    """The accounts, workflows, jobs and logs of one mock. Hold `lock` to look at it or to change it.

    Args:
        plan: the plan that both accounts are on.
        run_cost: dollars that each run costs.
    """

    def __init__(self, *, plan: Plan, run_cost: float, seed: int, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.random = random.Random(seed)
        self.run_cost = run_cost
        main = _account("user_main", WORKSPACE, plan)
        other = _account("user_other", OTHER_WORKSPACE, plan)
        self.accounts = {account.user_id: account for account in (main, other)}
        self._plan = plan
        self.keys = {MAIN_KEY: ApiKey(main), OTHER_KEY: ApiKey(other), EXPIRED_KEY: ApiKey(main, expired=True)}
        self.workflows: dict[str, Workflow] = {}
        self.jobs: dict[str, Job] = {}
        self.timing = JobTiming()
        self._logs: dict[str, Execution] = {}
        self._waiting: list[tuple[Job, Json]] = []
        self._add_built_in_workflows()

    def add_workflow(
        self,
        workflow_id: str,
        behaviour: Behaviour,
        *,
        name: str | None = None,
        user_id: str = "user_main",
        deployed: bool = True,
        triggered: bool = True,
        needs_redeployment: bool = False,
    ) -> Workflow:
        """Add a workflow, or replace the one of that id."""
        workflow = Workflow(
            workflow_id,
            workflow_id if name is None else name,
            behaviour,
            self.accounts[user_id].workspace_id,
            user_id,
            self.clock.time(),
            deployed,
            triggered,
            needs_redeployment,
        )
        self.workflows[workflow_id] = workflow
        return workflow

    def add_account(self, name: str, key: str) -> None:
        """Add a user with a workspace and a key; both are named after it."""
        account = _account(f"user_{name}", f"workspace-{name}", self._plan)
        self.accounts[account.user_id] = account
        self.keys[key] = ApiKey(account)

    def record(
        self,
        workflow: Workflow,
        account: Account,
        run_input: Json,
        run: Run,
        request_id: str,
        *,
        execution_id: str | None = None,
    ) -> Execution:
        """Log a run that starts now, and charge for it."""
        return self._log(
            Execution(
                id=self.new_id(),
                execution_id=execution_id or self.new_id(),
                workflow_id=workflow.id,
                workspace_id=workflow.workspace_id,
                user_id=account.user_id,
                request_id=request_id,
                run_input=run_input,
                run=run,
                started_at=self.clock.time(),
                duration=round(run.seconds * 1000) + self.random.randint(40, 250),
                cost=self.run_cost,
            )
        )

    def enqueue(
        self,
        workflow: Workflow,
        account: Account,
        run_input: Json,
        run: Run,
        request_id: str,
        *,
        job_id: str,
        execution_id: str,
    ) -> Job:
        """Start a job; its run is logged when the job leaves the queue."""
        job = Job(
            id=job_id,
            execution_id=execution_id,
            workflow_id=workflow.id,
            user_id=account.user_id,
            workspace_id=account.workspace_id,
            request_id=request_id,
            run=run,
            created_at=self.clock.time(),
            queued_seconds=self.timing.queued,
            processing_seconds=max(self.timing.processing, run.seconds),
            script=list(self.timing.script),
            held=self.timing.held,
        )
        self.jobs[job.id] = job
        self._waiting.append((job, run_input))
        return job

    def hold_jobs(self, held: JobState | None) -> None:
        """Let no job get further than a state, or let all go on."""
        now = self.clock.time()
        self.timing.held = held
        for job in self.jobs.values():
            if held is None:
                job.release(now)
            else:
                job.hold(held, now)

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job; a run that it has begun stays in the logs.

        Raises:
            KeyError: when there is no such job.
            ValueError: when it has already ended.
        """
        self.catch_up()
        self.jobs[job_id].cancel(self.clock.time())

    def catch_up(self) -> None:
        """Log the runs of the jobs that have left the queue since the last time."""
        now = self.clock.time()
        still: list[tuple[Job, Json]] = []
        for job, run_input in self._waiting:
            state = job.state(now)
            if state is JobState.QUEUED:
                still.append((job, run_input))
            elif state is not JobState.CANCELLED:
                self._log_job(job, run_input)
        self._waiting = still

    def logs(self) -> list[Execution]:
        """All runs so far."""
        return list(self._logs.values())

    def log(self, log_id: str) -> Execution | None:
        """The log entry of that id."""
        return self._logs.get(log_id)

    def execution(self, execution_id: str) -> Execution | None:
        """The log entry of that execution."""
        return next((record for record in self._logs.values() if record.execution_id == execution_id), None)

    def new_id(self) -> str:
        """A random UUID, the same for the same seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def new_hex(self, digits: int) -> str:
        """Random hexadecimal digits, the same for the same seed."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def _log_job(self, job: Job, run_input: Json) -> None:
        self._log(
            Execution(
                id=self.new_id(),
                execution_id=job.execution_id,
                workflow_id=job.workflow_id,
                workspace_id=job.workspace_id,
                user_id=job.user_id,
                request_id=job.request_id,
                run_input=run_input,
                run=job.run,
                started_at=job.started_at,
                duration=round(job.processing_seconds * 1000),
                cost=self.run_cost,
            )
        )

    def _log(self, record: Execution) -> Execution:
        self._logs[record.id] = record
        self.accounts[record.user_id].cost += record.cost
        return record

    def _add_built_in_workflows(self) -> None:
        for workflow_id in SAMPLE_IDS:
            self.add_workflow(workflow_id, Chain((Agent(), Echo())))
        self.add_workflow("echo", Echo())
        self.add_workflow("failing", Failing())
        self.add_workflow("slow", Slow())
        self.add_workflow("agent", Agent())
        self.add_workflow("dying-stream", Agent(dies_after=2))
        self.add_workflow("response-block", ResponseBlock())
        self.add_workflow("undeployed", Echo(), deployed=False)
        self.add_workflow("no-trigger", Echo(), triggered=False)
        self.add_workflow("other-users", Echo(), user_id="user_other")


def _account(user_id: str, workspace_id: str, plan: Plan) -> Account:
    windows: dict[Mode, RateWindow] = {mode: RateWindow(rate) for mode, rate in plan.rates.items()}
    return Account(user_id, workspace_id, plan.name, 0.0, plan.usage_limit, windows)
