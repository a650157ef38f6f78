"""Which version of Sim a server is, as far as its answers tell."""

import time

from sim_conformance.mock.jsons import as_object, decode
from sim_conformance.reading import pause_after
from sim_conformance.redact import Redactor
from sim_conformance.settings import AUTO, BadSettings, Settings
from sim_conformance.setup import MAIN_KEY
from sim_conformance.wire import Exchange, Wire

USAGE_LIMITS = "/api/users/me/usage-limits"


WAIT = 120.0
"""Seconds to wait at most for a server that is too busy to say which version it is."""


def find_version(settings: Settings, wire: Wire) -> str:
    """The version whose known deviations count; also makes sure that the server answers and takes the key.

    Raises:
        BadSettings: when it does not, or is not where the settings say.
    """
    exchange = _limits(settings, wire)
    hindrance = _hindrance(exchange)
    if hindrance:
        raise BadSettings(Redactor(settings.secrets).text(f"{settings.base_url} {hindrance}"))
    return guessed_version(exchange) if settings.version == AUTO else settings.version


def _hindrance(exchange: Exchange) -> str:
    if exchange.problem:
        return f"does not answer: {exchange.problem}"
    if exchange.status in (401, 403):
        return f"does not take the API key ({exchange.status})"
    if 300 <= exchange.status < 400:
        target = exchange.answer_headers.get("location", "nowhere")
        return f"redirects to {target} ({exchange.status}): the base URL has to be that of Sim itself"
    if exchange.status == 404:
        return f"has no {USAGE_LIMITS} (404): is it the base URL of a Sim?"
    return ""


def guessed_version(exchange: Exchange) -> str:
    """The version that answers a question for the limits so."""
    try:
        fields = as_object(decode(exchange.answer)) or {}
    except ValueError:
        fields = {}
    rates = as_object(fields.get("rateLimit")) or {}
    if "requestsPerMinute" in (as_object(rates.get("sync")) or {}):
        return "2026-08"
    # The first version to report the storage, which the documentation does not have.
    if "storage" in fields:
        return "2025-10"
    # Proxies give their answers such an id too: it tells nothing where the limits do.
    return "2026-08" if not rates and "x-request-id" in exchange.answer_headers else "documented"


def _limits(settings: Settings, wire: Wire) -> Exchange:
    headers = {"X-API-Key": settings.ingredients[MAIN_KEY], "User-Agent": "sim-conformance"}
    end = time.monotonic() + WAIT
    while True:
        exchange = wire.send("GET", USAGE_LIMITS, headers)
        wait = pause_after(exchange)
        if exchange.status != 429 or time.monotonic() + wait > end:
            return exchange
        time.sleep(wait)
