"""How tall people are, depending on where in the picture they stand: learnt from the people seen so far."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_TOLERANCE = 0.2
"""People at one place differ by about that much (log), by size and posture."""

_SLOPES = (0.1, 1.5)
"""The slope is a person's height over the camera's: cameras stand between 1.2 and 17 metres above the court."""

_HIGHEST_HORIZON = -0.8
"""In heights of the picture, above its upper edge."""

_BANDS = 8
_SURE_SHARE = 0.12
"""What is taller than this share of the picture and shaped like a person surely is one."""

_TOO_TALL_COST = 0.5
_MOST_PAIRED = 60


@dataclass(frozen=True, slots=True)
class Heights:
    """Heights of upright people over level ground: height = slope * (foot_y - horizon_y), reduced pixels."""

    slope: float
    horizon_y: float

    def at(self, foot_y: ArrayLike) -> Floats:
        """Expected heights of people whose feet are at `foot_y`; above the horizon as just below it."""
        below: Floats = np.maximum(np.asarray(foot_y, dtype=np.float64) - self.horizon_y, 10.0)
        return self.slope * below

    @classmethod
    def usual(cls, picture_height: int) -> "Heights":
        """The view from behind and above the court that broadcasts show."""
        return cls(0.19, -0.25 * picture_height)


def fit_heights(foot_y: Floats, height: Floats, picture_height: int) -> Heights:
    """The line that most observations agree with, the usual one where they say too little.

    All pairs of a sample of the observations propose a line each; places where few people stood count like others.
    """
    usual = Heights.usual(picture_height)
    if len(foot_y) < 10:
        return usual
    band = np.clip(foot_y / picture_height * _BANDS, 0, _BANDS - 1).astype(int)
    size = np.minimum(height / (_SURE_SHARE * picture_height), 1.0)
    weight = size / np.sqrt(np.maximum(np.bincount(band, size, minlength=_BANDS)[band], 1e-6))
    slope, horizon = _proposals(foot_y, height, picture_height)
    slope, horizon = np.append(slope, usual.slope), np.append(horizon, usual.horizon_y)
    expected = slope[:, None] * np.maximum(foot_y - horizon[:, None], 10.0)
    off = np.log(np.maximum(height, 1.0) / expected) / _TOLERANCE
    # Parts of people and what stirs behind the court are small: they say little. Nobody is far taller than a person.
    too_tall = _TOO_TALL_COST * (off > 2)
    support = (weight * (np.maximum(1 - off**2, 0) - too_tall)).sum(axis=1)
    support[-1] += 1.0
    best = int(np.argmax(support))
    return Heights(float(slope[best]), float(horizon[best]))


def _proposals(foot_y: Floats, height: Floats, picture_height: int) -> tuple[Floats, Floats]:
    order = np.argsort(foot_y, kind="stable")
    pick = order[np.unique(np.linspace(0, len(order) - 1, _MOST_PAIRED).astype(int))]
    upper, lower = np.triu_indices(len(pick), k=1)
    y1, h1, y2, h2 = foot_y[pick[upper]], height[pick[upper]], foot_y[pick[lower]], height[pick[lower]]
    apart = (y2 - y1 > 0.08 * picture_height) & (h2 > h1)
    slope = (h2 - h1)[apart] / (y2 - y1)[apart]
    horizon = y1[apart] - h1[apart] / slope
    sensible = (slope > _SLOPES[0]) & (slope < _SLOPES[1]) & (horizon > _HIGHEST_HORIZON * picture_height)
    return slope[sensible], horizon[sensible]
