"""Two detectors' boxes of one frame as one list."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tennalytix.core.boxes import iou, share_inside
from tennalytix.detectors.base import People

Boxes = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SAME = 0.4
"""Boxes that share so much mean the same person,"""
_SHIFTED, _MEAN_SHIFT = 0.15, 0.22
"""unless the moving one ends higher above and below, by so much of the height at either end and in the mean: then it is
somebody who stands behind. What moves lower down is the same person's legs, or a shadow.
"""
_APART = 0.5
"""The network's boxes that share less are two people; those of one person share more than half, or are suppressed."""
_INSIDE = 0.75
"""A box of which so much lies in another one is part of it."""
_AS_TALL = 0.6
"""Of the height of the box around it: less, and it is a part of a person or another one behind."""
_SURE = 0.45
"""Score from which the network's word counts against motion's."""
_NETWORK_SHARE = 0.35
"""Of a common box; motion's edges are the sharper ones."""
_SHADOWED, _SHADOWED_SHARE, _UPRIGHT = 1.75, 0.75, 0.8
"""Where motion's box is so many times as wide, and the network's no lower than that share of it, a shadow lies beside a
person: the network then has more say in how wide he is. It knows no stretched arms, so not all.
"""
_ALONE = 0.7
"""What a box that only motion saw is worth, of its score."""


def unite(seen: People, moving: People, size_wh: tuple[int, int]) -> People:
    """People that a network saw and people that motion showed, each once, best first.

    - Who was found by both has a box between both boxes, and is surer than either; motion's where the picture's edge
      cuts it, nearly as narrow as the network's where motion's is much wider.
    - A moving box gives way to boxes of the network in it that are about as tall: to two of them, as it is two people
      in one; to one of them if both differ much, as it is a person with a shadow.
    - Small boxes of the network in a moving box that the picture's edge cuts are parts of that person.
    - What only one of them found stays; motion alone is believed a little less.

    Args:
        seen: by the network.
        moving: by motion.
        size_wh: of the frame.
    """
    holds = share_inside(seen.xyxy, moving.xyxy) >= _INSIDE
    as_tall = _height(seen.xyxy)[:, None] >= _AS_TALL * _height(moving.xyxy)[None, :]
    somebody = holds & as_tall & (seen.score >= _SURE)[:, None]
    two = _two_of(somebody, seen.xyxy)[None, :] | _behind(seen.xyxy, moving.xyxy)
    overlap = np.where(two, 0.0, iou(seen.xyxy, moving.xyxy))
    rows, columns = linear_sum_assignment(-overlap)
    same = overlap[rows, columns] >= _SAME
    rows, columns = rows[same], columns[same]
    lone = np.setdiff1d(np.arange(len(moving.score)), columns)
    still = np.setdiff1d(np.arange(len(seen.score)), rows)
    cut = _cut_by_edge(moving.xyxy, size_wh)
    gives_way: Flags = np.any(somebody, axis=0)
    is_part: Flags = np.any(holds & ~as_tall & cut[None, :], axis=1)
    lone, still = lone[~gives_way[lone]], still[~is_part[still]]
    share = np.full((len(rows), 4), _NETWORK_SHARE)
    share[_shadowed(seen, moving, rows, columns), ::2] = _SHADOWED_SHARE
    share[cut[columns]] = 0.0
    common = share * seen.xyxy[rows] + (1 - share) * moving.xyxy[columns]
    xyxy = np.concatenate([common, seen.xyxy[still], moving.xyxy[lone]])
    surer = 1 - (1 - seen.score[rows]) * (1 - moving.score[columns])
    score = np.concatenate([surer, seen.score[still], _ALONE * moving.score[lone]])
    order = np.argsort(-score, kind="stable")
    return People(xyxy[order], score[order])


def _shadowed(seen: People, moving: People, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Flags:
    """Which pairs of boxes of one person are he alone and he with a shadow beside him, (pairs,)."""
    his, both = (boxes[:, 2:] - boxes[:, :2] for boxes in (seen.xyxy[rows], moving.xyxy[columns]))
    wider, as_tall = both[:, 0] > _SHADOWED * his[:, 0], his[:, 1] > _UPRIGHT * both[:, 1]
    result: Flags = wider & as_tall & (seen.score[rows] >= _SURE)
    return result


def _two_of(somebody: Flags, xyxy: Boxes) -> Flags:
    """In which of the outer boxes there are two people apart, (outer,).

    Args:
        somebody: (n, outer), whether an inner box is somebody in an outer one.
        xyxy: (n, 4), the inner boxes.
    """
    apart = (iou(xyxy, xyxy) < _APART).astype(np.int64)
    inside = somebody.astype(np.int64)
    result: Flags = np.einsum("ik,ij,jk->k", inside, apart, inside) > 0
    return result


def _behind(seen: Boxes, moving: Boxes) -> Flags:
    """Which moving boxes are clearly higher up than those of the network, (seen, moving)."""
    height = np.maximum(_height(seen)[:, None], _height(moving)[None, :])
    top, bottom = ((seen[:, None, i] - moving[None, :, i]) / height for i in (1, 3))
    result: Flags = (np.minimum(top, bottom) > _SHIFTED) & ((top + bottom) / 2 > _MEAN_SHIFT)
    return result


def _cut_by_edge(xyxy: Boxes, size_wh: tuple[int, int]) -> Flags:
    """Which boxes end at the left, the right or the lower edge of the picture, to a hundredth of its width."""
    width, height = size_wh
    near_px = 0.01 * width
    result: Flags = (xyxy[:, 0] < near_px) | (xyxy[:, 2] > width - 1 - near_px) | (xyxy[:, 3] > height - 1 - near_px)
    return result


def _height(xyxy: Boxes) -> NDArray[np.float64]:
    result: NDArray[np.float64] = xyxy[:, 3] - xyxy[:, 1]
    return result
