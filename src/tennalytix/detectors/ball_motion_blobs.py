"""Small bright blobs of a two-sided difference, described and ranked by how much they look like a ball."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.detectors.ball_motion_picture import Grey, Picture

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEVELS = (8, 16, 32)
_MAX_SIDE_PX = 70.0
_MAX_AREA_PX2 = 500.0
_NEAR_PX, _FAR_PX = 20.0, 50.0
_MAX_MOVING_SHARE = 0.25

# Coefficients of the features, by logistic regression: balls in flight against all other blobs, on ten broadcast clips.
_WEIGHTS = np.array([1.97, 0.94, 0.01, 1.95, -0.92, -1.15, -1.53, -1.07, 3.17, -2.16, 1.98, 2.19])
_BIAS = -8.8


@dataclass(frozen=True, eq=False, slots=True)
class Blobs:
    """Blobs of one difference picture.

    Attributes:
        xy: (n, 2), centre, full-size pixels.
        half_side_px: (n,), half the longer side of the blob's bounding box, full-size pixels.
        logit: (n,), how much it looks like a ball: log odds.
    """

    xy: Floats
    half_side_px: Floats
    logit: Floats

    @classmethod
    def none(cls) -> "Blobs":
        """No blobs."""
        return cls(np.zeros((0, 2)), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, eq=False, slots=True)
class _Pixels:
    """The changed pixels of a difference picture, in reading order."""

    x: Ints
    y: Ints
    value: Floats
    red: Floats
    blue: Floats
    near: Floats
    far: Floats

    def pick(self, keep: NDArray[np.bool_] | Ints) -> "_Pixels":
        return _Pixels(*(getattr(self, name)[keep] for name in ("x", "y", "value", "red", "blue", "near", "far")))


def find_blobs(difference: Grey, moving: Grey, current: Picture, before: Picture, after: Picture) -> Blobs:
    """The ball-sized blobs of a two-sided difference at work size, at several levels of contrast (they may nest).

    Args:
        difference: how much brighter each pixel is than before and after.
        moving: 1 where a pixel is much brighter or darker than before and after, else 0.
        current: the frame searched.
        before: the earlier frame it is compared with.
        after: the later one.
    """
    height, width = difference.shape
    scale = float(np.hypot(width, height)) / DIAGONAL_720P_PX
    if cv2.countNonZero(moving) > _MAX_MOVING_SHARE * difference.size:
        return Blobs.none()
    pixels = _changed(difference, moving, scale, (current, before, after))
    rows = [np.flatnonzero(pixels.value > level) for level in _LEVELS]
    layer = np.repeat(np.arange(len(_LEVELS)), [len(r) for r in rows])
    return _layer_blobs(pixels.pick(np.concatenate(rows)), layer, difference.shape, scale, current.factor)


def changed_mask(difference: Grey) -> Grey:
    """1 where the difference passes the lowest level, else 0."""
    return cv2.threshold(difference, _LEVELS[0], 1, cv2.THRESH_BINARY)[1]  # type: ignore[return-value]


def _changed(difference: Grey, moving: Grey, scale: float, pictures: tuple[Picture, Picture, Picture]) -> _Pixels:
    # Several times as fast as OpenCV's `findNonZero`.
    y, x = np.divmod(np.flatnonzero(changed_mask(difference).view(bool)), difference.shape[1])
    total = np.asarray(cv2.integral(moving), dtype=np.int32)
    near, far = (_count_around(total, x, y, round(radius_px * scale)) for radius_px in (_NEAR_PX, _FAR_PX))
    red, blue = (_change(x, y, name, pictures) for name in ("cr", "cb"))
    return _Pixels(x, y, difference[y, x].astype(np.float64), red, blue, near, far)


def _count_around(total: NDArray[np.int32], x: Ints, y: Ints, radius: int) -> Floats:
    """Moving pixels in the square of `radius` around each pixel, from the picture's running totals."""
    height, width = total.shape
    top, bottom = np.maximum(y - radius, 0), np.minimum(y + radius + 1, height - 1)
    left, right = np.maximum(x - radius, 0), np.minimum(x + radius + 1, width - 1)
    result: Floats = (total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]).astype(
        np.float64
    )
    return result


def _change(x: Ints, y: Ints, name: str, pictures: tuple[Picture, Picture, Picture]) -> Floats:
    """Chroma now less its mean before and after, at work pixels; a moving camera shifts it less than its blur."""
    ratio = pictures[0].factor / pictures[0].chroma_factor
    planes = [getattr(p, name) for p in pictures]
    row = np.minimum((y * ratio).astype(np.int64), planes[0].shape[0] - 1)
    column = np.minimum((x * ratio).astype(np.int64), planes[0].shape[1] - 1)
    now, before, after = (plane[row, column].astype(np.float64) for plane in planes)
    result: Floats = now - (before + after) / 2
    return result


def _layer_blobs(pixels: _Pixels, layer: Ints, shape: tuple[int, ...], scale: float, factor: int) -> Blobs:
    """The blobs of all levels, each level's pixels a layer of its own; all at once, as every call has its price."""
    if len(layer) == 0:
        return Blobs.none()
    # Layers lie one below the other, with a row between them.
    owner = _connect(pixels.x, pixels.y + layer * (shape[0] + 1), shape[1])
    area = np.bincount(owner)
    order = np.argsort(owner, kind="stable")
    starts = np.cumsum(area) - area
    side = np.maximum(*(_extent(values[order], starts) for values in (pixels.x, pixels.y)))
    fits = (side <= _MAX_SIDE_PX * scale) & (area <= _MAX_AREA_PX2 * scale**2) & (area >= 2)
    if not fits.any():
        return Blobs.none()
    inside = fits[owner]
    number = np.cumsum(fits) - 1
    level = np.array(_LEVELS)[layer[order[starts[fits]]]]
    centre, features = _describe(pixels.pick(inside), number[owner[inside]], level, scale)
    return Blobs((centre + 0.5) * factor - 0.5, side[fits] * factor / 2.0, features @ _WEIGHTS + _BIAS)


def _connect(x: Ints, y: Ints, width: int) -> Ints:
    """Which blob each pixel belongs to, numbered from 0; touching corners connect. Work grows with these pixels.

    Args:
        x: (n,)
        y: (n,), rising, and x within a row.
        width: of the picture.
    """
    # Pixels side by side are one run: a third as many to connect. Rows are apart by more than a run can reach.
    pitch = width + 2
    place = y * pitch + x
    starts = np.flatnonzero(np.diff(place, prepend=-2) != 1)
    begin, end = place[starts], place[np.append(starts[1:], len(place)) - 1]
    low = np.searchsorted(end, begin + pitch - 1)
    count = np.maximum(np.searchsorted(begin, end + pitch + 1, side="right") - low, 0)
    upto = np.cumsum(count)
    below = np.arange(upto[-1]) + np.repeat(low - (upto - count), count)
    graph = csr_array((np.ones(len(below), np.int8), below, np.append(0, upto)), shape=(len(begin), len(begin)))
    blob = connected_components(graph, directed=False)[1].astype(np.int64)
    result: Ints = np.repeat(blob, np.diff(starts, append=len(place)))
    return result


def _extent(values: Ints, starts: Ints) -> Ints:
    """Largest less smallest of the values from each start to the next, plus one."""
    result: Ints = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts) + 1
    return result


def _describe(pixels: _Pixels, owner: Ints, level: Ints, scale: float) -> tuple[Floats, Floats]:
    """Weighted centres (n, 2) and features (n, 12) of blobs 0 to max(owner); `level`, (n,), is where each was found."""
    area = np.bincount(owner).astype(np.float64)

    def mean(weight: Floats) -> Floats:
        result: Floats = np.bincount(owner, weight) / area
        return result

    mass = mean(pixels.value)
    centre = np.stack([mean(pixels.value * pixels.x), mean(pixels.value * pixels.y)], axis=1) / mass[:, None]
    dx, dy = pixels.x - centre[owner, 0], pixels.y - centre[owner, 1]
    length, width = _axes(mean(dx * dx), mean(dy * dy), mean(dx * dy))
    peak = np.zeros(len(area))
    np.maximum.at(peak, owner, pixels.value)
    size, thick = np.log(area / scale**2), np.log(width / scale)
    crowd = [
        np.log1p(np.maximum(mean(c) - area, 0) / scale**2 / r)
        for c, r in ((pixels.near, _NEAR_PX), (pixels.far, _FAR_PX))
    ]
    features = [
        np.log(peak), size, size**2, thick, thick**2, np.log(length / width), *crowd,
        np.clip(-mean(pixels.blue), -10, 30) / 10, np.clip(mean(pixels.red), -20, 20) / 10,
        np.log(area / (length * width)), level / peak,
    ]  # fmt: skip
    return centre, np.stack(features, axis=1)


def _axes(sxx: Floats, syy: Floats, sxy: Floats) -> tuple[Floats, Floats]:
    """Length and width of the rectangles with these second moments (a pixel's own extent included)."""
    middle = (sxx + syy) / 2 + 1 / 12
    spread = np.hypot((sxx - syy) / 2, sxy)
    return np.sqrt(12 * (middle + spread)), np.sqrt(12 * np.maximum(middle - spread, 1 / 12))
