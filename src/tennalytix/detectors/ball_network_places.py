"""What the ball network answers for a window, as a place and a score."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELL_PX = 4
"""Pixels of a window a side of one cell of the answer."""


def best_places(score: NDArray[np.float32], offset: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """The likeliest place of a ball in each window.

    Args:
        score: (n, h, w), [0, 1].
        offset: (n, 2, h, w), from the middle of each cell, pixels.

    Returns:
        Pixels of the window, (n, 2), and scores, (n,).
    """
    count, height, width = score.shape
    best = score.reshape(count, height * width).argmax(axis=1)
    row, column = np.divmod(best, width)
    each = np.arange(count)
    middle = np.stack([column, row], axis=1) * CELL_PX + (CELL_PX - 1) / 2
    return middle + offset[each, :, row, column].astype(np.float64), score[each, row, column].astype(np.float64)
