"""What goes to and fro, for those who show it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from sim_sdk.webhooks import WebhookError

if TYPE_CHECKING:
    from sim_api.v1.models import WebhookEvent

__all__ = ["Delivery", "Sent"]


@dataclass(frozen=True)
class Delivery:
    """A delivery that was received.

    Attributes:
        received: When, in epoch seconds.
        delivery_id: The sender's id of it.
        event: What it says; None where it is not to be trusted.
        error: Why it is not to be trusted.
        times: How often it has come by now.
    """

    received: float
    delivery_id: Optional[str]
    event: "Optional[WebhookEvent]" = None
    error: Optional[WebhookError] = None
    times: int = 1


@dataclass(frozen=True)
class Sent:
    """A delivery that was sent, and answered.

    Attributes:
        delivery_id: Its id.
        status: The HTTP status of the answer.
        duration: Milliseconds until the answer.
        body: The answer's body, as far as it is text.
    """

    delivery_id: str
    status: int
    duration: float
    body: str = field(repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it. Sim would deliver it again after a 429 or 5xx."""
        return 200 <= self.status < 300
