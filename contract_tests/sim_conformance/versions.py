"""Which version of Sim a server is, as far as its answers tell."""

from sim_conformance.settings import AUTO, BadSettings, Settings
from sim_conformance.setup import MAIN_KEY
from sim_conformance.wire import Exchange, Wire

USAGE_LIMITS = "/api/users/me/usage-limits"


def find_version(settings: Settings, wire: Wire) -> str:
    """The version whose known deviations count; also makes sure that the server answers and takes the key.

    Raises:
        BadSettings: when it does not.
    """
    headers = {"X-API-Key": settings.ingredients[MAIN_KEY], "User-Agent": "sim-conformance"}
    exchange = wire.send("GET", USAGE_LIMITS, headers)
    if exchange.problem:
        raise BadSettings(f"{settings.base_url} does not answer: {exchange.problem}")
    if exchange.status in (401, 403):
        raise BadSettings(f"{settings.base_url} does not take the API key ({exchange.status})")
    return guessed_version(exchange) if settings.version == AUTO else settings.version


def guessed_version(exchange: Exchange) -> str:
    """The version that answers a question for the limits so."""
    if "x-request-id" in exchange.answer_headers:
        return "2026-08"
    # The first version to report the storage, which the documentation does not have.
    return "2025-10" if b'"storage"' in exchange.answer else "documented"
