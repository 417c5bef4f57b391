"""The motion of the camera between two pictures, from points that were followed from one to the other."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import apply_homography

MIN_POINTS = 12
# First guess: a similarity that keeps points within this many pixels of the reduced picture.
COARSE_PX = 3.0
# Points that agree with the motion; people, crowd and overlays do not once the camera has moved.
AGREE_PX = 1.0
# Accuracy of a followed point, the least that residuals are scaled with.
POINT_NOISE_PX = 0.1
ROUNDS = 5
# A round that changes less than this, of pixels at the picture's corners, is the last.
SETTLED_PX = 0.005
# Perspective and shear come with the camera's turn, so they are expected in proportion to the shift of the picture (all
# lengths in half diagonals). A turn that shifts the picture by t tilts it by t / f^2 with a focal length f above 2.5; a
# rolling shutter shears it by less than a third of the shift.
PERSPECTIVE_PER_SHIFT = 0.16
SHEAR_PER_SHIFT = 0.3
MIN_SHIFT = 1e-3


@dataclass(frozen=True, eq=False, slots=True)
class MotionFit:
    """A camera motion.

    Attributes:
        a_from_b: (3, 3), lower-right entry 1.
        agreeing: number of points that follow it.
    """

    a_from_b: NDArray[np.float64] = field(repr=False)
    agreeing: int


def fit_motion(b_xy: NDArray[np.float32], a_xy: NDArray[np.float32], size_wh: tuple[int, int]) -> MotionFit | None:
    """The motion that most points share, as a homography that bends no further than the shift explains.

    Args:
        b_xy: (n, 2), points in one picture.
        a_xy: (n, 2), the same points in the other.
        size_wh: of the pictures, in pixels.

    Returns:
        None where fewer than twelve points agree on any motion.
    """
    if len(b_xy) < MIN_POINTS:
        return None
    coarse, mask = cv2.estimateAffinePartial2D(
        b_xy, a_xy, method=cv2.RANSAC, ransacReprojThreshold=COARSE_PX, maxIters=500, confidence=0.999, refineIters=5
    )
    if coarse is None or int(mask.sum()) < MIN_POINTS or not 0.25 < np.linalg.det(coarse[:, :2]) < 4:
        return None
    a_from_b = _refine(b_xy.astype(np.float64), a_xy.astype(np.float64), np.vstack([coarse, [0, 0, 1]]), size_wh)
    residual = np.hypot(*(apply_homography(a_from_b, b_xy) - a_xy).T)
    agreeing = int((residual < AGREE_PX).sum())
    return MotionFit(a_from_b, agreeing) if agreeing >= MIN_POINTS else None


def _refine(
    b_xy: NDArray[np.float64], a_xy: NDArray[np.float64], a_from_b: NDArray[np.float64], size_wh: tuple[int, int]
) -> NDArray[np.float64]:
    """Weighted least squares with Tukey's weights, in half diagonals from the middle of the picture."""
    unit_px = float(np.hypot(*size_wh)) / 2
    centre = (np.array(size_wh) - 1) / 2
    to_unit = np.array([[1 / unit_px, 0, -centre[0] / unit_px], [0, 1 / unit_px, -centre[1] / unit_px], [0, 0, 1]])
    from_unit = np.linalg.inv(to_unit)
    b, a = (b_xy - centre) / unit_px, (a_xy - centre) / unit_px
    matrix = to_unit @ a_from_b @ from_unit
    design, target = _equations(b, a)
    noise = POINT_NOISE_PX / unit_px
    cutoff_px = COARSE_PX
    for _ in range(ROUNDS):
        residual = np.hypot(*(apply_homography(matrix, b) - a).T)
        cutoff = cutoff_px / unit_px
        weight = np.where(residual < cutoff, (1 - (residual / cutoff) ** 2) ** 2, 0.0)
        shift, before = float(np.hypot(matrix[0, 2], matrix[1, 2])), matrix
        matrix = _solve(design, target, np.concatenate([weight, weight]), noise, shift)
        if np.abs(matrix - before).max() * unit_px < SETTLED_PX:
            break
        near = np.sort(residual[residual < cutoff])
        # The median; NumPy's own takes longer than the rest of the round.
        spread = 1.4826 * float(near[(len(near) - 1) // 2] + near[len(near) // 2]) / 2 if len(near) else noise
        cutoff_px = min(COARSE_PX, 4.7 * max(spread, noise) * unit_px)
    result: NDArray[np.float64] = from_unit @ matrix @ to_unit
    result /= result[2, 2]
    return result


def _equations(b: NDArray[np.float64], a: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows of a linear system in (zoom, turn, shift x, shift y, shear, shear, perspective x, perspective y)."""
    x, y = b.T
    zeros, ones = np.zeros(len(b)), np.ones(len(b))
    rows_x = np.stack([x, -y, ones, zeros, x, y, -x * a[:, 0], -y * a[:, 0]], axis=1)
    rows_y = np.stack([y, x, zeros, ones, -y, x, -x * a[:, 1], -y * a[:, 1]], axis=1)
    return np.concatenate([rows_x, rows_y]), np.concatenate([a[:, 0] - x, a[:, 1] - y])


def _solve(
    design: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64], noise: float, shift: float
) -> NDArray[np.float64]:
    shift = max(shift, MIN_SHIFT)
    expected = np.array([SHEAR_PER_SHIFT * shift] * 2 + [PERSPECTIVE_PER_SHIFT * shift] * 2)
    ridge = np.concatenate([np.full(4, 1e-9), (noise / expected) ** 2])
    weighted = design * weight[:, None]
    zoom, turn, tx, ty, s1, s2, p1, p2 = np.linalg.solve(weighted.T @ design + np.diag(ridge), weighted.T @ target)
    return np.array([[1 + zoom + s1, -turn + s2, tx], [turn + s2, 1 + zoom - s1, ty], [p1, p2, 1.0]])
