import numpy as np
from numpy.testing import assert_allclose

from tennalytix.detectors.ball_network_places import best_places


def test_the_best_cell_and_its_offset_give_the_place() -> None:
    score, offset = np.zeros((2, 3, 4), np.float32), np.zeros((2, 2, 3, 4), np.float32)
    score[0, 2, 1], score[1, 0, 3] = 0.75, 0.5
    offset[0, :, 2, 1] = (1.25, -0.5)
    xy, found = best_places(score, offset)

    assert_allclose(xy, [[4 + 1.5 + 1.25, 8 + 1.5 - 0.5], [12 + 1.5, 1.5]])
    assert_allclose(found, [0.75, 0.5])


def test_no_windows_no_places() -> None:
    xy, score = best_places(np.zeros((0, 16, 16), np.float32), np.zeros((0, 2, 16, 16), np.float32))

    assert xy.shape == (0, 2)
    assert score.shape == (0,)


def test_only_cells_within_reach_count_and_the_nearest_always_does() -> None:
    score, offset = np.zeros((2, 3, 4), np.float32), np.zeros((2, 2, 3, 4), np.float32)
    score[:, 2, 3], score[:, 0, 1], score[:, 0, 0] = 0.9, 0.5, 0.25
    around = np.array([[2.0, 2.0], [2.0, 2.0]])
    near, near_score = best_places(score, offset, around, 5.0)
    nearest, nearest_score = best_places(score, offset, around, 0.1)

    assert_allclose(near, [[5.5, 1.5]] * 2)
    assert_allclose(near_score, 0.5)
    assert_allclose(nearest, [[1.5, 1.5]] * 2)
    assert_allclose(nearest_score, 0.25)
