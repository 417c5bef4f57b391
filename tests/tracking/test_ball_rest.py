import numpy as np
import pytest

from tennalytix.tracking.ball_rest import stays_about, still_share

TIMES = np.arange(40) * 0.04


def test_a_ball_in_flight_never_lies_still() -> None:
    assert still_share(np.outer(TIMES, [60.0, 80.0]), TIMES) == 0


def test_what_trembles_in_one_place_does() -> None:
    xy = np.array([300.0, 200.0]) + np.random.default_rng(0).normal(0, 0.5, (40, 2))

    assert still_share(xy, TIMES) == 1


def test_so_does_what_jumps_between_two_places() -> None:
    xy = np.where((np.arange(40) // 10 % 2)[:, None] == 0, [300.0, 200.0], [700.0, 90.0])

    assert still_share(xy, TIMES) == 1


def test_a_ball_at_the_height_of_a_lob_does_for_a_moment_only() -> None:
    xy = np.column_stack([10 * TIMES, 150 * (TIMES - 0.8) ** 2])

    assert 0 < still_share(xy, TIMES) < 0.4


def test_a_path_backwards_is_as_still() -> None:
    xy = np.cumsum(np.random.default_rng(1).normal(0, 3, (40, 2)), axis=0)

    assert still_share(xy[::-1], -TIMES[::-1]) == pytest.approx(still_share(xy, TIMES))


def test_no_points_no_share() -> None:
    assert still_share(np.zeros((0, 2)), np.zeros(0)) == 0


def test_a_hand_that_waves_gets_nowhere_and_a_ball_does() -> None:
    waves = np.column_stack([300 + 15 * np.sin(8 * TIMES), 200 + 10 * np.cos(5 * TIMES)])
    falls = np.column_stack([300 + 5 * TIMES, 200 + 200 * TIMES**2])

    assert stays_about(waves, TIMES)
    assert not stays_about(falls, TIMES)
    assert not stays_about(waves[:10], TIMES[:10])
    assert not stays_about(waves[:0], TIMES[:0])
