"""When the camera took the frames, as far as it differs from when they are shown."""

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.tables import FrameTable

_MOST_REPEATS = 3
_LATE = 1.5
_NEAR, _LEAST_NEAR = 0.12, 0.9


def taken_s(frames: FrameTable) -> NDArray[np.float64]:
    """Times at which the distinct frames were taken, shape (number of frames not repeated,), seconds from the first.

    A conversion to a higher frame rate repeats a frame now and then: the next one is shown two intervals later, but was
    taken one interval later. So steps of one interval and steps over one repeat are taken to be equally long (from 24
    or 25 to 60 frames a second: steps over one repeat and over two); longer steps (frames missing from the file, a
    picture that stood still) keep their length. Where steps without a repeat differ much, times are a camera's own, or
    known better (`decimation`), and stay.
    """
    shown = np.flatnonzero(~frames.repeated)
    if len(shown) < 2:
        return np.zeros(len(shown))
    step_s = np.diff(frames.time_s[shown])
    repeats = np.diff(shown) - 1
    fewest = int(np.minimum(repeats, _MOST_REPEATS).mean())
    plain = repeats == fewest
    usual_s = float(np.median(step_s[plain])) if plain.any() else float(np.median(step_s))
    near = np.abs(step_s[plain] - usual_s) < _NEAR * usual_s
    if plain.any() and near.mean() < _LEAST_NEAR:
        return np.concatenate([[0.0], np.cumsum(step_s)])
    longer = (fewest + 2) / (fewest + 1)
    even = (plain & (step_s < _LATE * usual_s)) | ((repeats == fewest + 1) & (step_s < (longer + _LATE - 1) * usual_s))
    if even.any():
        step_s = np.where(even, step_s[even].mean(), step_s)
    result: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(step_s)])
    return result
