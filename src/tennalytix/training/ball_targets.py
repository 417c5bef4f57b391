"""What the ball network should answer for a window, and how far from it an answer is."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tennalytix.detectors.ball_network_input import SIDE_PX
from tennalytix.training.ball_augment import BallView, near_edge
from tennalytix.training.ball_net import OUTPUT_STRIDE

_CELLS = SIDE_PX // OUTPUT_STRIDE
_SPREAD_CELLS = 0.9
_PLACE_WEIGHT = 1.0
_LEARN_PLACE = 0.3
"""Cells with so much of the bell learn the place."""


def ball_loss(answer: tuple[Tensor, Tensor], views: Sequence[BallView]) -> Tensor:
    """How far an answer is from where the balls are.

    Focal loss with fewer penalties near a ball (Zhou et al., Objects as Points, 2019), and the distance of the place.

    Args:
        answer: logits, (n, h, w), and places, (n, 2, h, w), as `BallNet` gives them.
        views: of the batch.
    """
    logit, places = answer
    bell, centre, counted, wanted = (part.to(logit.device) for part in ball_targets(views))
    p = torch.sigmoid(logit)
    hit = -functional.logsigmoid(logit) * (1 - p) ** 2 * centre
    miss = -functional.logsigmoid(-logit) * p**2 * (1 - bell) ** 4 * (1 - centre)
    scored = ((hit + miss) * counted).sum() / centre.sum().clamp(min=1)
    weight = torch.where(bell > _LEARN_PLACE, bell, 0) * counted
    apart = functional.smooth_l1_loss(places, wanted, reduction="none", beta=0.2).sum(1)
    return scored + _PLACE_WEIGHT * (apart * weight).sum() / weight.sum().clamp(min=1)


def ball_targets(views: Sequence[BallView]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Bells around balls, the cells in which they lie, which cells count, (n, h, w), and places, (n, 2, h, w)."""
    middles = np.arange(_CELLS) + 0.0
    xy = np.array([view.xy for view in views]).reshape(-1, 2)
    cells = (xy + 0.5) / OUTPUT_STRIDE - 0.5
    dx = cells[:, 0, None, None] - middles[None, None, :]
    dy = cells[:, 1, None, None] - middles[None, :, None]
    dx, dy = (np.nan_to_num(np.broadcast_to(d, (len(xy), _CELLS, _CELLS)), nan=1e3) for d in (dx, dy))
    bell = np.exp(-(dx**2 + dy**2) / (2 * _SPREAD_CELLS**2))
    centre = np.zeros_like(bell)
    counted = np.ones_like(bell)
    for row in np.flatnonzero(np.isfinite(xy).all(axis=1)):
        if near_edge(xy[row]):
            counted[row][bell[row] > 0.01] = 0
        else:
            column, line = np.clip(cells[row].round().astype(int), 0, _CELLS - 1)
            centre[row, line, column] = 1
    wanted = np.clip(np.stack([dx, dy], axis=1), -4, 4)
    bell, centre, counted, wanted = (torch.from_numpy(a.astype(np.float32)) for a in (bell, centre, counted, wanted))
    return bell, centre, counted, wanted
