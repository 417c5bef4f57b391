import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.core.picture import DIAGONAL_720P_PX, DIAGONAL_1080P_PX
from tennalytix.metrics.counts import Counts, mean, median, rounded, scale_to

amounts = st.integers(0, 10**6)
counts = st.builds(Counts, amounts, amounts, amounts)


def test_shares_follow_from_the_counts() -> None:
    scores = Counts(true_positive=6, false_positive=2, false_negative=4)

    assert scores.precision == 0.75
    assert scores.recall == 0.6
    assert scores.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


@given(counts)
def test_f1_is_the_harmonic_mean(scores: Counts) -> None:
    if scores.true_positive:
        assert scores.precision is not None
        assert scores.recall is not None
        assert scores.f1 == pytest.approx(2 / (1 / scores.precision + 1 / scores.recall))


def test_nothing_measured_is_none_and_nothing_right_is_zero() -> None:
    assert (Counts().precision, Counts().recall, Counts().f1) == (None, None, None)
    assert (Counts(0, 0, 3).precision, Counts(0, 0, 3).recall, Counts(0, 0, 3).f1) == (None, 0, 0)
    assert (Counts(0, 3, 0).precision, Counts(0, 3, 0).recall, Counts(0, 3, 0).f1) == (0, None, 0)
    assert (median([]), mean([]), rounded(None)) == (None, None, None)


@given(counts, counts)
def test_adding_is_the_same_either_way(a: Counts, b: Counts) -> None:
    assert a + b == b + a
    assert (a + b).true_positive == a.true_positive + b.true_positive
    assert a + Counts() == a


def test_scale_is_one_at_the_reference_size_and_goes_by_the_diagonal() -> None:
    assert scale_to(DIAGONAL_720P_PX, (1280, 720)) == pytest.approx(1)
    assert scale_to(DIAGONAL_1080P_PX, (1280, 720)) == pytest.approx(1.5)
    assert scale_to(DIAGONAL_720P_PX, (720, 1280)) == pytest.approx(1)
    assert pytest.approx(1468.6, abs=0.01) == DIAGONAL_720P_PX
