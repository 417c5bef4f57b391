"""Two detectors' boxes of one frame as one list."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tennalytix.core.boxes import area_px, iou
from tennalytix.detectors.base import People

Boxes = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SAME = 0.4
"""Boxes that share so much mean the same person."""
_INSIDE = 0.75
"""A box of which so much lies in another one is part of it."""
_SURE = 0.45
"""Score from which the network's word counts against motion's."""
_NETWORK_SHARE = 0.35
"""Of a common box; motion's edges are the sharper ones."""
_ALONE = 0.7
"""What a box that only motion saw is worth, of its score."""


def unite(seen: People, moving: People) -> People:
    """People that a network saw and people that motion showed, each once, best first.

    - Who was found by both has a box between both boxes, and is surer than either.
    - A moving box without a match that holds somebody the network is sure of gives way to the network's box or boxes:
      it is a person with a shadow, or two people in one.
    - What only one of them found stays; motion alone is believed a little less.
    """
    rows, columns = linear_sum_assignment(-iou(seen.xyxy, moving.xyxy))
    same = iou(seen.xyxy, moving.xyxy)[rows, columns] >= _SAME
    rows, columns = rows[same], columns[same]
    lone = np.setdiff1d(np.arange(len(moving.score)), columns)
    still = np.setdiff1d(np.arange(len(seen.score)), rows)
    lone = lone[~_holds_somebody(moving.xyxy[lone], seen.xyxy[seen.score >= _SURE])]
    xyxy = np.concatenate(
        [
            _NETWORK_SHARE * seen.xyxy[rows] + (1 - _NETWORK_SHARE) * moving.xyxy[columns],
            seen.xyxy[still],
            moving.xyxy[lone],
        ]
    )
    score = np.concatenate(
        [
            1 - (1 - seen.score[rows]) * (1 - moving.score[columns]),
            seen.score[still],
            _ALONE * moving.score[lone],
        ]
    )
    order = np.argsort(-score, kind="stable")
    return People(xyxy[order], score[order])


def _holds_somebody(outer: Boxes, inner: Boxes) -> Flags:
    """Which of the outer boxes have most of an inner one in them, (len(outer),)."""
    low = np.maximum(outer[:, None, :2], inner[None, :, :2])
    high = np.minimum(outer[:, None, 2:], inner[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    result: Flags = (shared >= _INSIDE * area_px(inner)[None, :]).any(axis=1)
    return result
