from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.video.rate import rate_and_duration

MS = Fraction(1, 1000)


@given(st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60)]))
def test_the_claimed_rate_holds_where_the_frames_bear_it_out(rate: Fraction) -> None:
    pts = [round(k / rate / MS) for k in range(100)]

    assert rate_and_duration(pts, 100, MS, rate)[0] == rate
    assert rate_and_duration(pts[::-1], 100, MS, rate) == rate_and_duration(pts, 100, MS, rate)


def test_a_false_claim_is_put_right() -> None:
    rate, duration_s = rate_and_duration(list(range(0, 4000, 40)), 100, MS, Fraction(1000))

    assert rate == 25
    assert duration_s == pytest.approx(4.0)


def test_a_dropped_frame_does_not_change_the_rate() -> None:
    pts = [40 * k for k in range(60) if k != 30]

    assert rate_and_duration(pts, 59, MS, Fraction(24))[0] == 25


def test_a_variable_rate_gives_the_mean() -> None:
    rate, duration_s = rate_and_duration([0, 20, 100, 120, 200], 5, MS, Fraction(50))

    assert rate == 20
    assert duration_s == pytest.approx(0.25)


def test_without_times_the_claim_is_all_there_is() -> None:
    assert rate_and_duration([], 50, MS, Fraction(25)) == (25, 2.0)
    assert rate_and_duration([], 0, MS, Fraction(25)) == (25, 0.0)
