import numpy as np
import pytest

from tennalytix.training.ball_rendered import sample_rendered_balls
from tennalytix.training.ball_samples import BallSample


@pytest.fixture(scope="module")
def scene() -> list[BallSample]:
    return list(sample_rendered_balls(1, 4))


def test_balls_are_brighter_than_before_and_after_where_they_are_said_to_be(scene: list[BallSample]) -> None:
    balls = [s for s in scene if s.has_ball and np.abs(s.xy - 48).max() < 1]
    found = 0
    for sample in balls:
        now = sample.windows[2].astype(int)
        apart = np.abs(now - sample.windows[1]) + np.abs(now - sample.windows[3])
        x, y = sample.xy.round().astype(int)
        found += apart[y - 2 : y + 3, x - 2 : x + 3].max() > 3 * np.median(apart)

    assert balls
    assert found == len(balls)


def test_most_windows_show_none(scene: list[BallSample]) -> None:
    assert 0 < sum(s.has_ball for s in scene) < len(scene) / 2
    assert not any(s.has_ball and s.empty for s in scene)
    assert {s.source for s in scene} == {"rendered_00001"}


def test_the_same_seed_gives_the_same() -> None:
    one, two = (list(sample_rendered_balls(2, 1)) for _ in range(2))

    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.windows, b.windows)
