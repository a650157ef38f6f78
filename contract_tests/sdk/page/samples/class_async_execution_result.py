# Documentation page of the Python SDK, section "AsyncExecutionResult", as it is there.

@dataclass
class AsyncExecutionResult:
    success: bool
    task_id: str
    status: str # 'queued'
    created_at: str
    links: Dict[str, str] # e.g., {"status": "/api/jobs/{taskId}"}
