"""Where the ball turns back: somebody hits it there, and who hits the ball is a player."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from tennalytix.core.tables import BallTrajectory, FrameTable
from tennalytix.tracking.ball_nodes import steady

Floats = NDArray[np.float64]

_GAP_S = 0.4
_LEAST_TURN = 0.15
"""How far a ball flies up or down the picture before and after a turn, share of what it flies in the whole clip."""

_LONG_S = 0.1
"""For so long before and after a turn the ball is near him who hits it."""

_REACH = 0.7
"""How far from the middle of his body a player hits, heights of a standing person."""


@dataclass(frozen=True, eq=False, slots=True)
class Turns:
    """Where the ball comes back from.

    Attributes:
        time_s: (k,)
        xy: (k, 2), reference pixels.
        far: (k,), at the far end rather than the near one.
    """

    time_s: Floats
    xy: Floats
    far: NDArray[np.bool_]


NO_TURNS = Turns(np.zeros(0), np.zeros((0, 2)), np.zeros(0, np.bool_))


def find_turns(ball: BallTrajectory, frames: FrameTable) -> Turns:
    """The turns of a ball between two players, seen from behind one of them.

    A ball that comes down from high up turns in the picture without being hit, but then nobody is near.

    Args:
        ball: its path.
        frames: the clip's.
    """
    row = np.searchsorted(frames.frame_index, ball.frame_index).astype(np.int64)
    row, xy = row[~frames.repeated[row]], ball.xy[~frames.repeated[row]]
    if len(row) < 3:
        return NO_TURNS
    time_s, xy = frames.time_s[row], steady(xy, row, frames.reference_from_image)
    low, high = np.quantile(xy[:, 1], [0.05, 0.95])
    least_px = max(_LEAST_TURN * float(high - low), 1.0)
    breaks = np.flatnonzero((np.diff(time_s) > _GAP_S) | (np.diff(frames.segment[row]) != 0)) + 1
    found: list[tuple[int, bool]] = []
    for part in np.split(np.arange(len(row)), breaks):
        for far, y in ((True, -xy[part, 1]), (False, xy[part, 1])):
            found += [(int(part[peak]), far) for peak in find_peaks(y, prominence=least_px)[0]]
    at = np.array([index for index, _ in sorted(found)], dtype=np.int64)
    return Turns(time_s[at], xy[at], np.array([far for _, far in sorted(found)], dtype=np.bool_))


def nearness(turns: Turns, time_s: Floats, anchors: Floats, height_px: Floats, *, far: bool) -> Floats:
    """How much boxes speak for their person's having hit the ball, (n,): at most 1 for all boxes of one turn together.

    Args:
        turns: of the ball.
        time_s: (n,), of the boxes, ascending.
        anchors: (n, 3, 2), head, middle and foot, reference pixels.
        height_px: (n,), of a standing person at that place.
        far: which end's turns count.
    """
    near = np.zeros(len(time_s))
    for at_s, xy in zip(turns.time_s[turns.far == far], turns.xy[turns.far == far], strict=True):
        rows = slice(*np.searchsorted(time_s, [at_s - _LONG_S - 1e-9, at_s + _LONG_S + 1e-9]))
        moments = len(np.unique(time_s[rows]))
        if moments:
            away = np.linalg.norm(anchors[rows, 1] - xy, axis=1) / height_px[rows]
            near[rows] = np.maximum(near[rows], np.exp(-((away / _REACH) ** 2)) / moments)
    return near
