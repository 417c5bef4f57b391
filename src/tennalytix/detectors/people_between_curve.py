"""Who on one key frame is who on the next, and the way from one to the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tennalytix.core.boxes import centre_xy, iou
from tennalytix.core.homography import apply_homography

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

_HEIGHTS_PER_S = 6.0
"""Nobody is faster: 10 m/s, bodies 1.7 m tall."""
_BOX_SLACK_HEIGHTS = 0.3
"""So much a box's middle may move because an arm or a leg does."""
_LOG_SHAPE = 1.5
"""Width and height of one and the same person change by no more than e to this power, both together."""


@dataclass(frozen=True, eq=False, slots=True)
class Key:
    """The people on a key frame.

    Attributes:
        time_s: of the frame.
        xyxy: (n, 4), pixels of the segment's first frame.
        score: (n,)
    """

    time_s: float
    xyxy: Floats
    score: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Gap:
    """Two key frames that follow one another, and who is on both.

    Attributes:
        first: the earlier.
        last: the later.
        first_row: (m,), rows of those on both in `first`.
        last_row: (m,), their rows in `last`.
    """

    first: Key
    last: Key
    first_row: Rows
    last_row: Rows

    @property
    def duration_s(self) -> float:
        """Time from one to the other."""
        return self.last.time_s - self.first.time_s


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """Boxes in motion from one key frame to the next: a cubic for every edge.

    Attributes:
        start: (m, 4), at the first key frame.
        end: (m, 4), at the last.
        start_per_s: (m, 4), speeds there.
        end_per_s: (m, 4)
        from_s: time of the first key frame.
        to_s: time of the last.
        score: (m,), falling.
    """

    start: Floats
    end: Floats
    start_per_s: Floats
    end_per_s: Floats
    from_s: float
    to_s: float
    score: Floats

    def at(self, time_s: float) -> Floats:
        """Boxes, (m, 4), at an instant between; on the straight way where the cubic would make one too small."""
        duration = self.to_s - self.from_s
        t = (time_s - self.from_s) / duration
        straight = self.start + t * (self.end - self.start)
        secant = self.end - self.start
        bend = (1 - t) * (self.start_per_s * duration - secant) - t * (self.end_per_s * duration - secant)
        curved = straight + t * (1 - t) * bend
        smallest = np.minimum(_sides(self.start), _sides(self.end)) / 2
        fits = np.all(_sides(curved) >= smallest, axis=1, keepdims=True)
        boxes: Floats = np.where(fits, curved, straight)
        return boxes


def link(first: Key, last: Key, before: Gap | None = None) -> Gap:
    """Finds who on one key frame is who on the next: by place, by size, and by where people were going.

    Args:
        first: the earlier key frame.
        last: the later one.
        before: the gap that ends at `first`.
    """
    if not len(first.score) or not len(last.score):
        return Gap(first, last, np.zeros(0, np.intp), np.zeros(0, np.intp))
    duration_s = last.time_s - first.time_s
    ahead = first.xyxy + _velocity(first, before) * duration_s
    apart, change = _heights_apart(first.xyxy, last.xyxy), _shape_change(first.xyxy, last.xyxy)
    possible = (apart <= _BOX_SLACK_HEIGHTS + _HEIGHTS_PER_S * duration_s) & (change <= _LOG_SHAPE)
    cost = 1 - iou(ahead, last.xyxy) + 0.3 * _heights_apart(ahead, last.xyxy) + 0.2 * change
    rows, columns = linear_sum_assignment(np.where(possible, cost, 1e3))
    keep = possible[rows, columns]
    return Gap(first, last, rows[keep], columns[keep])


def curve_through(gap: Gap, before: Gap | None, after: Gap | None) -> Curve:
    """The way of those on both key frames of a gap; its neighbours, where known, tell how it bends."""
    order = np.argsort(-np.minimum(gap.first.score[gap.first_row], gap.last.score[gap.last_row]), kind="stable")
    first_row, last_row = gap.first_row[order], gap.last_row[order]
    start, end = gap.first.xyxy[first_row], gap.last.xyxy[last_row]
    start_per_s = (end - start) / gap.duration_s
    end_per_s = start_per_s.copy()
    if before:
        earlier = _partner(before.last_row, before.first_row, len(gap.first.score))[first_row]
        known = earlier >= 0
        start_per_s[known] = (end[known] - before.first.xyxy[earlier[known]]) / (before.duration_s + gap.duration_s)
    if after:
        later = _partner(after.first_row, after.last_row, len(gap.last.score))[last_row]
        known = later >= 0
        end_per_s[known] = (after.last.xyxy[later[known]] - start[known]) / (gap.duration_s + after.duration_s)
    score = np.minimum(gap.first.score[first_row], gap.last.score[last_row])
    return Curve(start, end, start_per_s, end_per_s, gap.first.time_s, gap.last.time_s, score)


def map_boxes(target_from_source: Floats, xyxy: Floats) -> Floats:
    """Boxes, (n, 4), seen by a camera that has moved: as far away and as upright there, however it is tilted.

    Centres go where the homography takes them, and sides grow as the picture does there. The inverse takes all back.
    """
    if not len(xyxy) or np.array_equal(target_from_source, np.eye(3)):
        return xyxy
    centre = centre_xy(xyxy)
    depth = centre @ target_from_source[2, :2] + target_from_source[2, 2]
    half = _sides(xyxy) / 2 * np.sqrt(np.abs(np.linalg.det(target_from_source) / depth**3))[:, None]
    mapped = apply_homography(target_from_source, centre)
    return np.hstack([mapped - half, mapped + half])


def inverse(matrix: Floats) -> Floats:
    """The way back."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _partner(rows: Rows, partners: Rows, count: int) -> Rows:
    """For each of `count` rows its partner, -1 for none."""
    partner = np.full(count, -1, np.intp)
    partner[rows] = partners
    return partner


def _velocity(key: Key, before: Gap | None) -> Floats:
    """How fast the people on a key frame have moved, (n, 4), pixels a second; 0 where not known.

    What both edges of a box have in common: a box that grew over somebody else has not moved.
    """
    velocity = np.zeros_like(key.xyxy)
    if before:
        step = key.xyxy[before.last_row] - before.first.xyxy[before.first_row]
        low, high = step[:, :2], step[:, 2:]
        shared = np.where(np.abs(low) < np.abs(high), low, high) * (low * high > 0)
        velocity[before.last_row] = np.tile(shared, 2) / before.duration_s
    return velocity


def _sides(xyxy: Floats) -> Floats:
    return xyxy[:, 2:] - xyxy[:, :2]


def _heights_apart(a: Floats, b: Floats) -> Floats:
    """Distances of centres in heights of the taller box, (len(a), len(b))."""
    distance = np.linalg.norm(centre_xy(a)[:, None] - centre_xy(b)[None], axis=2)
    heights: Floats = distance / np.maximum(_sides(a)[:, None, 1], _sides(b)[None, :, 1])
    return heights


def _shape_change(a: Floats, b: Floats) -> Floats:
    change: Floats = np.abs(np.log(_sides(a)[:, None] / _sides(b)[None])).sum(axis=2)
    return change
