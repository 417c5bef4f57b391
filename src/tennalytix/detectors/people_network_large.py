"""People larger than the person network knows: seen once more, in a picture of half the size."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.boxes import share_inside
from tennalytix.detectors.base import People
from tennalytix.detectors.people_network_boxes import distinct

Boxes = NDArray[np.float64]
Floats = NDArray[np.float64]
Plane = NDArray[np.uint8]

MAYBE_LARGE_PX, LARGE_PX = 160.0, 190.0
"""The network was trained with people up to some 150 pixels tall, and does well up to 190. It sees larger ones in
pieces of 160 to 260."""
_INSIDE = 0.75
"""A box of which so much lies in a large one may be a piece of that person."""
_PIECE = 0.4
"""Of the height of the large box: less, and it is somebody farther away."""
_SURER = 0.2
"""Nor is a box a piece that is so much surer than the large one: that one is two people."""


def halved(image: Plane, motion: Plane) -> tuple[Plane, Plane]:
    """The network's picture, (h, w, 3), and differences, (2, ceil(h / 2), ceil(w / 2)), at half the size."""
    width, height = -(-image.shape[1] // 2), -(-image.shape[0] // 2)
    size_wh = (-(-width // 2), -(-height // 2))
    smaller = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    apart = np.stack([cv2.resize(plane, size_wh, interpolation=cv2.INTER_AREA) for plane in motion])
    return np.asarray(smaller, dtype=np.uint8), np.asarray(apart, dtype=np.uint8)


def with_large(found: People, again: People) -> People:
    """People of two looks at a picture, best first: the large ones of the second, and who of the first is no piece.

    Args:
        found: in the picture.
        again: in the picture of half the size; boxes in pixels of the whole one.
    """
    is_large = _height(again.xyxy) > LARGE_PX
    large, score = again.xyxy[is_large], again.score[is_large]
    as_tall = _height(found.xyxy)[:, None] >= _PIECE * _height(large)[None, :]
    doubtful = found.score[:, None] < score[None, :] + _SURER
    is_piece = ((share_inside(found.xyxy, large) >= _INSIDE) & as_tall & doubtful).any(axis=1)
    xyxy, score = np.concatenate([large, found.xyxy[~is_piece]]), np.concatenate([score, found.score[~is_piece]])
    order = np.argsort(-score, kind="stable")
    order = order[distinct(xyxy[order])]
    return People(xyxy[order], score[order])


def has_large(xyxy: Boxes) -> bool:
    """Whether some box is so tall that its person may be larger still."""
    return bool((_height(xyxy) > MAYBE_LARGE_PX).any())


def _height(xyxy: Boxes) -> Floats:
    result: Floats = xyxy[:, 3] - xyxy[:, 1]
    return result
