import numpy as np
import pytest

from tennalytix.tracking.ball_gaps import fill_gap

TIME_S = np.array([0.0, 0.04, 0.08, 0.12, 0.32, 0.36, 0.40, 0.44])
GAP_S = np.array([0.16, 0.20, 0.24, 0.28])
FAST = 2200.0


def parabola(time_s: np.ndarray) -> np.ndarray:
    return np.stack([100 + 400 * time_s, 300 - 300 * time_s + 400 * time_s**2], axis=1)


def test_a_parabola_is_continued_exactly() -> None:
    curve = fill_gap(TIME_S, parabola(TIME_S), 3, GAP_S, FAST)

    assert curve == pytest.approx(parabola(GAP_S))


def test_time_and_place_of_the_origin_do_not_matter() -> None:
    curve = fill_gap(TIME_S + 77, parabola(TIME_S) + np.array([1000, -50]), 3, GAP_S + 77, FAST)

    assert curve == pytest.approx(parabola(GAP_S) + np.array([1000, -50]))


def test_single_points_on_either_side_are_joined_by_a_line() -> None:
    time_s, xy = np.array([0.0, 0.2]), np.array([[0.0, 0.0], [20.0, 40.0]])

    assert fill_gap(time_s, xy, 0, np.array([0.05, 0.1]), FAST) == pytest.approx(np.array([[5, 10], [10, 20]]))


def test_a_gap_that_only_a_faster_ball_could_cross_stays_empty() -> None:
    assert fill_gap(TIME_S, parabola(TIME_S), 3, GAP_S, 300.0) is None


def test_no_curve_hides_a_ball_that_turns_round() -> None:
    xy = parabola(TIME_S)
    xy[4:, 0] = xy[3, 0] - 400 * (TIME_S[4:] - TIME_S[3])

    assert fill_gap(TIME_S, xy, 3, GAP_S, FAST) is None


def test_no_curve_hides_a_ball_that_is_struck_in_between() -> None:
    xy = np.stack([100 * TIME_S, 10 * TIME_S], axis=1)
    xy[4:, 0] += 200

    assert fill_gap(TIME_S, xy, 3, GAP_S, FAST) is None
