import numpy as np
import pytest
from numpy.testing import assert_allclose

from tennalytix.core.boxes import iou
from tennalytix.detectors.people_network_boxes import boxes_of, distinct


def answer(*people: tuple[int, int, float, tuple[float, float, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Score and distances with people in cells (row, column)."""
    score, ltrb = np.zeros((12, 16), np.float32), np.zeros((4, 12, 16), np.float32)
    for row, column, value, apart in people:
        score[row, column] = value
        ltrb[:, row, column] = apart
    return score, ltrb


def test_distances_are_from_the_middle_of_a_cell() -> None:
    # The first cell covers the pixels 0 to 7, edges -0.5 to 7.5; its middle lies at 3.5.
    xyxy, score = boxes_of(*answer((0, 0, 0.9, (4, 4, 4, 4)), (5, 7, 0.8, (1, 2, 3, 4.5))), 0.5)

    assert_allclose(xyxy, [[-0.5, -0.5, 7.5, 7.5], [58.5, 41.5, 62.5, 48]])
    assert_allclose(score, [0.9, 0.8], rtol=1e-6)


def test_best_first_and_nobody_below_the_threshold() -> None:
    people = [(2 * k, 2 * k, value, (3.0,) * 4) for k, value in enumerate([0.3, 0.9, 0.1, 0.5])]
    xyxy, score = boxes_of(*answer(*people), 0.3)  # type: ignore[arg-type]

    assert_allclose(score, [0.9, 0.5, 0.3], rtol=1e-6)
    assert_allclose(xyxy[:, 0], [16 + 0.5, 48 + 0.5, 0.5])


def test_only_peaks_are_people() -> None:
    xyxy, _ = boxes_of(*answer((4, 4, 0.9, (3,) * 4), (4, 5, 0.8, (3,) * 4), (5, 5, 0.7, (3,) * 4)), 0.2)

    assert len(xyxy) == 1


def test_two_boxes_of_one_person_are_one() -> None:
    far_apart_cells = answer((4, 4, 0.8, (20, 20, 36, 20)), (4, 6, 0.9, (36, 20, 20, 20)))
    xyxy, score = boxes_of(*far_apart_cells, 0.2)

    assert len(xyxy) == 1
    assert score == pytest.approx(0.9)


def test_people_who_cross_stay_two() -> None:
    xyxy, _ = boxes_of(*answer((4, 4, 0.8, (10, 30, 10, 30)), (4, 6, 0.9, (10, 30, 10, 30))), 0.2)

    assert len(xyxy) == 2
    assert 0 < iou(xyxy, xyxy)[0, 1] < 0.3


def test_nobody_is_an_empty_answer() -> None:
    xyxy, score = boxes_of(*answer(), 0.2)

    assert (xyxy.shape, score.shape) == ((0, 4), (0,))
    assert (xyxy.dtype, score.dtype) == (np.float64, np.float64)


def test_answers_that_are_no_numbers_are_nobody() -> None:
    score, ltrb = answer((2, 2, 0.9, (3,) * 4))
    score[8, 8] = np.nan

    assert len(boxes_of(score, ltrb, 0.2)[0]) == 1


def test_a_network_that_sees_people_everywhere_is_bounded() -> None:
    rng = np.random.default_rng(0)
    xyxy, score = boxes_of(rng.random((68, 120), np.float32), np.full((4, 68, 120), 3, np.float32), 0.01)

    assert 100 < len(xyxy) <= 300
    assert (np.diff(score) <= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_distinct_boxes_share_little_and_cover_all_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 40, (60, 2))
    xyxy = np.concatenate([low, low + rng.uniform(20, 40, (60, 2))], axis=1)
    kept = distinct(xyxy)
    shared = iou(xyxy, xyxy[kept])

    assert kept[0] == 0
    assert (np.diff(kept) > 0).all()
    assert (shared[kept] - np.eye(len(kept))).max() <= 0.6
    assert all(shared[row, kept < row].max() > 0.6 for row in set(range(60)) - set(kept.tolist()))
