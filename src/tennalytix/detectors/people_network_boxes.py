"""The person network's output read as boxes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.boxes import iou

Floats = NDArray[np.float32]
Boxes = NDArray[np.float64]

STRIDE = 8
_OVERLAP = 0.6
"""Two boxes that share more than this are one person: two players who cross still share less."""
_AT_MOST = 300
"""Peaks that are looked at in one picture."""


def boxes_of(score: Floats, ltrb: Floats, threshold: float) -> tuple[Boxes, NDArray[np.float64]]:
    """People at the peaks of the scores, best first.

    Args:
        score: (h, w), [0, 1], a cell for every `STRIDE` pixels.
        ltrb: (4, h, w), distances from a cell's middle to the box's left, top, right and lower edge, pixels.
        threshold: least score of a person.

    Returns:
        xyxy, (n, 4), pixel edges with the centre of the first pixel at (0, 0), and scores, (n,).
    """
    peak = (score >= cv2.dilate(score, np.ones((3, 3), np.uint8))) & (score >= threshold)
    rows, columns = np.nonzero(peak)
    order = np.argsort(-score[rows, columns], kind="stable")[:_AT_MOST]
    rows, columns = rows[order], columns[order]
    middle = np.stack([columns, rows], axis=1) * STRIDE + (STRIDE / 2 - 0.5)
    apart = ltrb[:, rows, columns].T.astype(np.float64)
    xyxy = np.concatenate([middle - apart[:, :2], middle + apart[:, 2:]], axis=1)
    kept = distinct(xyxy)
    return xyxy[kept], score[rows, columns].astype(np.float64)[kept]


def distinct(xyxy: Boxes) -> NDArray[np.int64]:
    """Rows of the boxes, best first, that no better one covers: greedy non-maximum suppression."""
    shared = iou(xyxy, xyxy)
    kept: list[int] = []
    for row in range(len(xyxy)):
        if not kept or shared[row, kept].max() <= _OVERLAP:
            kept.append(row)
    return np.array(kept, dtype=np.int64)
