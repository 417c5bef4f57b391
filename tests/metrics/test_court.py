import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.metrics.court import CourtScores, pool_court, score_court
from tennalytix.metrics.labels import CourtLabels

FULL_HD = (1920, 1080)
VIEW = Camera.look_at((0, -28, 9), (0, 0, 0), 2000, Lens.pinhole(FULL_HD, k1=0.01)).court_view()


def labels_of(view: CourtView, frame: int = 0, dx: float = 0, dy: float = 0) -> CourtLabels:
    return CourtLabels({frame: {n: (x + dx, y + dy) for n, (x, y) in view.keypoints().items()}}, static=True)


def test_own_points_have_no_error() -> None:
    scores = score_court(lambda _: VIEW, labels_of(VIEW), FULL_HD)

    assert len(scores.errors_px) == 14
    assert max(scores.errors_px) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("size_wh", "error"), [((1920, 1080), 5), ((960, 540), 10), ((3840, 2160), 2.5)])
def test_a_shift_is_the_error_scaled_by_the_diagonal(size_wh: tuple[int, int], error: float) -> None:
    scores = score_court(lambda _: VIEW, labels_of(VIEW, dx=3, dy=4), size_wh)

    assert scores.errors_px == pytest.approx((error,) * 14)


def test_frames_without_a_court_are_missed() -> None:
    labels = CourtLabels({0: labels_of(VIEW).points[0], 7: {"near_left_doubles": (0, 0)}}, static=False)
    scores = score_court(lambda frame: VIEW if frame == 0 else None, labels, FULL_HD)

    assert (scores.labelled_frames, scores.missed_frames, len(scores.errors_px)) == (2, 1, 14)
    assert score_court(lambda _: None, labels, FULL_HD).summary()["median_error_px"] is None


def test_a_view_that_has_labelled_points_behind_it_is_missed() -> None:
    low = Camera.look_at((0, -8, 1.5), (0, 5, 0), 2000, Lens.pinhole(FULL_HD)).court_view()
    labels = CourtLabels({0: {"near_left_doubles": (0.0, 0.0), "far_left_doubles": (0.0, 0.0)}}, static=True)

    scores = score_court(lambda _: low, labels, FULL_HD)
    assert (scores.labelled_frames, scores.missed_frames, scores.errors_px) == (1, 1, ())


def test_summary_and_pool_by_hand() -> None:
    pooled = pool_court([CourtScores(1, 0, (1.0, 2.0)), CourtScores(2, 1, (9.0,))])

    assert pooled.summary() == {
        "labelled_frames": 3,
        "missed_frames": 1,
        "points": 3,
        "median_error_px": 2,
        "mean_error_px": 4,
        "max_error_px": 9,
    }
    assert np.isclose(max(pooled.errors_px), 9)
