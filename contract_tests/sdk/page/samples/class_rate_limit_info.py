# Documentation page of the Python SDK, section "RateLimitInfo", as it is there.

@dataclass
class RateLimitInfo:
    limit: int
    remaining: int
    reset: int
    retry_after: Optional[int] = None
