"""The best path of one person through all boxes of a clip, by dynamic programming."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tennalytix.core.tables import Flags, Floats, Ints
from tennalytix.tracking.people_options import PlayerOptions

_NEAR = 0.5
"""Of the cost of a break where the person may have got there meanwhile."""
_RECENT_S = 10.0
"""Only who was seen so lately is looked at for that."""
_STEP, _FAR_S = 0.5, 0.5
"""What is in reach: body heights at once, and a sprint of up to so long."""


@dataclass(frozen=True, eq=False, slots=True)
class PathNodes:
    """Boxes among which a path is sought, in order of time.

    Attributes:
        time_s: (n,)
        reward_s: (n,), what a box is worth: seconds of the player seen; negative for a box that is none.
        anchors: (n, 3, 2), head, middle and foot in reference pixels.
        height_px: (n,), height of a standing person at that place.
        track: (n,), number of the followed person the box belongs to.
        segment: (n,), uncut stretch.
    """

    time_s: Floats
    reward_s: Floats
    anchors: Floats
    height_px: Floats
    track: Ints
    segment: Ints

    def take(self, rows: Ints) -> "PathNodes":
        """These rows."""
        return PathNodes(*(getattr(self, name)[rows] for name in self.__slots__))


def best_path(nodes: PathNodes, options: PlayerOptions) -> Ints:
    """Nodes of the path with the highest reward less the cost of its steps, in order of time; empty if none pays.

    A step goes to a later box within `max_gap_s` and costs more the faster it is; a break, over any time and distance,
    costs `restart_cost_s`, half of it from people seen within the last seconds to where they may have got. So the path
    is the best over the whole clip: no frame, and not the first, is decisive.
    """
    count = len(nodes.time_s)
    if not count:
        return np.zeros(0, dtype=np.int64)
    total, previous = np.zeros(count), np.full(count, -1, dtype=np.int64)
    starts = np.flatnonzero(np.diff(nodes.time_s, prepend=-np.inf) > 0)
    ends = np.append(starts[1:], count)
    earliest = np.searchsorted(nodes.time_s, nodes.time_s[starts] - options.max_gap_s - 1e-9)
    best_so_far, best_of, recent = -1, dict[int, int](), dict[int, int]()
    for first, last, early in zip(starts, ends, earliest, strict=True):
        now = slice(first, last)
        total[now] = nodes.reward_s[now]
        if best_so_far >= 0:
            recent = {t: n for t, n in recent.items() if nodes.time_s[n] >= nodes.time_s[first] - _RECENT_S}
            starts_at = np.array([best_so_far, *recent.values()])
            cost_s = options.restart_cost_s * np.where(_in_reach(nodes, starts_at, now, options), _NEAR, 1.0)
            gain = total[starts_at, None] - cost_s
            source = gain.argmax(axis=0)
            value = gain[source, np.arange(last - first)]
            total[now] += np.maximum(value, 0.0)
            previous[now] = np.where(value > 0, starts_at[source], -1)
        if early < first:
            arrive = total[early:first, None] - _step_cost(nodes, slice(early, first), now, options)
            source = arrive.argmax(axis=0)
            value = arrive[source, np.arange(last - first)] + nodes.reward_s[now]
            better = value > total[now]
            total[now] = np.where(better, value, total[now])
            previous[now] = np.where(better, source + early, previous[now])
        # A restart must come from before: the best of this moment counts from the next on.
        for node in range(first, last):
            track = int(nodes.track[node])
            if total[node] >= total[best_of.get(track, node)]:
                best_of[track] = recent[track] = node
        here = int(first + total[now].argmax())
        best_so_far = here if best_so_far < 0 or total[here] > total[best_so_far] else best_so_far
    return _trace(total, previous)


def without_holes(nodes: PathNodes, path: Ints, least_s: float) -> Ints:
    """The path with the moments it skipped at a leap, where the person it left or the one it came to was seen.

    Before a leap that nobody can make, as at a cut in time between two like pictures, the best path skips a few good
    boxes to make the leap slower. Elsewhere it skips boxes for good reason.

    Args:
        nodes: all boxes.
        path: nodes of the path, in order of time.
        least_s: smallest reward of a box that is taken in.
    """
    result = list(path[:1])
    for left, reached in pairwise(path.tolist()):
        leap = np.linalg.norm(nodes.anchors[left] - nodes.anchors[reached], axis=1).min()
        inside = np.arange(left + 1, reached if leap > nodes.height_px[left] else left + 1)
        skipped = inside[(nodes.time_s[inside] > nodes.time_s[left]) & (nodes.time_s[inside] < nodes.time_s[reached])]
        skipped = skipped[nodes.reward_s[skipped] > least_s]
        for time_s in np.unique(nodes.time_s[skipped]):
            here = skipped[nodes.time_s[skipped] == time_s]
            for track in (nodes.track[left], nodes.track[reached]):
                own = here[nodes.track[here] == track]
                if len(own):
                    result.append(own[nodes.reward_s[own].argmax()])
                    break
        result.append(reached)
    return np.array(result, dtype=np.int64)


def _in_reach(nodes: PathNodes, left: Ints, now: slice, options: PlayerOptions) -> Flags:
    """Which boxes of now those seen at `left` may have reached since, in the same stretch, (left, now)."""
    gap_s = nodes.time_s[None, now] - nodes.time_s[left, None]
    leap = np.linalg.norm(nodes.anchors[left, None] - nodes.anchors[None, now], axis=3).min(axis=2)
    leap /= np.maximum(nodes.height_px[None, now], nodes.height_px[left, None])
    reach = _STEP + options.max_speed_mps / options.person_height_m * np.minimum(gap_s, _FAR_S)
    same: Flags = (leap < reach) & (nodes.segment[None, now] == nodes.segment[left, None])
    return same


def _step_cost(nodes: PathNodes, early: slice, now: slice, options: PlayerOptions) -> Floats:
    """(early, now), seconds of reward."""
    gap_s = nodes.time_s[None, now] - nodes.time_s[early, None]
    scale = np.maximum(nodes.height_px[early, None], nodes.height_px[None, now])
    distance = np.linalg.norm(nodes.anchors[early, None] - nodes.anchors[None, now], axis=3)
    step = distance.min(axis=2) / scale + 0.25 * distance.mean(axis=2) / scale
    easy = 0.06 + 0.3 * options.max_speed_mps / options.person_height_m * gap_s
    cost = 0.003 * (step / easy) ** 2
    cost += options.switch_cost_s * (nodes.track[early, None] != nodes.track[None, now])
    cut = nodes.segment[early, None] != nodes.segment[None, now]
    limited: Floats = np.where(cut, options.restart_cost_s, np.minimum(cost, 2 * options.restart_cost_s))
    return limited


def _trace(total: Floats, previous: Ints) -> Ints:
    if total.max() <= 0:
        return np.zeros(0, dtype=np.int64)
    path = [int(total.argmax())]
    while previous[path[-1]] >= 0:
        path.append(int(previous[path[-1]]))
    return np.array(path[::-1], dtype=np.int64)
