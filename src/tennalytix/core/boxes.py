"""Boxes as arrays: `xyxy`, shape (n, 4), pixel *edges* (x1 < x2, y1 < y2).

They live in the system whose top-left pixel has its centre at (0, 0). A box around the single pixel (3, 5) is
therefore (2.5, 4.5, 3.5, 5.5).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def centre_xy(xyxy: ArrayLike) -> NDArray[np.float64]:
    """Geometric centres of boxes, shape (n, 2).

    Examples:
        >>> centre_xy([[0, 0, 10, 20]]).tolist()
        [[5.0, 10.0]]
    """
    boxes = _boxes(xyxy)
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def foot_xy(xyxy: ArrayLike) -> NDArray[np.float64]:
    """Middles of the boxes' lower edges, where a standing person meets the ground, shape (n, 2)."""
    boxes = _boxes(xyxy)
    return np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)


def area_px(xyxy: ArrayLike) -> NDArray[np.float64]:
    """Areas in square pixels, shape (n,); an inverted box has area 0."""
    boxes = _boxes(xyxy)
    sides: NDArray[np.float64] = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return sides[:, 0] * sides[:, 1]


def share_inside(inner_xyxy: ArrayLike, outer_xyxy: ArrayLike) -> NDArray[np.float64]:
    """Share of every inner box that lies in every outer box, shape (len(inner), len(outer)); 0 of an empty one.

    Examples:
        >>> share_inside([[0, 0, 10, 10]], [[5, 0, 30, 30]]).tolist()
        [[0.5]]
    """
    inner, outer = _boxes(inner_xyxy), _boxes(outer_xyxy)
    area = np.broadcast_to(area_px(inner)[:, None], (len(inner), len(outer)))
    shared = _shared_px(inner, outer)
    result: NDArray[np.float64] = np.divide(shared, area, out=np.zeros_like(shared), where=area > 0)
    return result


def resized(xyxy: ArrayLike, from_wh: tuple[int, int], to_wh: tuple[int, int]) -> NDArray[np.float64]:
    """Boxes in a picture as boxes in the same picture at another size, shape (n, 4).

    Examples:
        >>> resized([[-0.5, -0.5, 31.5, 17.5]], (32, 18), (64, 36)).tolist()
        [[-0.5, -0.5, 63.5, 35.5]]
    """
    scale = np.array([*to_wh] * 2) / np.array([*from_wh] * 2)
    result: NDArray[np.float64] = (_boxes(xyxy) + 0.5) * scale - 0.5
    return result


def iou(a_xyxy: ArrayLike, b_xyxy: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of every box of a with every box of b, shape (len(a), len(b)); 0 where both are empty.

    Examples:
        >>> iou([[0, 0, 10, 10]], [[5, 0, 15, 10], [20, 20, 30, 30]]).round(3).tolist()
        [[0.333, 0.0]]
    """
    a, b = _boxes(a_xyxy), _boxes(b_xyxy)
    overlap = _shared_px(a, b)
    union = area_px(a)[:, None] + area_px(b)[None, :] - overlap
    result: NDArray[np.float64] = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return result


def _shared_px(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides: NDArray[np.float64] = np.clip(high - low, 0, None)
    return sides[..., 0] * sides[..., 1]


def _boxes(xyxy: ArrayLike) -> NDArray[np.float64]:
    boxes = np.asarray(xyxy, dtype=np.float64)
    if boxes.size == 0:
        return np.zeros((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"xyxy must have shape (n, 4), got {boxes.shape}.")
    return boxes
