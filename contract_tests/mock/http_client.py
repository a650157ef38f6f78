"""A client of a mock that knows nothing of the SDK."""

import json
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.response import BaseHTTPResponse

from sim_conformance.mock import MockSim


class Client:
    """Sends requests to one mock, with its key unless another one is given."""

    def __init__(self, sim: MockSim) -> None:
        self._sim = sim
        self._pool = urllib3.PoolManager(retries=False)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.clear()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        preload: bool = True,
    ) -> BaseHTTPResponse:
        """Send a request with these headers only."""
        return self._pool.request(
            method,
            self._sim.base_url + path,
            body=body,
            headers=headers or {},
            redirect=False,
            preload_content=preload,
        )

    def get(self, path: str, **query: Any) -> BaseHTTPResponse:
        """GET with the mock's key."""
        suffix = f"?{urlencode(query)}" if query else ""
        return self.request("GET", path + suffix, headers=self._headers())

    def logs(self, **query: Any) -> BaseHTTPResponse:
        """The logs of the key's workspace."""
        return self.get("/api/v1/logs", workspaceId=self._sim.workspace_id, **query)

    def post(self, path: str, body: Any, *, preload: bool = True, **headers: str) -> BaseHTTPResponse:
        """POST a JSON body with the mock's key; underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request(
            "POST",
            path,
            body=json.dumps(body).encode(),
            headers=self._headers() | {"Content-Type": "application/json"} | named,
            preload=preload,
        )

    def run(self, workflow_id: str, body: Any, **options: Any) -> BaseHTTPResponse:
        """Execute a workflow."""
        return self.post(f"/api/workflows/{workflow_id}/execute", body, **options)

    def start_job(self, workflow_id: str = "echo", body: Any = None) -> str:
        """Execute a workflow in the background; the id of its job."""
        accepted = self.run(workflow_id, body or {}, X_Execution_Mode="async").json()
        return str(accepted.get("taskId") or accepted["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        """How far a job has come."""
        status: dict[str, Any] = self.get(f"/api/jobs/{job_id}").json()
        return status

    def _headers(self) -> dict[str, str]:
        return {"X-API-Key": self._sim.api_key, "User-Agent": "tests"}
