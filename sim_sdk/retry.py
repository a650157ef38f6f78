"""Retry decisions: what went wrong, how often, and what the server asked for; what comes next.

Pure: the flows do the waiting and the sending.
"""

import random
from dataclasses import dataclass
from typing import Callable, Optional

from ._validate import require_count, require_number
from .errors import AmbiguousStateError, ConnectionFailedError, RateLimitError, SimStudioError

__all__ = ["RetryPolicy", "execution_retryable", "read_retryable"]

_JITTER = 0.25
_MAX_HINT_JITTER = 2.0  # seconds
_READ_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to wait before a request is sent again.

    Attributes:
        max_retries: How many times at most a request is sent again.
        initial_delay: The first wait, in seconds, where the server gives no hint.
        max_delay: The longest wait without a hint, in seconds.
        backoff_multiplier: What each wait is multiplied by for the next one.
        max_retry_after: The longest hint that is honoured, in seconds; with a longer one the error is raised at once.
    """

    max_retries: int = 3
    initial_delay: float = 1.0
    max_delay: float = 30.0
    backoff_multiplier: float = 2.0
    max_retry_after: float = 120.0

    def __post_init__(self) -> None:
        require_count("max_retries", self.max_retries)
        require_number("initial_delay", self.initial_delay)
        require_number("max_delay", self.max_delay)
        require_number("backoff_multiplier", self.backoff_multiplier)
        require_number("max_retry_after", self.max_retry_after)

    def wait(
        self,
        error: SimStudioError,
        retries: int,
        retryable: Callable[[SimStudioError], bool],
        draw: Callable[[], float] = random.random,
    ) -> Optional[float]:
        """Seconds to wait before the next try, or None where the error is final.

        Args:
            error: What the last try raised.
            retries: How many times the request has been sent again already.
            retryable: Whether an error permits sending this kind of request again.
            draw: A random number in [0, 1).
        """
        if retries >= self.max_retries or not retryable(error):
            return None
        hint = error.retry_after
        if hint is None:
            return self._backoff(retries, draw())
        if hint > self.max_retry_after:
            return None
        # The server's word is a lower bound: jitter may lengthen it, never shorten it.
        return hint + draw() * min(_JITTER * hint, _MAX_HINT_JITTER)

    def _backoff(self, retries: int, drawn: float) -> float:
        delay = min(self.initial_delay, self.max_delay)
        for _ in range(retries):
            delay = min(delay * self.backoff_multiplier, self.max_delay)
        jittered = delay * (1 + _JITTER * (2 * drawn - 1))
        return min(jittered, self.max_delay)


def execution_retryable(error: SimStudioError) -> bool:
    """Whether an execution may be sent again: only where it is certain that the server has not begun it."""
    if isinstance(error, AmbiguousStateError):
        return False
    if isinstance(error, RateLimitError) and error.status == 429:
        return True
    if isinstance(error, ConnectionFailedError):
        return error.request_sent is False
    return error.status == 503 and "retry-after" in error.headers


def read_retryable(error: SimStudioError) -> bool:
    """Whether a request that changes nothing may be sent again."""
    return isinstance(error, ConnectionFailedError) or error.status in _READ_STATUSES
