"""Rate limits: for which answers each form counts, and where the bounds are. Pure, without a server."""

import datetime
from email.utils import format_datetime

import pytest

from contract_tests.sdk._clock import FakeClock
from sim_sdk.ratelimit import RateLimitInfo, read_hint, read_rate_limit

NOW = FakeClock().time()
SENTENCE = {"error": "Try again after 2026-01-01T00:01:00.000Z"}


def http_date(moment: float) -> str:
    return format_datetime(datetime.datetime.fromtimestamp(moment, datetime.timezone.utc), usegmt=True)


@pytest.mark.parametrize("status", [200, 400, 428, 430, 500, 503])
def test_a_sentence_is_a_hint_only_with_429(status: int) -> None:
    assert read_hint(429, {}, SENTENCE, NOW) == 60
    assert read_hint(status, {}, SENTENCE, NOW) is None


@pytest.mark.parametrize("status", [200, 428, 430, 503])
def test_a_body_tells_of_the_limit_only_with_429(status: int) -> None:
    body = {"limit": 10, "remaining": 3}
    assert read_rate_limit(429, {"retry-after": "5"}, body, NOW) == RateLimitInfo(10, 3, int(NOW) + 5, 5000)
    assert read_rate_limit(status, {"retry-after": "5"}, body, NOW) is None


def test_all_headers_together_tell_the_limit() -> None:
    headers = {
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "3",
        "x-ratelimit-reset": "1767225660",
        "retry-after": "5",
    }
    assert read_rate_limit(200, headers, None, NOW) == RateLimitInfo(10, 3, 1_767_225_660, 5000)


@pytest.mark.parametrize(
    ("behind", "wait"),
    [(0.0, 60.0), (1.5, 58.5), (2.0, 58.0), (2.5, 60.0), (3600.0, 60.0), (-2.0, 62.0), (-2.5, 60.0)],
)
def test_the_clock_of_a_server_counts_where_it_is_more_than_two_seconds_off(behind: float, wait: float) -> None:
    headers = {"date": http_date(NOW), "retry-after": http_date(NOW + 60)}
    assert read_hint(429, headers, None, NOW + behind) == wait


def test_never_is_the_last_day_in_every_time_zone() -> None:
    info = read_rate_limit(429, {"x-ratelimit-reset": "9" * 30, "retry-after": "9" * 30}, None, NOW)
    assert info is not None
    last = datetime.datetime.fromtimestamp(info.reset, datetime.timezone.utc)
    assert last == datetime.datetime(9999, 12, 30, tzinfo=datetime.timezone.utc)
    assert info.retry_after == 253_402_128_000_000
