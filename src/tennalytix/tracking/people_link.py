"""Follows every person over time: one track a person as long as nothing makes him doubtful."""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from tennalytix.core.tables import Floats, FrameTable, Ints, PeopleTable
from tennalytix.tracking.people_options import PlayerOptions

_NO_MATCH = 1e6
_POSITION_GAIN = 0.7
_VELOCITY_GAIN = 0.3
_RESTS_S, _AT_REST, _LEAVES = 1.0, 0.2, 0.5
"""Who has stood for so long, to so many body heights, is less readily taken to have gone: the cost of a body height.

Where a player runs past an official, it is the player who comes out on the other side.
"""
_NEW_S, _NEW = 0.5, 0.2
"""For so long a track is new, which costs at first so many body heights, less the surer its boxes are.

What is torn off a person begins tracks, which must not take him over when he is whole again.
"""


@dataclass(frozen=True, eq=False, slots=True)
class PersonTrack:
    """One person followed through a segment; frames in which he was not seen have no row.

    Attributes:
        frame_index: (n,), ascending.
        row: (n,), rows of the table of people that was followed; a repeated frame has the row of the frame it repeats.
        xyxy: (n, 4), as detected.
        score: (n,)
    """

    frame_index: Ints
    row: Ints
    xyxy: Floats
    score: Floats


@dataclass(slots=True)
class _Follower:
    """A track while it grows. `anchors` are head, middle and foot, (3, 2), in reference pixels.

    `rest` is where they were when the person last came to stand, `sure` the best score so far.
    """

    anchors: Floats
    size_wh: Floats
    time_s: float
    rest: Floats
    rest_since_s: float
    begin_s: float
    sure: float
    velocity: Floats = field(default_factory=lambda: np.zeros(2))
    frames: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def link_people(people: PeopleTable, frames: FrameTable, options: PlayerOptions | None = None) -> list[PersonTrack]:
    """Tracks of all people, longest first.

    Boxes are carried to the segment's reference pixels, so that a panning camera moves nobody, predicted at constant
    velocity and assigned at least total cost. Distances are measured in body heights. Head, middle and foot are
    compared one by one and the best of the three counts: a box that lost its legs or its head is still the same
    person's. No track crosses a segment's border.

    Args:
        people: boxes; frames not in `frames` are left out.
        frames: time, repeats and camera motion.
        options: knobs; the defaults if None.
    """
    opts = options or PlayerOptions()
    finished: list[_Follower] = []
    active: list[_Follower] = []
    segment = None
    for position, rows in enumerate(rows_by_frame(people, frames)):
        time_s = float(frames.time_s[position])
        if segment != frames.segment[position]:
            finished, active, segment = finished + active, [], frames.segment[position]
        if frames.repeated[position]:
            _repeat(active, int(frames.frame_index[position]))
            continue
        finished += [f for f in active if time_s - f.time_s > opts.max_gap_s]
        active = [f for f in active if time_s - f.time_s <= opts.max_gap_s]
        boxes = to_reference(people.xyxy[rows], frames.reference_from_image[position])
        _advance(active, rows, boxes, people.score[rows], int(frames.frame_index[position]), time_s, opts)
    tracks = [_finish(f, people) for f in finished + active]
    return sorted(tracks, key=lambda t: (-len(t.row), t.frame_index[0], tuple(t.xyxy[0])))


def rows_by_frame(people: PeopleTable, frames: FrameTable) -> list[Ints]:
    """For each frame its rows of the table, in an order that does not depend on the table's."""
    keys = (people.score, *people.xyxy.T[::-1], people.frame_index)
    order = np.lexsort(keys).astype(np.int64)
    index = people.frame_index[order]
    low, high = (np.searchsorted(index, frames.frame_index, side=side) for side in ("left", "right"))
    return [order[a:b] for a, b in zip(low, high, strict=True)]


def to_reference(xyxy: Floats, reference_from_image: Floats) -> Floats:
    """Boxes carried by a homography, or by one each: the middles of edges are mapped, so boxes stay upright, (n, 4)."""
    if np.array_equal(reference_from_image, np.broadcast_to(np.eye(3), reference_from_image.shape)):
        return xyxy
    x, y = (xyxy[:, 0] + xyxy[:, 2]) / 2, (xyxy[:, 1] + xyxy[:, 3]) / 2
    ones = np.ones(len(xyxy))
    left, top, right, bottom = (
        np.broadcast_to(reference_from_image, (len(xyxy), 3, 3))
        @ np.stack([[xyxy[:, 0], x, xyxy[:, 2], x], [y, xyxy[:, 1], y, xyxy[:, 3]], [ones] * 4]).transpose(1, 2, 0)[
            ..., None
        ]
    )
    return np.column_stack(
        [left[:, 0] / left[:, 2], top[:, 1] / top[:, 2], right[:, 0] / right[:, 2], bottom[:, 1] / bottom[:, 2]]
    )


def boxes_in_reference(xyxy: Floats, positions: Ints, frames: FrameTable, *, inverse: bool = False) -> Floats:
    """Boxes of rows `positions` of the frames in their segments' reference pixels, (n, 4); or back from there."""
    matrices: Floats = frames.reference_from_image[positions]
    if inverse:
        matrices = np.linalg.inv(matrices).astype(np.float64)
    return to_reference(xyxy, matrices)


def anchors_xy(xyxy: Floats) -> Floats:
    """Head, middle and foot of boxes, (n, 4) to (n, 3, 2)."""
    x = (xyxy[:, 0] + xyxy[:, 2]) / 2
    middle = (xyxy[:, 1] + xyxy[:, 3]) / 2
    return np.stack([np.stack([x, y], 1) for y in (xyxy[:, 1], middle, xyxy[:, 3])], 1)


def _repeat(active: list[_Follower], frame_index: int) -> None:
    for follower in active:
        if follower.frames[-1] == frame_index - 1:
            follower.frames.append(frame_index)
            follower.rows.append(follower.rows[-1])


def _advance(
    active: list[_Follower],
    rows: Ints,
    boxes: Floats,
    score: Floats,
    frame_index: int,
    time_s: float,
    options: PlayerOptions,
) -> None:
    anchors, sizes = anchors_xy(boxes), boxes[:, 2:] - boxes[:, :2]
    cost = _costs(active, anchors, sizes, time_s, options)
    matched = set()
    for track, box in zip(*linear_sum_assignment(cost), strict=True):
        if cost[track, box] < _NO_MATCH:
            _update(active[track], anchors[box], sizes[box], time_s)
            active[track].sure = max(active[track].sure, float(score[box]))
            active[track].frames.append(frame_index)
            active[track].rows.append(int(rows[box]))
            matched.add(int(box))
    new = [box for box in range(len(rows)) if box not in matched]
    active.extend(
        _Follower(
            anchors[i], sizes[i], time_s, anchors[i], time_s, time_s, float(score[i]),
            frames=[frame_index], rows=[int(rows[i])],
        )
        for i in new
    )  # fmt: skip


def _costs(active: list[_Follower], anchors: Floats, sizes: Floats, time_s: float, options: PlayerOptions) -> Floats:
    """(tracks, boxes): distance in body heights plus the change of size, `_NO_MATCH` where nobody gets that far."""
    if not active or not len(anchors):
        return np.zeros((len(active), len(anchors)))
    gap_s = np.array([time_s - f.time_s for f in active])
    ahead = np.stack([f.anchors + f.velocity * dt for f, dt in zip(active, gap_s, strict=True)])
    known = np.stack([f.size_wh for f in active])
    scale = np.maximum(known[:, None, 1], sizes[None, :, 1])
    distance = np.linalg.norm(ahead[:, None] - anchors[None], axis=3)
    near = distance.min(axis=2) / scale
    mean = distance.mean(axis=2) / scale
    change = np.abs(np.log(known[:, None] / sizes[None])).sum(axis=2)
    reach = 0.15 + 0.6 * options.max_speed_mps / options.person_height_m * gap_s
    rests = np.clip([(f.time_s - f.rest_since_s) / _RESTS_S for f in active], 0, 1)
    rest = np.stack([f.rest for f in active])
    away = np.linalg.norm(rest[:, None] - anchors[None], axis=3).min(axis=2) / scale
    age = np.clip([(f.time_s - f.begin_s) / _NEW_S for f in active], 0, 1)
    new = _NEW * (1 - age) * np.array([1 - f.sure for f in active])
    cost: Floats = near + 0.5 * mean + 0.1 * change + _LEAVES * rests[:, None] * np.minimum(away, 1) + new[:, None]
    return np.where((near > np.minimum(reach, 0.8)[:, None]) | (change > 2.5), _NO_MATCH, cost)


def _update(follower: _Follower, anchors: Floats, size_wh: Floats, time_s: float) -> None:
    gap_s = time_s - follower.time_s
    ahead = follower.anchors + follower.velocity * gap_s
    # The part of the body that fits best tells how the person moved; a lost head is no motion.
    best = int(np.linalg.norm(anchors - ahead, axis=1).argmin())
    residual = anchors[best] - ahead[best]
    follower.velocity = follower.velocity + _VELOCITY_GAIN * residual / max(gap_s, 1e-3)
    follower.anchors = ahead + _POSITION_GAIN * (anchors - ahead)
    follower.size_wh = follower.size_wh + _POSITION_GAIN * (size_wh - follower.size_wh)
    follower.time_s = time_s
    if np.linalg.norm(anchors - follower.rest, axis=1).min() > _AT_REST * follower.size_wh[1]:
        follower.rest, follower.rest_since_s = anchors, time_s


def _finish(follower: _Follower, people: PeopleTable) -> PersonTrack:
    rows = np.array(follower.rows, dtype=np.int64)
    return PersonTrack(np.array(follower.frames, dtype=np.int64), rows, people.xyxy[rows], people.score[rows])
