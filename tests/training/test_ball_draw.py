import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tennalytix.detectors.ball_network_input import CHANNELS, MOMENTS
from tennalytix.training.ball_draw import Flight, coverage, draw_ball, random_flight


def centre(cover: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[: cover.shape[0], : cover.shape[1]]
    return np.array([(cover * x).sum(), (cover * y).sum()]) / cover.sum()


@pytest.mark.parametrize("way", [(0.0, 0.0), (3.0, 1.0), (-20.0, 12.0)])
@pytest.mark.parametrize("xy", [(32.0, 32.0), (30.25, 34.6)])
def test_a_streak_lies_around_its_middle_and_gathers_the_discs_light(way, xy) -> None:
    cover = coverage(64, np.array(xy), np.array(way), 2.5, 0.6)

    assert_allclose(centre(cover), xy, atol=0.06)
    assert_allclose(cover.sum(), np.pi * 2.5**2, rtol=0.05)
    assert cover.max() <= 1


def test_a_faster_ball_is_more_transparent() -> None:
    peaks = [coverage(64, np.full(2, 32.0), np.array([length, 0.0]), 2.5, 0.6).max() for length in (0, 5, 10, 20, 40)]

    assert (np.diff(peaks) < 0).all()
    assert peaks[-1] < 0.2


def test_the_streak_lies_along_its_way() -> None:
    cover = coverage(64, np.full(2, 32.0), np.array([20.0, 0.0]), 2.0, 0.5)
    lines, columns = (cover.sum(axis=axis) > 0.5 for axis in (1, 0))

    assert columns.sum() >= 18
    assert lines.sum() <= 8


def still(xy: tuple[float, float], shown: int = MOMENTS) -> Flight:
    flags = np.arange(MOMENTS) < shown
    return Flight(np.tile(np.array(xy), (MOMENTS, 1)), np.zeros((MOMENTS, 2)), 0.3, 3.0, flags)


def test_a_ball_is_drawn_where_it_is_shown() -> None:
    windows = np.full((CHANNELS, 64, 64), 60, np.uint8)
    drawn = draw_ball(windows, still((20.0, 40.0), shown=3), np.random.default_rng(0))

    assert drawn is not None
    for k in range(3):
        assert drawn[k, 40, 20] > 90
    assert_array_equal(drawn[3:5], 60)
    assert_array_equal(windows, 60)


def test_a_ball_that_cannot_be_seen_is_not_asked_for() -> None:
    windows = np.full((CHANNELS, 64, 64), 60, np.uint8)

    assert draw_ball(windows, still((500.0, 40.0)), np.random.default_rng(0)) is None


@pytest.mark.parametrize("seed", range(40))
def test_flights_pass_through_their_place_in_the_middle_moment(seed: int) -> None:
    flight = random_flight(np.array([30.0, 31.0]), 1.5, np.random.default_rng(seed))

    assert_allclose(flight.xy[MOMENTS // 2], [30.0, 31.0])
    assert flight.shown[MOMENTS // 2]
    assert 0 < flight.exposure < 1
    assert 1.4 < flight.radius_px < 5.2
    assert np.isfinite(flight.xy).all()
    assert np.isfinite(flight.velocity).all()


def test_the_same_seed_gives_the_same_flight() -> None:
    one, two = (random_flight(np.zeros(2), 1.0, np.random.default_rng(7)) for _ in range(2))

    assert_array_equal(one.xy, two.xy)
