"""What a retry policy decides, to the second: pure, with the random number given."""

import dataclasses

import pytest

from sim_sdk import ConnectionFailedError, ServerError, SimStudioError
from sim_sdk.retry import RetryPolicy, execution_retryable, read_retryable


def wait(policy: RetryPolicy, retries: int, drawn: float, hint: float | None = None) -> float | None:
    return policy.wait(SimStudioError("x", retry_after=hint), retries, lambda _: True, lambda: drawn)


@pytest.mark.parametrize(
    ("retries", "drawn", "seconds"),
    [
        (0, 0.0, 0.75),
        (0, 0.5, 1.0),
        (0, 0.75, 1.125),
        (1, 0.25, 1.75),
        (3, 0.0, 6.0),
        (4, 1.0, 20.0),
        (5, 0.0, 22.5),
        (5, 0.5, 30.0),
        (5, 0.75, 30.0),
        (2000, 0.5, 30.0),
    ],
)
def test_waits_without_a_hint_double_up_to_their_cap(retries: int, drawn: float, seconds: float) -> None:
    assert wait(RetryPolicy(max_retries=2001), retries, drawn) == seconds


@pytest.mark.parametrize(("retries", "seconds"), [(0, 10.0), (1, 5.0), (2, 2.5)])
def test_waits_may_become_shorter(retries: int, seconds: float) -> None:
    policy = RetryPolicy(initial_delay=60.0, max_delay=10.0, backoff_multiplier=0.5)
    assert wait(policy, retries, 0.5) == seconds


@pytest.mark.parametrize(
    ("hint", "drawn", "seconds"),
    [
        (0.0, 0.5, 0.0),
        (4.0, 0.0, 4.0),
        (4.0, 0.5, 4.5),
        (8.0, 0.75, 9.5),
        (100.0, 0.5, 101.0),
        (120.0, 0.75, 121.5),
        (120.5, 0.0, None),
    ],
)
def test_a_hint_is_lengthened_by_a_quarter_at_most_and_by_two_seconds(
    hint: float, drawn: float, seconds: float | None
) -> None:
    assert wait(RetryPolicy(), 0, drawn, hint) == seconds


@pytest.mark.parametrize("retries", [3, 4, 1000])
@pytest.mark.parametrize("hint", [None, 1.0])
def test_nothing_is_sent_more_often_than_allowed(retries: int, hint: float | None) -> None:
    assert wait(RetryPolicy(), 2, 0.5, hint) is not None
    assert wait(RetryPolicy(), retries, 0.5, hint) is None


def test_the_documented_defaults() -> None:
    documented = RetryPolicy(
        max_retries=3, initial_delay=1.0, max_delay=30.0, backoff_multiplier=2.0, max_retry_after=120.0
    )
    assert RetryPolicy() == documented


def test_a_policy_does_not_change_under_those_who_share_it() -> None:
    policy = RetryPolicy()
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.max_retries = 100  # type: ignore[misc]


@pytest.mark.parametrize(("request_sent", "again"), [(False, True), (True, False), (None, False)])
def test_only_what_was_surely_not_sent_is_executed_again(request_sent: bool | None, again: bool) -> None:
    error = ConnectionFailedError("x", request_sent=request_sent)
    assert execution_retryable(error) is again
    assert read_retryable(error)


@pytest.mark.parametrize(("status", "again"), [(502, False), (503, True), (504, False)])
def test_only_503_may_ask_to_execute_again(status: int, again: bool) -> None:
    assert execution_retryable(ServerError("x", status=status, headers={"retry-after": "5"})) is again
    assert not execution_retryable(ServerError("x", status=status))
