"""Followed people who are one and the same person: where one track ends, another begins."""

from collections.abc import Sequence

import numpy as np

from tennalytix.core.tables import Floats, FrameTable, Ints
from tennalytix.tracking.people_link import PersonTrack, anchors_xy, boxes_in_reference
from tennalytix.tracking.people_options import PlayerOptions

_OVERLAP_S = 0.4
_REACH = 0.5
"""Body heights that a person's box may leap where his track breaks."""
_ALIKE = 0.9
"""How much the logarithm of its height may change there."""


def chain_people(tracks: Sequence[PersonTrack], frames: FrameTable, options: PlayerOptions) -> Ints:
    """The number of the person each track belongs to, (tracks,).

    A track breaks where a detector saw double, or lost the person for a moment: it goes on in the track that begins
    next to its last boxes within `max_gap_s`, or has begun there shortly before. Nearest ends join first, each end
    once, within one segment.
    """
    person = np.arange(len(tracks), dtype=np.int64)
    if len(tracks) < 2:
        return person
    pairs, cost = _pairs(tracks, frames, options)
    taken: tuple[set[int], set[int]] = (set(), set())
    for before, after in pairs[np.argsort(cost, kind="stable")].tolist():
        if before not in taken[0] and after not in taken[1]:
            taken[0].add(before)
            taken[1].add(after)
            _join(person, before, after)
    return np.array([_root(person, i) for i in range(len(person))], dtype=np.int64)


def _pairs(tracks: Sequence[PersonTrack], frames: FrameTable, options: PlayerOptions) -> tuple[Ints, Floats]:
    """(k, 2): a track that ends and one that begins close by; (k,): their distance in body heights."""
    first, last = (_ends(tracks, frames, row) for row in (0, -1))
    order = np.argsort(first.time_s, kind="stable")
    low = np.searchsorted(first.time_s[order], last.time_s - _OVERLAP_S)
    high = np.searchsorted(first.time_s[order], last.time_s + options.max_gap_s, side="right")
    before = np.repeat(np.arange(len(tracks)), high - low)
    after = np.concatenate([order[a:b] for a, b in zip(low, high, strict=True)])
    later = first.time_s[after] > first.time_s[before]
    later &= (last.time_s[after] > last.time_s[before]) & (first.segment[after] == last.segment[before])
    before, after = before[later], after[later]
    gap_s = np.maximum(first.time_s[after] - last.time_s[before], 0)
    leap = np.linalg.norm(first.anchors[after] - last.anchors[before], axis=2).min(axis=1)
    leap /= np.maximum(first.height[after], last.height[before])
    alike = np.abs(np.log(first.height[after] / last.height[before])) < _ALIKE
    near = alike & (leap < _REACH + 0.5 * options.max_speed_mps / options.person_height_m * gap_s)
    return np.column_stack([before, after])[near].astype(np.int64), leap[near] + gap_s[near]


class _Ends:
    """First or last box of every track: `time_s`, `segment` (n,), `anchors` (n, 3, 2), `height` (n,)."""

    def __init__(self, index: Ints, xyxy: Floats, frames: FrameTable) -> None:
        position = np.searchsorted(frames.frame_index, index).astype(np.int64)
        boxes = boxes_in_reference(xyxy, position, frames)
        self.time_s, self.segment = frames.time_s[position], frames.segment[position]
        self.anchors, self.height = anchors_xy(boxes), boxes[:, 3] - boxes[:, 1]


def _ends(tracks: Sequence[PersonTrack], frames: FrameTable, row: int) -> _Ends:
    index = np.array([t.frame_index[row] for t in tracks], dtype=np.int64)
    return _Ends(index, np.array([t.xyxy[row] for t in tracks], dtype=np.float64), frames)


def _join(person: Ints, before: int, after: int) -> None:
    person[_root(person, after)] = _root(person, before)


def _root(person: Ints, number: int) -> int:
    while person[number] != number:
        person[number] = person[person[number]]
        number = int(person[number])
    return number
