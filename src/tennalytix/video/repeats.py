"""Frames that only repeat the one before, as conversions from 25 to 30 frames per second put in."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

# Blocks of the reduced picture in which change is measured, and how many of the most changed ones count: a ball or a
# racket fills a few, while the noise of an encoder is spread evenly and thin.
BLOCK_PX = 8
TOP_BLOCKS = 8
# A repeat changes less than this share of what the frames before and after it do; re-encoded ones reach 0.15.
REPEAT_SHARE = 0.22
# Of this many frames on either side the second busiest is the measure: repeats may be three out of four, as from 15 to
# 60 frames per second, and the busiest may be a cut.
NEIGHBOURS = 8
# Changes below this, in grey levels, are noise: where nothing moves, no frame can be told from a repeat.
MOTION_FLOOR = 4.0
# No repeat changes more than this, in grey levels: calm moments between two jerks of a camera do.
NOISE_CEILING = 8.0
# A longer run is a pause in what is filmed.
LONGEST_RUN = 3
BLOCK = 4096


def frame_change(before: NDArray[np.uint8], picture: NDArray[np.uint8]) -> float:
    """How much the busiest places changed between two reduced luma pictures (h, w), in grey levels."""
    height, width = (side // BLOCK_PX for side in picture.shape)
    if min(height, width) < 1:
        return float(cv2.absdiff(before, picture).mean())
    difference = cv2.absdiff(before, picture)[: height * BLOCK_PX, : width * BLOCK_PX]
    # Thin noise is below one grey level: widen before averaging.
    blocks = cv2.resize(difference.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA).ravel()
    count = min(TOP_BLOCKS, blocks.size)
    return float(np.partition(blocks, blocks.size - count)[-count:].mean())


def find_repeats(change: ArrayLike) -> NDArray[np.bool_]:
    """Which frames repeat the one before.

    A repeat changes far less than the frames before it and than those after it: after a burst, as at a cut or a jerk of
    the camera, the frames that follow are merely calm. Runs of more than three are taken for a pause in the motion, and
    where nothing moves at all no frame counts as a repeat.

    Args:
        change: (n,), `frame_change` of each frame against the one before; the first entry is not looked at.
    """
    values = np.asarray(change, dtype=np.float64)
    repeated = np.zeros(len(values), dtype=bool)
    if len(values) < 3:
        return repeated
    busy = np.fmin(_busy_before(values[1:]), _busy_before(values[:0:-1])[::-1])
    repeated[1:] = (values[1:] < np.minimum(REPEAT_SHARE * busy, NOISE_CEILING)) & (busy >= MOTION_FLOOR)
    return _without_long_runs(repeated)


def _busy_before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The second largest of the eight values before each one.

    Near the start, where there are fewer, the largest; NaN where that shows no motion, which then says nothing.
    """
    busy = np.full(len(values), np.nan)
    for i in range(1, min(NEIGHBOURS, len(values))):
        largest = values[:i].max()
        busy[i] = largest if largest >= MOTION_FLOOR else np.nan
    if len(values) > NEIGHBOURS:
        windows = np.lib.stride_tricks.sliding_window_view(values[:-1], NEIGHBOURS)
        # Piece by piece: sorted, a long video's windows take eight times its memory.
        for at in range(0, len(windows), BLOCK):
            part = windows[at : at + BLOCK]
            busy[NEIGHBOURS + at :][: len(part)] = np.partition(part, NEIGHBOURS - 2, axis=1)[:, NEIGHBOURS - 2]
    return busy


def _without_long_runs(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    kept = flags.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start > LONGEST_RUN:
            kept[start:end] = False
    return kept
