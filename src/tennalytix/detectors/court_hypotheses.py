"""Guesses of where the court lies: pairs of lines taken for two across the court, others for two along it.

All guesses are made at once as arrays; geometry alone throws out nearly all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import BEHIND_ASIDE_M, BEHIND_LEAST_M
from tennalytix.core.court import KEYPOINTS
from tennalytix.core.court_view import CourtView
from tennalytix.detectors.court_segments import MAX_LYING_SLOPE, MIN_STANDING_SLOPE, Lines

Matrices = NDArray[np.float64]

MAX_LYING, MAX_STANDING = 16, 14
# Fewer where nothing tells far from near and left from right.
MAX_ASIDE = 12
# From aside, lines across the court run one way in the picture, those along it less steeply the other; degrees, falling
# to the right, for a camera to the left of the court.
ACROSS_DEG, ALONG_DEG = (75.0, 175.0), (-12.0, 75.0)

_DOUBLES, _BASELINE = KEYPOINTS["far_right_doubles"]
_SINGLES, _SERVICE = KEYPOINTS["far_service_right"]
# The lines across the court, far to near, and those along it, left to right.
ACROSS_Y_M = (_BASELINE, _SERVICE, -_SERVICE, -_BASELINE)
ALONG_X_M = (-_DOUBLES, -_SINGLES, 0.0, _SINGLES, _DOUBLES)

# The widest lenses of telephones see 110 degrees.
FOCAL_WIDTHS = (0.35, 6.0)
HEIGHT_M = (1.0, 40.0)
# How far a picture may be from that of square pixels: cosine of the angle, and logarithm of the ratio, of the court's
# axes.
MAX_SKEW = 0.12
MAX_STRETCH = 0.15


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a camera stands.

    Attributes:
        aside_m: at most so far from the line through the middle of the court.
        behind_m: least and most distance from the net, on the near side.
    """

    aside_m: float
    behind_m: tuple[float, float]


BEHIND = Stance(BEHIND_ASIDE_M, (BEHIND_LEAST_M, 90.0))
"""Behind a baseline, as television's main camera and telephones on the fence."""
ASIDE = Stance(60.0, (0.0, 90.0))
"""Anywhere about the court, as on a seat beside it: near is the side of the net where the camera stands."""


def guess_courts(lines: Lines, size_wh: tuple[int, int], stance: Stance = BEHIND) -> Matrices:
    """Matrices `image_from_court` of all guesses that some camera could have taken, shape (n, 3, 3)."""
    if stance is BEHIND:
        lying = lines.best(lines.slope < MAX_LYING_SLOPE, MAX_LYING)
        standing = lines.best(lines.slope > MIN_STANDING_SLOPE, MAX_STANDING)
        corners = [_corners_behind(lying, standing, size_wh)]
    else:
        corners = [_corners_aside(lines, way) for way in (1, -1)]
    image_from_square = _squares(np.concatenate(corners))
    guesses = [np.zeros((0, 3, 3))]
    for y in combinations(ACROSS_Y_M, 2):
        for x in combinations(ALONG_X_M, 2):
            candidates = image_from_square @ _square_from_court(x, y)
            guesses.append(candidates[plausible(candidates, size_wh, stance)])
    return np.concatenate(guesses)


def plausible(image_from_court: Matrices, size_wh: tuple[int, int], stance: Stance = BEHIND) -> NDArray[np.bool_]:
    """Which views, (n, 3, 3), a camera with square pixels that stands so could have, shape (n,)."""
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
        fits = (np.abs(skew) < MAX_SKEW) & (np.abs(stretch) < MAX_STRETCH) & (np.abs(x) < stance.aside_m)
        fits &= (z > HEIGHT_M[0]) & (z < HEIGHT_M[1]) & (-y > stance.behind_m[0]) & (-y < stance.behind_m[1])
    keep[rows[fits]] = True
    return keep


def plausible_view(view: CourtView, size_wh: tuple[int, int], stance: Stance = BEHIND) -> bool:
    """Whether a camera that stands so could have this view."""
    image_from_court = np.asarray(np.linalg.inv(view.court_from_image), dtype=np.float64)
    return bool(plausible(image_from_court[None], size_wh, stance)[0])


def _focal_px(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `Camera.from_court_view`; NaN where no focal length fits."""
    left = np.stack([a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1], (a[:, :2] ** 2).sum(axis=1) - (b[:, :2] ** 2).sum(axis=1)])
    right = np.stack([-a[:, 2] * b[:, 2], b[:, 2] ** 2 - a[:, 2] ** 2])
    result: NDArray[np.float64] = np.sqrt((left**2).sum(axis=0) / (left * right).sum(axis=0))
    return result


def _corners_behind(lying: Lines, standing: Lines, size_wh: tuple[int, int]) -> NDArray[np.float64]:
    """Corners of all four-sided figures that may be a rectangle seen from behind, (n, 4, 2).

    Their order: far left, far right, near left, near right.
    """
    if len(lying) < 2 or len(standing) < 2:
        return np.zeros((0, 4, 2))
    point = _crossings(lying, standing)
    level = np.argsort(-(lying.abc[:, 0] * size_wh[0] / 2 + lying.abc[:, 2]) / lying.abc[:, 1])
    far, near = np.array(list(combinations(level, 2))).T
    left, right = np.array(list(permutations(range(len(standing)), 2))).T
    corners = _pairs(point, (far, near), (left, right))
    far_left, far_right, near_left, near_right = np.moveaxis(corners, 1, 0)
    upright = (near_left[:, 1] > far_left[:, 1]) & (near_right[:, 1] > far_right[:, 1])
    far_width, near_width = far_right[:, 0] - far_left[:, 0], near_right[:, 0] - near_left[:, 0]
    keep = upright & (far_width > 0.02 * size_wh[0]) & (near_width > far_width)
    kept: NDArray[np.float64] = corners[keep & np.isfinite(corners).all(axis=(1, 2))]
    return kept


def _corners_aside(lines: Lines, way: int) -> NDArray[np.float64]:
    """The same as seen by a camera to the left of the court, or to the right of it (`way` -1): far may be near."""
    degrees = np.degrees(np.arctan2(-way * lines.abc[:, 0], lines.abc[:, 1]))
    across, along = (
        lines.best((degrees - first) % 180 <= last - first, MAX_ASIDE) for first, last in (ACROSS_DEG, ALONG_DEG)
    )
    if len(across) < 2 or len(along) < 2:
        return np.zeros((0, 4, 2))
    ends, sides = (np.array(list(permutations(range(len(some)), 2))).T for some in (across, along))
    corners = _pairs(_crossings(across, along), ends, sides)
    round_about = corners[:, [0, 1, 3, 2]]
    ways = np.roll(round_about, -1, axis=1) - round_about
    turns = np.stack([_cross(ways[:, i], ways[:, (i + 1) % 4]) for i in range(4)])
    kept: NDArray[np.float64] = corners[(turns > 0).all(axis=0) & np.isfinite(corners).all(axis=(1, 2))]
    return kept


def _crossings(across: Lines, along: Lines) -> NDArray[np.float64]:
    """Where lines cross, (across, along, 2)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.cross(across.abc[:, None], along.abc[None])
        point: NDArray[np.float64] = crossing[..., :2] / crossing[..., 2:]
    return point


def _pairs(
    point: NDArray[np.float64], across: Iterable[NDArray[np.intp]], along: Iterable[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """Corners between each pair across, far and near, and each along, left and right, (n, 4, 2)."""
    (far, near), (left, right) = across, along
    corners = [point[f][:, s] for f, s in ((far, left), (far, right), (near, left), (near, right))]
    return np.stack(corners, axis=2).reshape(-1, 4, 2)


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
