"""Whether two pictures show the same scene, and the motion between them."""

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import apply_homography
from tennalytix.video.features import PYRAMID_LEVELS, Points, follow_points
from tennalytix.video.motion_fit import MIN_POINTS, fit_motion

Matrix = NDArray[np.float64]
Picture = NDArray[np.uint8]

# Share of a picture's points that must agree on one motion. An overlay that outlasts a cut holds a tenth of them.
LOST_SHARE = 0.25
# Where so many agree after a look close around what is expected, as with cameras at rest, no other is needed.
SURE_SHARE, NEAR_LEVELS = 0.7, 1


def match(before: Picture, points: Points, picture: Picture, guess: Matrix) -> tuple[Matrix, float] | None:
    """The matrix `before_from_picture` and the share of points still in view that agree with it; None if too few do.

    Args:
        before: (h, w), a picture.
        points: (n, 2), corners in it.
        picture: (h, w), another one.
        guess: (3, 3), `picture_from_before` as far as it is known.
    """
    size_wh = picture.shape[1], picture.shape[0]
    expected, inside = points_in_view(points, guess, size_wh)
    if inside.sum() < MIN_POINTS:
        return None
    points, expected = points[inside], expected[inside]
    for levels, least in ((NEAR_LEVELS, SURE_SHARE), (PYRAMID_LEVELS, LOST_SHARE)):
        moved, found = follow_points(before, picture, points, expected.astype(np.float32), levels)
        fit = fit_motion(moved[found], points[found], size_wh)
        if fit is not None and fit.agreeing >= least * len(points):
            return fit.a_from_b, fit.agreeing / len(points)
    return None


def points_in_view(
    points: Points, guess: Matrix, size_wh: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where a motion takes points, (n, 2), and whether that lies in the picture, (n,)."""
    expected = apply_homography(guess, points)
    inside: NDArray[np.bool_] = np.all((expected >= 0) & (expected < size_wh), axis=1)
    return expected, inside
