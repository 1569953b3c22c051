import math

import pytest

from iamgroups.applying.pace import SLOWEST, Pace, backoff


def sent(pace: Pace, seconds: float, since: float = 0.0) -> tuple[int, float]:
    """Send as fast as allowed; return how many went out and the time afterwards."""
    now, number = since, 0
    while now < since + seconds:
        if wait := pace.wait(now):
            now += wait
            continue
        pace.spend(now)
        pace.accepted(now)
        number += 1
        now += 0.001
    return number, now


def test_nothing_is_limited_until_iam_complains() -> None:
    pace = Pace()
    assert (pace.free, pace.wait(0.0)) == (True, 0.0)
    assert sent(pace, 1.0)[0] == 1000


def test_a_throttled_call_cuts_to_what_was_accepted() -> None:
    pace = Pace()
    for number in range(40):
        pace.accepted(number / 20)
    for _ in range(3):
        pace.throttled(1.99, sent=1.98)
    assert pace.rate == pytest.approx(16)
    assert pace.wait(1.99) == pytest.approx(1 / 16)


def test_the_share_of_throttled_calls_that_is_right_slows_nothing_down() -> None:
    pace = Pace()
    for number in range(19):
        pace.accepted(number / 20)
    pace.throttled(0.95, sent=0.94)
    assert pace.free
    pace.throttled(0.96, sent=0.95)
    assert not pace.free


def test_calls_sent_before_a_cut_do_not_cut_again() -> None:
    pace = Pace()
    pace.accepted(0.0)
    pace.throttled(0.1, sent=0.0)
    rate = pace.rate
    pace.throttled(0.2, sent=0.05)
    assert pace.rate == rate


def test_the_rate_never_falls_below_the_slowest_and_always_comes_back() -> None:
    pace = Pace()
    for number in range(50):
        pace.throttled(float(number), sent=float(number))
    assert pace.rate == SLOWEST
    _, now = sent(pace, 40.0, since=50.0)
    assert pace.free
    assert pace.wait(now) == 0.0


def test_a_long_silence_does_not_overflow() -> None:
    pace = Pace()
    for now in (0.0, 1.0):
        pace.throttled(now, sent=now)
    pace.spend(1e6)
    assert pace.free


def test_a_few_throttled_calls_among_many_change_nothing() -> None:
    pace = Pace()
    for number in range(100):
        pace.accepted(number / 200)
    pace.throttled(0.5, sent=0.4)
    assert pace.free


def test_only_many_unanswered_calls_slow_down() -> None:
    pace = Pace()
    for number in range(10):
        pace.accepted(number / 10)
    for number in range(4):
        pace.unanswered(0.99, sent=0.9)
        assert pace.free, number
    pace.unanswered(0.99, sent=0.9)
    assert pace.rate == pytest.approx(5, rel=0.02)


def test_a_pause_grows_with_the_attempts_and_has_a_limit() -> None:
    assert [backoff(attempt, 1.0) for attempt in (1, 2, 3, 10, 100)] == [0.5, 1.0, 2.0, 20.0, 20.0]
    assert backoff(3, 0.0) == 0.0
    assert math.isfinite(backoff(1000, 0.5))
