"""Guesses of where the court lies: pairs of lying and standing lines taken for pairs of the court's lines.

All guesses are made at once as arrays; geometry alone throws out nearly all of them.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import KEYPOINTS
from tennalytix.core.court_view import CourtView
from tennalytix.detectors.court_segments import MAX_LYING_SLOPE, MIN_STANDING_SLOPE, Lines

Matrices = NDArray[np.float64]

MAX_LYING, MAX_STANDING = 16, 14

_DOUBLES, _BASELINE = KEYPOINTS["far_right_doubles"]
_SINGLES, _SERVICE = KEYPOINTS["far_service_right"]
# The lines across the court, far to near, and those along it, left to right.
ACROSS_Y_M = (_BASELINE, _SERVICE, -_SERVICE, -_BASELINE)
ALONG_X_M = (-_DOUBLES, -_SINGLES, 0.0, _SINGLES, _DOUBLES)

# Cameras that film a court from behind it; the widest lenses of telephones see 110 degrees.
FOCAL_WIDTHS = (0.35, 6.0)
HEIGHT_M = (1.0, 40.0)
BEHIND_M = (8.0, 90.0)
ASIDE_M = 14.0
# How far a picture may be from that of square pixels: cosine of the angle, and logarithm of the ratio, of the court's
# axes.
MAX_SKEW = 0.12
MAX_STRETCH = 0.15


def guess_courts(lines: Lines, size_wh: tuple[int, int]) -> Matrices:
    """Matrices `image_from_court` of all guesses that some camera could have taken, shape (n, 3, 3)."""
    lying = lines.best(lines.slope < MAX_LYING_SLOPE, MAX_LYING)
    standing = lines.best(lines.slope > MIN_STANDING_SLOPE, MAX_STANDING)
    if len(lying) < 2 or len(standing) < 2:
        return np.zeros((0, 3, 3))
    image_from_square = _squares(_corners(lying, standing, size_wh))
    guesses = [
        image_from_square @ _square_from_court(x, y)
        for y in combinations(ACROSS_Y_M, 2)
        for x in combinations(ALONG_X_M, 2)
    ]
    candidates = np.concatenate(guesses)
    return candidates[plausible(candidates, size_wh)]


def plausible(image_from_court: Matrices, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Which views, (n, 3, 3), a camera with square pixels behind the near baseline could have, shape (n,)."""
    width, height = size_wh
    centre = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1.0]])
    keep = np.zeros(len(image_from_court), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        a, b, t = np.moveaxis(centre @ image_from_court, 2, 0)
        focal_px = _focal_px(a, b)
        # Most have no focal length that can be: the others are looked at more closely.
        rows = np.flatnonzero((focal_px > FOCAL_WIDTHS[0] * width) & (focal_px < FOCAL_WIDTHS[1] * width))
        f = focal_px[rows]
        a, b, t = (v[rows] / np.stack([f, f, np.ones_like(f)], axis=1) for v in (a, b, t))
        size_a, size_b = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
        skew = (a * b).sum(axis=1) / (size_a * size_b)
        stretch = np.log(size_a / size_b)
        scale = np.sign(t[:, 2]) / np.sqrt(size_a * size_b)
        a, b, t = (v * scale[:, None] for v in (a, b, t))
        x, y, z = -(a * t).sum(axis=1), -(b * t).sum(axis=1), -(np.cross(a, b) * t).sum(axis=1)
        fits = (np.abs(skew) < MAX_SKEW) & (np.abs(stretch) < MAX_STRETCH) & (np.abs(x) < ASIDE_M)
        fits &= (z > HEIGHT_M[0]) & (z < HEIGHT_M[1]) & (-y > BEHIND_M[0]) & (-y < BEHIND_M[1])
    keep[rows[fits]] = True
    return keep


def plausible_view(view: CourtView, size_wh: tuple[int, int]) -> bool:
    """Whether such a camera could have this view."""
    image_from_court = np.asarray(np.linalg.inv(view.court_from_image), dtype=np.float64)
    return bool(plausible(image_from_court[None], size_wh)[0])


def _focal_px(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `Camera.from_court_view`; NaN where no focal length fits."""
    left = np.stack([a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1], (a[:, :2] ** 2).sum(axis=1) - (b[:, :2] ** 2).sum(axis=1)])
    right = np.stack([-a[:, 2] * b[:, 2], b[:, 2] ** 2 - a[:, 2] ** 2])
    result: NDArray[np.float64] = np.sqrt((left**2).sum(axis=0) / (left * right).sum(axis=0))
    return result


def _corners(lying: Lines, standing: Lines, size_wh: tuple[int, int]) -> NDArray[np.float64]:
    """Corners of all four-sided figures that may be a rectangle seen from behind, (n, 4, 2).

    Their order: far left, far right, near left, near right.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.cross(lying.abc[:, None], standing.abc[None])
        point = crossing[..., :2] / crossing[..., 2:]
    level = np.argsort(-(lying.abc[:, 0] * size_wh[0] / 2 + lying.abc[:, 2]) / lying.abc[:, 1])
    far, near = np.array(list(combinations(level, 2))).T
    left, right = np.array([(i, j) for i in range(len(standing)) for j in range(len(standing)) if i != j]).T
    corners = np.stack(
        [point[f][:, s] for f, s in ((far, left), (far, right), (near, left), (near, right))], axis=2
    ).reshape(-1, 4, 2)
    far_left, far_right, near_left, near_right = np.moveaxis(corners, 1, 0)
    upright = (near_left[:, 1] > far_left[:, 1]) & (near_right[:, 1] > far_right[:, 1])
    far_width, near_width = far_right[:, 0] - far_left[:, 0], near_right[:, 0] - near_left[:, 0]
    keep = upright & (far_width > 0.02 * size_wh[0]) & (near_width > far_width)
    kept: NDArray[np.float64] = corners[keep & np.isfinite(corners).all(axis=(1, 2))]
    return kept


def _squares(corners: NDArray[np.float64]) -> Matrices:
    """Matrices (n, 3, 3) that take the unit square, y to the near side, to these corners (Heckbert 1989)."""
    p00, p10, p01, p11 = np.moveaxis(corners, 1, 0)
    d1, d2, d3 = p10 - p11, p01 - p11, p00 - p10 + p11 - p01
    with np.errstate(divide="ignore", invalid="ignore"):
        area = _cross(d1, d2)
        g, h = _cross(d3, d2) / area, _cross(d1, d3) / area
    result = np.empty((len(corners), 3, 3))
    result[:, :2, 0] = p10 - p00 + g[:, None] * p10
    result[:, :2, 1] = p01 - p00 + h[:, None] * p01
    result[:, :2, 2] = p00
    result[:, 2] = np.stack([g, h, np.ones_like(g)], axis=1)
    return result[np.isfinite(result).all(axis=(1, 2))]


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return result


def _square_from_court(x_m: tuple[float, float], y_m: tuple[float, float]) -> NDArray[np.float64]:
    """x_m left and right, y_m far and near side of the rectangle that becomes the unit square."""
    width, depth = x_m[1] - x_m[0], y_m[1] - y_m[0]
    return np.array([[1 / width, 0, -x_m[0] / width], [0, 1 / depth, -y_m[0] / depth], [0, 0, 1.0]])
