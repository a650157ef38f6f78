"""How a check ended, in lines of text."""

from sim_conformance.engine import Result
from sim_conformance.redact import Redactor
from sim_conformance.report.model import reported_exchange
from sim_conformance.settings import Settings


def explained(result: Result, settings: Settings) -> str:
    """Which rule was broken, how, and the command that shows it."""
    check = result.check
    lines = [
        f"{check.id} {check.title}",
        f"{check.level.value}, by {check.clause}",
        Redactor(settings.secrets).text(result.message),
    ]
    if result.exchanges:
        lines += ["to see it:", reported_exchange(result.exchanges[-1], settings)["curl"]]
    return "\n".join(lines)
