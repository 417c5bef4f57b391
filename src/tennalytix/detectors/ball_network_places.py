"""What the ball network answers for a window, as a place and a score."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELL_PX = 4
"""Pixels of a window a side of one cell of the answer."""


def best_places(
    score: NDArray[np.float32],
    offset: NDArray[np.float32],
    around: Floats | None = None,
    reach_px: float = np.inf,
) -> tuple[Floats, Floats]:
    """The likeliest place of a ball in each window.

    Args:
        score: (n, h, w), [0, 1].
        offset: (n, 2, h, w), from the middle of each cell, pixels.
        around: (n, 2), pixels of the window; only cells around it count, None for all.
        reach_px: so far from there a cell's middle may lie; the nearest cell always counts.

    Returns:
        Pixels of the window, (n, 2), and scores, (n,).
    """
    count, height, width = score.shape
    rated = score if around is None else np.where(_within(score.shape, around, reach_px), score, -1)
    best = rated.reshape(count, height * width).argmax(axis=1)
    row, column = np.divmod(best, width)
    each = np.arange(count)
    middle = np.stack([column, row], axis=1) * CELL_PX + (CELL_PX - 1) / 2
    return middle + offset[each, :, row, column].astype(np.float64), score[each, row, column].astype(np.float64)


def _within(shape: tuple[int, ...], around: Floats, reach_px: float) -> NDArray[np.bool_]:
    x, y = (np.arange(side) * CELL_PX + (CELL_PX - 1) / 2 for side in (shape[2], shape[1]))
    gap_px = np.hypot(x[None, None, :] - around[:, 0, None, None], y[None, :, None] - around[:, 1, None, None])
    within: NDArray[np.bool_] = gap_px <= np.maximum(reach_px, gap_px.min(axis=(1, 2), keepdims=True))
    return within
