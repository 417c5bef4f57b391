"""Steps of a ball that flies straight on tell how evenly its pictures were taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallTable, FrameTable
from tennalytix.tracking.ball_nodes import steady

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTLIER = 0.7
"""Log ratio of two steps beyond which it does not matter how far it is off."""
_SURE_SCORE = 0.6
_LEAST_PX, _MOST_PX, _STRAIGHT = 4.0, 150.0, 0.97
"""Length of steps that tell of time, pixels of a 1280x720 picture, and cosine of the angle between two of them."""
FEW = 20
"""Fewer pairs of steps tell nothing."""
_USUAL, _GAIN, _MOST = 0.14, 1.2, 0.35
"""Mean log ratio of evenly taken pictures at the most, and the error of times by what goes beyond it."""


@dataclass(frozen=True, eq=False, slots=True)
class StepPairs:
    """Two steps, one after the other, of what flies straight on.

    Attributes:
        row: (n,), the frame before the first of them, rising.
        log_ratio: (n,), by how much the second is longer.
    """

    row: Ints
    log_ratio: Floats


def straight_steps(frames: FrameTable, balls: BallTable, size_wh: tuple[int, int]) -> StepPairs:
    """Pairs of steps from row to row, by the surest candidate of each; none over a cut."""
    sure = np.flatnonzero((balls.score >= _SURE_SCORE) & np.isin(balls.frame_index, frames.frame_index))
    sure = sure[np.lexsort((-balls.score[sure], balls.frame_index[sure]))]
    sure = sure[np.unique(balls.frame_index[sure], return_index=True)[1]]
    row = np.searchsorted(frames.frame_index, balls.frame_index[sure])
    xy = np.full((len(frames), 2), np.nan)
    xy[row] = steady(balls.xy[sure], row, frames.reference_from_image) * DIAGONAL_720P_PX / float(np.hypot(*size_wh))
    step = np.diff(xy, axis=0)
    step[np.diff(frames.segment) != 0] = np.nan
    length = np.hypot(*step.T)
    tells = (length > _LEAST_PX) & (length < _MOST_PX)
    with np.errstate(invalid="ignore", divide="ignore"):
        straight = (step[:-1] * step[1:]).sum(axis=1) > _STRAIGHT * length[:-1] * length[1:]
        rows = np.flatnonzero(tells[:-1] & tells[1:] & straight)
        return StepPairs(rows, np.log(length[rows + 1] / length[rows]))


def time_share(frames: FrameTable, balls: BallTable, size_wh: tuple[int, int]) -> float:
    """The error of the times between frames, as a share of them; 0 where steps are as even as usual, or too few.

    Recordings of a screen, and videos that were converted more than once, show what they have when they have it.

    Args:
        frames: distinct ones, at the times at which they were taken as far as that is known.
        balls: candidates.
        size_wh: of the frames.
    """
    pairs = straight_steps(frames, balls, size_wh)
    if len(pairs.row) < FEW:
        return 0.0
    step_s = np.diff(frames.time_s)
    expected = np.log(step_s[pairs.row + 1] / step_s[pairs.row])
    off = float(np.minimum(np.abs(pairs.log_ratio - expected), OUTLIER).mean())
    return float(np.clip(_GAIN * (off - _USUAL), 0, _MOST))
