"""How often something like a ball was found at the same place at other times."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]

# So short that the pairs of a block, which all lie in memory at once, are few however many things are at rest.
_BLOCK_S = 1.0
_MOMENTS_PER_S = 30.0


def others_at(xy: Floats, time_s: Floats, weight: Floats, radius: float, apart_s: tuple[float, float]) -> Floats:
    """Weight of the points within `radius` of each, in order of time, that are between `apart_s` seconds from it.

    Goes block by block, so that hours of a lamp in one place cost no more a frame than seconds. Above 30 frames a
    second every so many frames stand for those between them.
    """
    after_s, before_s = apart_s
    count = np.zeros(len(xy))
    others, step = _thinned(time_s)
    start = 0
    while start < len(xy):
        end = int(np.searchsorted(time_s, time_s[start] + _BLOCK_S, side="right"))
        low = int(np.searchsorted(time_s[others], time_s[start] - before_s))
        high = int(np.searchsorted(time_s[others], time_s[end - 1] + before_s, side="right"))
        about = others[low:high]
        pairs = cKDTree(xy[start:end]).sparse_distance_matrix(cKDTree(xy[about]), radius, output_type="ndarray")
        here, there = pairs["i"], about[pairs["j"]]
        apart = np.abs(time_s[here + start] - time_s[there])
        counted = (apart > after_s) & (apart < before_s)
        count[start:end] = step * np.bincount(here[counted], weight[there[counted]], end - start)
        start = end
    return count


def _thinned(time_s: Floats) -> tuple[NDArray[np.intp], int]:
    """Points of every `step`-th moment, and that step: 1 at 30 moments a second or fewer."""
    moments, moment = np.unique(time_s, return_inverse=True)
    usual_s = float(np.median(np.diff(moments))) if len(moments) > 1 else np.inf
    step = max(1, round(1 / (_MOMENTS_PER_S * max(usual_s, 1e-3))))
    return np.flatnonzero(moment % step == 0), step


def frames_about(time_s: Floats, frame_times_s: Floats, reach_s: float) -> Floats:
    """How many frames lie within `reach_s` of each time, at least 1."""
    last = np.searchsorted(frame_times_s, time_s + reach_s, side="right")
    first = np.searchsorted(frame_times_s, time_s - reach_s)
    result: Floats = np.maximum(last - first, 1).astype(np.float64)
    return result
