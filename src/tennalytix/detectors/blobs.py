"""From foreground evidence to boxes around people."""

import cv2
import numpy as np
from numpy.typing import NDArray

_THRESHOLD = 8


def expected_height(foot_y: NDArray[np.float64], size_h: int) -> NDArray[np.float64]:
    """How tall people are whose feet are at `foot_y` in a picture `size_h` high, as broadcasts show them."""
    return size_h * (0.06 + 0.22 * foot_y / size_h)


def find_people(evidence: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes in edge coordinates that start at 0 (reduced pixels) and scores, best first."""
    h = evidence.shape[0]
    mask = (evidence > _THRESHOLD).astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    stats = stats[1:].astype(np.float64)
    boxes = np.column_stack([stats[:, 0], stats[:, 1], stats[:, 0] + stats[:, 2], stats[:, 1] + stats[:, 3]])
    expect = expected_height(boxes[:, 3], h)
    keep = stats[:, 4] > 0.01 * expect**2
    boxes, area = boxes[keep], stats[keep, 4]
    boxes, area = merge(boxes, area, h)
    expect = expected_height(boxes[:, 3], h)
    height, width = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    fill = area / np.maximum(1, height * width)
    score = np.clip(height / expect / 0.5, 0, 1) * np.clip(fill / 0.5, 0, 1) * np.clip(height / width, 0, 1)
    keep = (height > 0.25 * expect) & (score > 0.05)
    boxes, score = boxes[keep], score[keep]
    order = np.argsort(-score, kind="stable")
    return boxes[order], score[order]


def merge(
    boxes: NDArray[np.float64], area: NDArray[np.float64], h: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Joins parts of one person, biggest first."""
    order = np.argsort(-area, kind="stable")
    boxes, area = boxes[order].copy(), area[order].copy()
    alive = np.ones(len(boxes), bool)
    changed = True
    while changed:
        changed = False
        for i in range(len(boxes)):
            if not alive[i]:
                continue
            others = alive.copy()
            others[i] = False
            union = np.column_stack([np.minimum(boxes[:, :2], boxes[i, :2]), np.maximum(boxes[:, 2:], boxes[i, 2:])])
            e = expected_height(union[:, 3], h)
            gap_x = np.maximum(boxes[:, 0], boxes[i, 0]) - np.minimum(boxes[:, 2], boxes[i, 2])
            gap_y = np.maximum(boxes[:, 1], boxes[i, 1]) - np.minimum(boxes[:, 3], boxes[i, 3])
            ok = others & (gap_x < 0.06 * e) & (gap_y < 0.2 * e)
            ok &= (union[:, 3] - union[:, 1] < 1.25 * e) & (union[:, 2] - union[:, 0] < 0.9 * e)
            if ok.any():
                for j in np.flatnonzero(ok)[:1]:
                    boxes[i] = union[j]
                    area[i] += area[j]
                    alive[j] = False
                    changed = True
    return boxes[alive], area[alive]
