"""Paths of real balls, along which drawn ones fly: labelled rallies as in `ball.csv` or the TrackNet data set."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_network_input import MOMENTS
from tennalytix.metrics.label_formats import read_ball_file
from tennalytix.metrics.labels import CLEAR, HARD, BallLabels

Floats = NDArray[np.float64]


def read_paths(folder: str | Path) -> Floats:
    """All stretches of five frames in which the ball is seen, about the one in the middle.

    Args:
        folder: of CSV files, a rally each, 30 pictures a second of 1280x720; folders in it are looked into too.

    Returns:
        (n, 5, 2), pixels from the place in the middle.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: a file is no such labels, or there is no stretch.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"paths must be a folder of labelled rallies, got {folder}, which does not exist.")
    stretches = [_stretches(read_ball_file(path)) for path in sorted(root.rglob("*.csv"))]
    found = np.concatenate([np.zeros((0, MOMENTS, 2)), *stretches])
    if not len(found):
        raise ValueError(f"paths must hold rallies in which the ball is seen for five frames, got none in {folder}.")
    return found


def _stretches(labels: BallLabels) -> Floats:
    seen = np.isin(labels.visibility, (CLEAR, HARD))
    index, xy = labels.frame_index[seen], labels.xy[seen]
    if len(index) < MOMENTS:
        return np.zeros((0, MOMENTS, 2))
    windows = np.lib.stride_tricks.sliding_window_view(xy, MOMENTS, axis=0).transpose(0, 2, 1)
    whole = index[MOMENTS - 1 :] - index[: len(index) - MOMENTS + 1] == MOMENTS - 1
    stretches: Floats = windows[whole] - windows[whole][:, MOMENTS // 2 : MOMENTS // 2 + 1]
    return stretches


def mirrored(stretch: Floats, flips: NDArray[np.bool_]) -> Floats:
    """A stretch left to right, and back in time, as `flips` says for each."""
    flipped = stretch * ((-1, 1) if flips[0] else (1, 1))
    return flipped[::-1] if flips[1] else flipped
