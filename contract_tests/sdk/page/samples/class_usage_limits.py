# Documentation page of the Python SDK, section "UsageLimits", as it is there.

@dataclass
class UsageLimits:
    success: bool
    rate_limit: Dict[str, Any]
    usage: Dict[str, Any]
