# Documentation page of the Python SDK, section "WorkflowStatus", as it is there.

@dataclass
class WorkflowStatus:
    is_deployed: bool
    deployed_at: Optional[str] = None
    needs_redeployment: bool = False
