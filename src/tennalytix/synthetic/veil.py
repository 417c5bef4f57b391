"""Things of the still world that hide people behind them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.synthetic.canvas import CanvasGeometry, Image, soften
from tennalytix.synthetic.stadium import CHAIR_X_M, paint_chair

CHAIR_Y_M = 0.5
"""The chair hides whom stands farther than this from the near end."""
_CORNERS = [(CHAIR_X_M + x, y, z) for x in (-0.7, 0.6) for y in (-0.6, 0.6) for z in (-0.1, 2.7)]


@dataclass(frozen=True, eq=False, slots=True)
class Veil:
    """How much of each pixel something covers, (h, w), [0, 1], and where the cut lies."""

    cover: NDArray[np.float32] = field(repr=False)
    left: int
    top: int


def chair_veil(geometry: CanvasGeometry) -> Veil | None:
    """The umpire's chair on the canvas: what looks the same before black and before white; None outside the canvas."""
    xy = geometry.camera.project(_CORNERS)
    if not np.isfinite(xy).all():
        return None
    low = np.maximum(np.floor(xy.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(xy.max(axis=0)).astype(int) + 1, geometry.size_wh)
    if (high <= low).any():
        return None
    black: Image = np.zeros((geometry.size_wh[1], geometry.size_wh[0], 3), np.uint8)
    white: Image = np.full_like(black, 255)
    for canvas in (black, white):
        paint_chair(canvas, geometry.camera, (128.0, 128.0, 128.0))
    part = (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
    seen_through = soften(white[part]).astype(np.float32) - soften(black[part])
    return Veil((1 - seen_through.mean(axis=2) / np.float32(255)).astype(np.float32), int(low[0]), int(low[1]))
