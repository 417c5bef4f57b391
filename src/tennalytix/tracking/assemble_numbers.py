"""Numbers as they are stored: as many digits as mean something, and never one that is not finite."""

import numpy as np
from numpy.typing import ArrayLike

from tennalytix.core.tables import Flags

_FARTHEST_M = 100.0


def pixels(values: ArrayLike) -> tuple[float, ...]:
    """To 0.01 px."""
    return tuple(round(float(v), 2) + 0.0 for v in np.asarray(values).ravel())


def metres(xy_m: ArrayLike) -> tuple[float, ...] | None:
    """To 1 mm; None for what lies beyond the horizon or so far away that it cannot be meant."""
    values = np.asarray(xy_m, dtype=np.float64).ravel()
    if not (np.abs(values) < _FARTHEST_M).all():
        return None
    return tuple(round(float(v), 3) + 0.0 for v in values)


def seconds(value: float) -> float:
    """To 0.1 ms."""
    return round(float(value), 4) + 0.0


def score(value: float) -> float:
    """To 0.001, within [0, 1]."""
    return round(min(max(float(value), 0.0), 1.0), 3)


def matrix(values: ArrayLike) -> list[list[float]]:
    """To ten significant digits: a pixel of an 8k picture to far below 0.01 px."""
    return [[float(f"{float(v):.10g}") for v in row] for row in np.asarray(values)]


def source(row: int, interpolated: Flags, corrected: Flags | None) -> str:
    """How a row is known: `detected`, `interpolated` or `corrected`."""
    if corrected is not None and corrected[row]:
        return "corrected"
    return "interpolated" if interpolated[row] else "detected"
