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
