"""Points in time: how numbers are told apart, and that the zone of the machine changes nothing."""

import time
from collections.abc import Iterator

import pytest

from sim_sdk._timestamps import find_iso, parse_http_date, parse_iso, parse_moment

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (0, NOW),
        (30.5, NOW + 30.5),
        (999_999_999, NOW + 999_999_999),
        (1_000_000_000, 1_000_000_000),
        (99_999_999_999, 99_999_999_999),
        (100_000_000_000, 100_000_000),
        (1_767_225_600_250, NOW + 0.25),
    ],
)
def test_a_number_is_seconds_from_now_or_of_the_epoch_or_milliseconds(number: float, moment: float) -> None:
    assert parse_moment(number, NOW) == moment
    assert parse_moment(str(number), NOW) == moment


@pytest.fixture
def far_east() -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system has one zone for all its processes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
@pytest.mark.parametrize(
    "text",
    ["Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 -0000", "Thu, 01 Jan 2026 02:00:00 +0200"],
)
def test_an_http_date_does_not_depend_on_the_zone_of_the_machine(text: str) -> None:
    assert time.localtime(NOW).tm_hour == 9
    assert parse_http_date(text) == NOW


@pytest.mark.usefixtures("far_east")
@pytest.mark.parametrize(
    "text",
    ["2026-01-01T00:00:00Z", "2026-01-01 00:00:00", "2026-01-01t00:00:00+00:00", "2025-12-31T19:00:00-0500"],
)
def test_iso_does_not_depend_on_the_zone_of_the_machine(text: str) -> None:
    assert parse_iso(text) == find_iso(f"Resets at {text}.") == NOW
