import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from flying_balls import toy_sample
from tennalytix.detectors.ball_network_input import CHANNELS, MOMENTS, SIDE_PX
from tennalytix.training.ball_augment import middle_view, near_edge, random_view


def test_the_middle_of_a_sample_is_left_as_it_is() -> None:
    sample = toy_sample("toy", 0, ball=True)
    view = middle_view(sample)

    assert_array_equal(view.windows, sample.windows[:, 16:80, 16:80])
    assert_allclose(view.xy, sample.xy - 16)


def test_the_ball_stays_where_it_is_said_to_be() -> None:
    away = []
    for seed in range(150):
        view = random_view(toy_sample("toy", seed, ball=True), 0.0, np.random.default_rng(seed))
        assert view.windows.shape == (CHANNELS, SIDE_PX, SIDE_PX)
        assert view.windows.dtype == np.uint8
        if np.isfinite(view.xy).all() and not near_edge(view.xy):
            middle = view.windows[MOMENTS // 2].astype(float)
            weight = np.clip(middle - np.median(middle) - 0.5 * np.ptp(middle - np.median(middle)), 0, None)
            y, x = np.mgrid[:SIDE_PX, :SIDE_PX]
            away.append(
                np.hypot((weight * x).sum() / weight.sum() - view.xy[0], (weight * y).sum() / weight.sum() - view.xy[1])
            )

    assert len(away) > 100
    assert np.median(away) < 0.5
    assert np.quantile(away, 0.9) < 1.5


def test_balls_are_drawn_into_empty_samples_only() -> None:
    rng = np.random.default_rng(0)
    empty = [random_view(toy_sample("toy", k, ball=False), 1.0, rng) for k in range(30)]
    never = [random_view(toy_sample("toy", k, ball=False), 0.0, rng) for k in range(30)]

    assert sum(np.isfinite(view.xy).all() for view in empty) > 20
    assert not any(np.isfinite(view.xy).any() for view in never)


def test_the_same_seed_gives_the_same_view() -> None:
    one, two = (random_view(toy_sample("toy", 3, ball=True), 0.5, np.random.default_rng(5)) for _ in range(2))

    assert_array_equal(one.windows, two.windows)
    assert_array_equal(one.xy, two.xy)


@pytest.mark.parametrize(("xy", "near"), [((32, 32), False), ((1, 32), True), ((32, 62.5), True)])
def test_balls_at_the_edge_are_told(xy: tuple[float, float], near: bool) -> None:
    assert near_edge(np.array(xy, dtype=np.float64)) == near
