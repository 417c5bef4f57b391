"""Points worth following in a reduced luma picture, and following them into another."""

import cv2
import numpy as np
from numpy.typing import NDArray

# The picture is divided into cells that give a few points each, so that a score box with its many corners has no more
# say than the wall behind it.
CELLS_XY = (16, 9)
POINTS_PER_CELL = 2
CORNER_BLOCK_PX = 5
# Smallest eigenvalue of the gradient matrix (8-bit grey levels, OpenCV's scale) below which a corner is noise.
MIN_CORNER = 2e-4
WINDOW_PX = (15, 15)
PYRAMID_LEVELS = 3
STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.01)
# Mean grey level difference per pixel between a point's surroundings here and there, above which it was lost.
MAX_MISMATCH = 20.0

Points = NDArray[np.float32]


def find_points(picture: NDArray[np.uint8]) -> Points:
    """Corners spread over the picture, (n, 2); the best two of each cell, none where there is no texture."""
    strength = cv2.cornerMinEigenVal(picture, CORNER_BLOCK_PX)
    peaks = (strength >= cv2.dilate(strength, np.ones((5, 5), np.uint8))) & (strength > MIN_CORNER)
    margin = CORNER_BLOCK_PX
    peaks[:margin] = peaks[-margin:] = False
    peaks[:, :margin] = peaks[:, -margin:] = False
    y, x = np.nonzero(peaks)
    order = np.argsort(-strength[y, x], kind="stable")
    x, y = x[order], y[order]
    height, width = picture.shape
    cell = y * CELLS_XY[1] // height * CELLS_XY[0] + x * CELLS_XY[0] // width
    chosen = _first_of_each(cell, POINTS_PER_CELL)
    return np.stack([x[chosen], y[chosen]], axis=1).astype(np.float32)


def follow_points(
    before: NDArray[np.uint8], picture: NDArray[np.uint8], points: Points, guess: Points, levels: int = PYRAMID_LEVELS
) -> tuple[Points, NDArray[np.bool_]]:
    """Where points of one picture lie in another (pyramidal Lucas-Kanade, Bouguet 2001).

    Args:
        before: (h, w), the picture in which the points were found.
        picture: (h, w), the other one.
        points: (n, 2), n > 0.
        guess: (n, 2), where they may be.
        levels: how often both pictures are halved to look further around the guess; each costs as much again.

    Returns:
        (n, 2) positions, and whether each was found.
    """
    moved, found, mismatch = cv2.calcOpticalFlowPyrLK(
        before, picture, points, guess.copy(), winSize=WINDOW_PX, maxLevel=levels, criteria=STOP,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW, minEigThreshold=1e-4,
    )  # fmt: skip
    height, width = picture.shape
    inside = (moved >= 0).all(axis=1) & (moved[:, 0] < width) & (moved[:, 1] < height)
    positions = moved.astype(np.float32, copy=False)
    return positions, (found.ravel() == 1) & inside & (mismatch.ravel() < MAX_MISMATCH)


def _first_of_each(cell: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    starts = np.searchsorted(ordered, ordered)
    return np.sort(order[np.arange(len(cell)) - starts < count])
