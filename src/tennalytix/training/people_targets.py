"""What the person network should answer for a picture, and how far from it an answer is."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tennalytix.training.people_net import OUTPUT_STRIDE

_CENTRAL = 0.22
"""Cells within this share of a box's size from its centre learn the box."""
_SPREAD = 0.12
"""Spread of the centre's bell over the cells, as a share of the box's size."""
_BOX_WEIGHT = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class Targets:
    """Of one picture or of a batch (with a leading axis).

    Attributes:
        score: (h, w), 1 at centres, falling off in bells around them.
        centre: (h, w), the cells in which a centre lies.
        counted: (h, w), False where nothing is taken for right or wrong.
        ltrb: (4, h, w), cells.
        box_weight: (h, w), 0 where no box is learnt.
    """

    score: Tensor
    centre: Tensor
    counted: Tensor
    ltrb: Tensor
    box_weight: Tensor

    def to(self, device: torch.device) -> "Targets":
        """The same on another device."""
        return Targets(*(getattr(self, name).to(device) for name in self.__slots__))


def targets_of(size_wh: tuple[int, int], xyxy: NDArray[np.float64], ignored: NDArray[np.bool_]) -> Targets:
    """Targets of one picture; boxes in its pixels, edges, the first pixel's centre at (0, 0)."""
    canvas = _Canvas(size_wh[0] // OUTPUT_STRIDE, size_wh[1] // OUTPUT_STRIDE)
    cells = (xyxy + 0.5) / OUTPUT_STRIDE
    for box in cells[ignored]:
        canvas.spare(*box)
    # The nearer person, whose box is larger, is painted first: the farther one is the one to lose cells otherwise.
    boxes = cells[~ignored]
    for box in boxes[np.argsort(-np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))]:
        canvas.paint(*box)
    return canvas.targets()


class _Canvas:
    """Targets of one picture while people are painted onto them; boxes in cells."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.score, self.box_weight = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        self.centre, self.counted = np.zeros((height, width), np.bool_), np.ones((height, width), np.bool_)
        self.ltrb = np.zeros((4, height, width), np.float32)
        self.rows_at, self.columns_at = np.mgrid[:height, :width] + 0.5

    def spare(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Nothing in the box is taken for right or wrong."""
        self.counted[_covered(y1, y2, self.height), _covered(x1, x2, self.width)] = False

    def paint(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A person; nobody if the box's centre lies outside."""
        x, y, w, h = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        right, down = self.columns_at - x, self.rows_at - y
        across, along = right / max(_SPREAD * w, 0.5), down / max(_SPREAD * h, 0.5)
        bell = np.exp(-(across**2 + along**2) / 2).astype(np.float32)
        here = int(y), int(x)
        central = (np.abs(right) <= _CENTRAL * w) & (np.abs(down) <= _CENTRAL * h)
        central[here] = True
        self._learn_box((x1, y1, x2, y2), central, bell)
        np.maximum(self.score, bell, out=self.score)
        self.score[here], self.centre[here], self.counted[here] = 1.0, True, True

    def _learn_box(
        self, box: tuple[float, float, float, float], central: NDArray[np.bool_], bell: NDArray[np.float32]
    ) -> None:
        x1, y1, x2, y2 = box
        columns_at, rows_at = self.columns_at, self.rows_at
        learnt = central & (columns_at > x1) & (columns_at < x2) & (rows_at > y1) & (rows_at < y2)
        edges = np.stack([columns_at - x1, rows_at - y1, x2 - columns_at, y2 - rows_at]).astype(np.float32)
        self.ltrb[:, learnt] = edges[:, learnt]
        self.box_weight[learnt] = np.maximum(bell[learnt], 0.1)

    def targets(self) -> Targets:
        """What was painted."""
        arrays = (self.score, self.centre, self.counted, self.ltrb, self.box_weight)
        return Targets(*(torch.from_numpy(array) for array in arrays))


def stack_targets(targets: list[Targets]) -> Targets:
    """A batch of them."""
    return Targets(*(torch.stack([getattr(target, name) for target in targets]) for name in Targets.__slots__))


def loss_of(answer: tuple[Tensor, Tensor], targets: Targets) -> Tensor:
    """How far an answer is from the targets.

    Focal loss with fewer penalties near a centre (Zhou et al., Objects as Points, 2019) and generalised intersection
    over union (Rezatofighi et al., 2019).

    Args:
        answer: logits, (n, 1, h, w), and logarithms of distances, (n, 4, h, w), as `PeopleNet` gives them.
        targets: of the batch.
    """
    logits, boxes = answer
    logit = logits[:, 0]
    p = torch.sigmoid(logit)
    centre = targets.centre.to(logit.dtype)
    hit = -functional.logsigmoid(logit) * (1 - p) ** 2 * centre
    miss = -functional.logsigmoid(-logit) * p**2 * (1 - targets.score) ** 4 * (1 - centre)
    scored = ((hit + miss) * targets.counted).sum() / centre.sum().clamp(min=1)
    weight = targets.box_weight
    apart = 1 - giou(torch.exp(boxes.clamp(-4, 6)), targets.ltrb)
    return scored + _BOX_WEIGHT * (apart * weight).sum() / weight.sum().clamp(min=1)


def giou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised intersection over union of boxes around the same points: distances (n, 4, h, w), (n, h, w) out."""
    low, high = torch.minimum(a, b), torch.maximum(a, b)
    overlap = (low[:, 0] + low[:, 2]).clamp(min=0) * (low[:, 1] + low[:, 3]).clamp(min=0)
    around = (high[:, 0] + high[:, 2]) * (high[:, 1] + high[:, 3])
    union = _area(a) + _area(b) - overlap
    return overlap / union.clamp(min=1e-6) - (around - union) / around.clamp(min=1e-6)


def _area(ltrb: Tensor) -> Tensor:
    return (ltrb[:, 0] + ltrb[:, 2]) * (ltrb[:, 1] + ltrb[:, 3])


def _covered(low: float, high: float, size: int) -> slice:
    return slice(max(0, int(np.floor(low))), min(size, max(0, int(np.ceil(high)))))
