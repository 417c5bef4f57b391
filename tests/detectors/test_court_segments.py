import cv2
import numpy as np
import pytest

from tennalytix.detectors.court_ridges import find_ridges
from tennalytix.detectors.court_segments import MAX_LYING_SLOPE, find_lines

SIZE_WH = (640, 360)


def picture(*ends: tuple[int, int, int, int], noise: float = 2.0) -> np.ndarray:
    drawn = np.full(SIZE_WH[::-1], 90, np.uint8)
    for x1, y1, x2, y2 in ends:
        cv2.line(drawn, (x1, y1), (x2, y2), 220, 2, cv2.LINE_AA)
    grain = np.random.default_rng(0).normal(0, noise, drawn.shape)
    return np.clip(drawn + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("ends", [(60, 200, 560, 214), (200, 320, 290, 60), (100, 300, 420, 60)])
def test_a_line_is_found_where_it_was_drawn(ends: tuple[int, int, int, int]) -> None:
    lines = find_lines(find_ridges(picture(ends)))

    corners = np.array([[*ends[:2], 1.0], [*ends[2:], 1.0]])
    assert np.abs(lines.abc[0] @ corners.T).max() < 1.5
    assert lines.length_px[0] > 0.85 * np.hypot(ends[2] - ends[0], ends[3] - ends[1])


def test_pieces_of_one_line_are_one_line() -> None:
    lines = find_lines(find_ridges(picture((40, 200, 240, 205), (330, 207, 600, 214))))

    assert np.hypot(*(lines.ends[0, 2:] - lines.ends[0, :2])) > 500
    assert (lines.length_px[1:] < 60).all()


def test_parallel_lines_stay_apart() -> None:
    lines = find_lines(find_ridges(picture((60, 200, 560, 200), (60, 212, 560, 212))))

    heights = sorted(-lines.abc[:2, 2] / lines.abc[:2, 1])
    np.testing.assert_allclose(heights, [200, 212], atol=1.0)


def test_lines_come_longest_first_with_unit_normals() -> None:
    lines = find_lines(find_ridges(picture((60, 300, 560, 300), (100, 250, 130, 60), (400, 100, 560, 103))))

    assert (np.diff(lines.length_px) <= 0).all()
    np.testing.assert_allclose(np.hypot(lines.abc[:, 0], lines.abc[:, 1]), 1.0)
    assert len(lines.best(lines.slope < MAX_LYING_SLOPE, 1)) == 1


def test_step_edges_and_rough_ground_are_no_lines() -> None:
    edge = np.full(SIZE_WH[::-1], 60, np.uint8)
    edge[180:] = 160
    rough = np.random.default_rng(1).integers(80, 120, SIZE_WH[::-1]).astype(np.uint8)

    assert len(find_lines(find_ridges(edge))) == 0
    assert find_lines(find_ridges(rough)).length_px.sum() < 0.2 * SIZE_WH[0]
