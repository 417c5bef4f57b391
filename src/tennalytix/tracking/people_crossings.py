"""Partners who pass one another: each goes on as he came."""

import numpy as np

from tennalytix.core.tables import Floats, Ints
from tennalytix.tracking.people_path import PathNodes

_CLOSE = 0.6
"""Middles nearer to one another than this are told apart badly, body heights."""
_LULL_S = 0.3
"""Moments closer to one another than this are one meeting."""
_SEEN_S, _LEAST_SEEN = 0.5, 4
"""How long before and after a meeting ways are looked at, and on how many boxes at least."""
_SPEED_S = 0.25
"""What a change of speed counts: as much as being this time's way elsewhere."""
_MARGIN = 0.5
"""By so much must another reading be better, body heights."""


def each_his_own(paths: tuple[Ints, Ints], nodes: PathNodes) -> tuple[Ints, Ints]:
    """The same boxes, exchanged from a meeting on where both people would else have turned back or leapt.

    Places and speeds in the half second before a meeting are compared with those in the half second after it.

    Args:
        paths: of two people on one side of the net, rows of the nodes in order of time.
        nodes: boxes of the clip.

    Returns:
        Their rows, each in order of time; the very same where nothing changes.
    """
    first, second = paths
    for segment, start_s, end_s in _meetings(first, second, nodes):
        middle_s = (start_s + end_s) / 2
        spans_s = ((start_s - _SEEN_S, start_s), (end_s, end_s + _SEEN_S))
        ways = [_way(path, nodes, segment, span_s, middle_s) for span_s in spans_s for path in (first, second)]
        known = [way for way in ways if way is not None]
        if len(known) < len(ways):
            continue
        keep, swap = (_apart(known[0], known[2 + i]) + _apart(known[1], known[3 - i]) for i in (0, 1))
        if swap + _MARGIN < keep:
            first, second = _exchanged(first, second, nodes.time_s, middle_s)
    return first, second


def _meetings(first: Ints, second: Ints, nodes: PathNodes) -> list[tuple[int, float, float]]:
    """Segment, start and end in seconds of each time for which two people are close, or would be if they were seen."""
    found: list[tuple[int, float, float]] = []
    for segment in np.intersect1d(nodes.segment[first], nodes.segment[second]):
        own = [path[nodes.segment[path] == segment] for path in (first, second)]
        time_s = np.unique(nodes.time_s[np.concatenate(own)])
        (a, a_px), (b, b_px) = (_middles(path, nodes, time_s) for path in own)
        close_s = time_s[np.linalg.norm(a - b, axis=1) < _CLOSE * (a_px + b_px) / 2]
        parts = np.split(close_s, np.flatnonzero(np.diff(close_s) > _LULL_S) + 1) if len(close_s) else []
        found += [(int(segment), float(part[0]), float(part[-1])) for part in parts]
    return found


def _middles(path: Ints, nodes: PathNodes, time_s: Floats) -> tuple[Floats, Floats]:
    """Middles of somebody's boxes, evenly between those seen, (n, 2), and his height, (n,), pixels."""
    columns = np.column_stack([nodes.anchors[path, 1], nodes.height_px[path]])
    between = np.column_stack([np.interp(time_s, nodes.time_s[path], column) for column in columns.T])
    return between[:, :2], between[:, 2]


def _way(path: Ints, nodes: PathNodes, segment: int, span_s: tuple[float, float], at_s: float) -> Floats | None:
    """Where somebody was or will be at an instant, going on evenly, and how fast, (2, 2), body heights and a second."""
    time_s = nodes.time_s[path]
    rows = path[(time_s >= span_s[0]) & (time_s <= span_s[1]) & (nodes.segment[path] == segment)]
    if len(rows) < _LEAST_SEEN:
        return None
    feet = nodes.anchors[rows, 2] / np.median(nodes.height_px[rows])
    speed, place = np.polyfit(nodes.time_s[rows] - at_s, feet, 1)
    return np.stack([place, speed])


def _apart(before: Floats, after: Floats) -> float:
    place, speed = np.linalg.norm(before - after, axis=1)
    return float(place + _SPEED_S * speed)


def _exchanged(first: Ints, second: Ints, time_s: Floats, at_s: float) -> tuple[Ints, Ints]:
    (a, b), (c, d) = ((path[time_s[path] <= at_s], path[time_s[path] > at_s]) for path in (first, second))
    return np.concatenate([a, d]), np.concatenate([c, b])
