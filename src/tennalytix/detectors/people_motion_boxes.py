"""From foreground evidence to boxes around people."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.people_motion_heights import Heights
from tennalytix.detectors.people_motion_picture import Plane

Floats = NDArray[np.float64]

_THRESHOLD = 5
_STRONG = 14
"""A person is somewhere at least that much beyond noise and shadow; weaker pieces may only be parts of one."""

_SURE = 12
_NOISE_PERCENT = 75
_MOST_NOISE = 10.0
"""While the light changes, the whole picture may differ a little from its background: the threshold rises by that."""

_FRINGE = 5
_FRINGE_SHARE = 0.25

_TALLEST, _WIDEST = 1.4, 0.9
"""Of the height expected where the feet are; people jump, lunge and stretch."""

_GAP, _WIDE_GAP = 0.15, 0.35
"""Between the parts of one person, of the expected height; the wide one where the parts make up a whole person."""

_EDGE_GAP = 0.6
"""The same for parts that the same side of the picture cuts: what joins them lies outside."""
_AT_EDGE_PX = 2
_STRIP_LONG, _STRIP_PX = 3, (5, 8)
"""Pieces along a side, or along the lower or upper edge, no thicker than that and so many times longer are nobody's."""

_SMALLEST_PX = 9
_PART_AREA_PX = 4
_PART_SHARE = 0.003
"""Area of the smallest part that counts, of the square of a person's height: a shoe."""

_MOST_PARTS = 150

_BLUR_PX = 0.75
"""What differs strongly from the background spreads by the radius of the evidence's filter, most of which counts. In
fifteen rendered scenes and six labelled clips boxes less that overlap their players more, 0.731 to 0.742 and 0.840 to
0.844.
"""

_LIMB = 0.04
"""Thinner than this share of a person's height is a racket."""


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """Connected pieces of foreground.

    Attributes:
        xyxy: (n, 4), edges in a system whose first pixel spans [0, 1].
        area: (n,), pixels.
        strength: (n,), largest evidence.
    """

    xyxy: Floats = field(repr=False)
    area: Floats = field(repr=False)
    strength: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.area)


def find_people(evidence: Plane, heights: Heights) -> tuple[Floats, Floats]:
    """Boxes, (n, 4), edges in a system whose first pixel spans [0, 1], and scores, best first."""
    parts = _parts(evidence, heights)
    boxes, area = _join(parts, heights, evidence.shape[1])
    height, width = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    fill = area / (height * width)
    off = np.log(height / heights.at(boxes[:, 3])) / 0.5
    score = np.clip(fill / 0.4, 0, 1) * np.clip(1.2 * height / width, 0, 1) * np.exp(-0.5 * off**2)
    keep = (height >= _SMALLEST_PX) & (score > 0.05)
    boxes, score = boxes[keep], score[keep]
    order = np.argsort(-score, kind="stable")
    return _without_blur(boxes[order], evidence.shape), score[order]


def observe_heights(evidence: Plane, heights: Heights | None = None) -> tuple[Floats, Floats]:
    """Foot rows and heights, (n,) each, of what looks like a whole person: upright, not cut off.

    Without an idea of the heights, only people in one piece count; with one, parts are put together first.
    """
    if heights is None:
        mask = (evidence >= _SURE).astype(np.uint8)
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 3), np.uint8))
        _, xyxy, area = _components(np.asarray(closed, dtype=np.uint8))
    else:
        xyxy, area = _join(_parts(evidence, heights), heights, evidence.shape[1])
    width, height = xyxy[:, 2] - xyxy[:, 0], xyxy[:, 3] - xyxy[:, 1]
    aspect = height / width
    whole = (xyxy[:, 1] > 1) & (xyxy[:, 3] < evidence.shape[0] - 1) & (height >= _SMALLEST_PX)
    upright = (aspect > 1.3) & (aspect < 4) & (area > 0.35 * width * height)
    keep = whole & upright
    return xyxy[keep, 3], height[keep]


def _without_blur(boxes: Floats, shape: tuple[int, ...]) -> Floats:
    """The same boxes less what blur has added; sides that the picture's edge cuts stay."""
    low, high = boxes[:, :2], boxes[:, 2:]
    added = np.minimum(_BLUR_PX, (high - low) / 4)
    low = np.where(low > 0, low + added, low)
    high = np.where(high < np.array(shape[1::-1]), high - added, high)
    return np.concatenate([low, high], axis=1)


def _parts(evidence: Plane, heights: Heights) -> Parts:
    # The fringe of something strong is blur, and next to feet it is shadow.
    strong_nearby = cv2.dilate(evidence, np.ones((_FRINGE, _FRINGE), np.uint8))
    noise = min(float(np.percentile(evidence[::4, ::4], _NOISE_PERCENT)), _MOST_NOISE)
    limit = np.maximum(cv2.convertScaleAbs(strong_nearby, alpha=_FRINGE_SHARE), np.uint8(_THRESHOLD + 2 * noise))
    mask = np.asarray(cv2.compare(evidence, limit, cv2.CMP_GE), dtype=np.uint8)
    labels, xyxy, area = _components(mask)
    found: list[tuple[Floats, Floats, Floats]] = [(np.zeros((0, 4)), np.zeros(0), np.zeros(0))]
    large = area >= np.maximum(_PART_AREA_PX, _PART_SHARE * heights.at(xyxy[:, 3]) ** 2)
    large &= ~_along_edge(xyxy, evidence.shape)
    order = np.argsort(-area, kind="stable")
    for k in order[large[order]][:_MOST_PARTS]:
        x1, y1, x2, y2 = xyxy[k].astype(int)
        own = labels[y1:y2, x1:x2] == k + 1
        strongest = float((evidence[y1:y2, x1:x2] * own).max())
        thickness = int(_LIMB * heights.at(y2))
        if thickness < 2 or min(y2 - y1, x2 - x1) < 2 * thickness:
            found.append((xyxy[k : k + 1], area[k : k + 1], np.array([strongest])))
            continue
        crop = np.pad(own.astype(np.uint8), 1)
        odd = thickness - 1 | 1  # an even kernel has no middle, and shifts what it opens
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (odd, odd))
        _, sub_xyxy, sub_area = _components(np.asarray(cv2.morphologyEx(crop, cv2.MORPH_OPEN, kernel), dtype=np.uint8))
        found.append((sub_xyxy + np.array([x1, y1, x1, y1]) - 1, sub_area, np.full(len(sub_area), strongest)))
    return Parts(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _along_edge(xyxy: Floats, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which parts are strips along a side of the picture, as a camera that drifts leaves them there."""
    width, height = (xyxy[:, 2:] - xyxy[:, :2]).T
    at_side = (xyxy[:, 0] <= _AT_EDGE_PX) | (xyxy[:, 2] >= shape[1] - _AT_EDGE_PX)
    at_end = (xyxy[:, 1] <= _AT_EDGE_PX) | (xyxy[:, 3] >= shape[0] - _AT_EDGE_PX)
    along_side = at_side & (width <= _STRIP_PX[0]) & (height > _STRIP_LONG * width)
    along_end = at_end & (height <= _STRIP_PX[1]) & (width > _STRIP_LONG * height)
    result: NDArray[np.bool_] = along_side | along_end
    return result


def _components(mask: Plane) -> tuple[NDArray[np.uint16], Floats, Floats]:
    """Labels, boxes and areas; measured on the pixels of the components, not on the whole picture as OpenCV does."""
    _, found = cv2.connectedComponentsWithAlgorithm(mask, 8, cv2.CV_16U, cv2.CCL_GRANA)
    labels = np.asarray(found, dtype=np.uint16)
    points = cv2.findNonZero(mask)
    if points is None:
        return labels, np.zeros((0, 4)), np.zeros(0)
    x, y = np.asarray(points, dtype=np.int32).reshape(-1, 2).T
    owner = labels[y, x]
    order = np.argsort(owner, kind="stable")
    x, y = x[order], y[order]
    area = np.bincount(owner)[1:]
    ends = np.cumsum(area)
    starts = ends - area
    left, right = np.minimum.reduceat(x, starts), np.maximum.reduceat(x, starts) + 1
    xyxy = np.column_stack([left, y[starts], right, y[ends - 1] + 1]).astype(np.float64)
    return labels, xyxy, area.astype(np.float64)


def _join(parts: Parts, heights: Heights, picture_width: int) -> tuple[Floats, Floats]:
    """Puts together what stands one above the other with little between, biggest first."""
    order = np.argsort(-parts.area, kind="stable")
    boxes, area, strength = parts.xyxy[order].copy(), parts.area[order].copy(), parts.strength[order]
    alive = np.ones(len(area), dtype=bool)
    person = np.zeros(len(area), dtype=bool)
    for i in np.flatnonzero((strength >= _STRONG) & (area > 0.01 * heights.at(boxes[:, 3]) ** 2)):
        if not alive[i]:
            continue
        alive[i], person[i] = False, True
        main = area[i]
        while True:
            fits = np.flatnonzero(_belongs(boxes[i], main, boxes, area, heights, picture_width) & alive)
            if not len(fits):
                break
            j = int(fits[0])
            boxes[i] = np.concatenate([np.minimum(boxes[i, :2], boxes[j, :2]), np.maximum(boxes[i, 2:], boxes[j, 2:])])
            area[i] += area[j]
            alive[j] = False
    return boxes[person], area[person]


def _belongs(
    box: Floats, main_area: float, boxes: Floats, area: Floats, heights: Heights, picture_width: int
) -> NDArray[np.bool_]:
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    gap_x, gap_y = (low - high).T
    union = np.column_stack([np.minimum(boxes[:, :2], box[:2]), np.maximum(boxes[:, 2:], box[2:])])
    width, height = union[:, 2] - union[:, 0], union[:, 3] - union[:, 1]
    expected = heights.at(union[:, 3])
    narrower = np.minimum(boxes[:, 2] - boxes[:, 0], box[2] - box[0])
    below = boxes[:, 1] > (box[1] + box[3]) / 2
    stacked = (-gap_x >= 0.3 * narrower) | (below & (gap_x < 0.08 * expected))
    offset = np.abs(boxes[:, 0] + boxes[:, 2] - box[0] - box[2]) / 2
    aligned = (area < 0.35 * main_area) | (offset < 0.2 * expected)
    completes = (height < 1.15 * expected) & (height > 0.7 * expected) & (offset < 0.25 * expected)
    cut = (np.maximum(boxes[:, 0], box[0]) <= _AT_EDGE_PX) | (
        np.minimum(boxes[:, 2], box[2]) >= picture_width - _AT_EDGE_PX
    )
    near = gap_y < np.where(cut, _EDGE_GAP, np.where(completes, _WIDE_GAP, _GAP)) * expected
    result: NDArray[np.bool_] = stacked & aligned & near & (area >= _PART_SHARE * expected**2)
    result &= (height < _TALLEST * expected) & (width < _WIDEST * expected)
    return result
