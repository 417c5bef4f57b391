"""Tells a camera that stands still from one that moves, and takes the noise out of the first."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

# Lengths for a picture of 1280x720; they grow with its diagonal.
REFERENCE_DIAGONAL_PX = 1468.6
# A segment whose picture never shifts further than this stands still.
STILL_PX = 0.5
# In one that moves, so does a stretch of this length that keeps its place this well.
REST_PX = 0.3
REST_S = 2.0
# Noise of single frames is taken out by a running median over this many.
MEDIAN_FRAMES = 5
BLOCK = 4096

Matrices = NDArray[np.float64]


def settle(
    matrices: Matrices, segment: NDArray[np.int64], time_s: NDArray[np.float64], size_wh: tuple[int, int]
) -> Matrices:
    """Replaces motions that are only noise.

    Args:
        matrices: (n, 3, 3), takes pixels of each frame to those of its segment's first frame.
        segment: (n,), rising.
        time_s: (n,)
        size_wh: of the frames.

    Returns:
        (n, 3, 3): exactly the identity in segments whose camera stands still, one matrix for the whole of a stretch in
        which a moving camera rests, and the given one elsewhere.
    """
    settled = matrices.copy()
    numbers = np.unique(segment)
    for first, end in zip(np.searchsorted(segment, numbers), np.searchsorted(segment, numbers, "right"), strict=True):
        settled[first:end] = _settle_segment(matrices[first:end], time_s[first:end], size_wh)
    return settled


def shift_px(a: Matrices, b: Matrices, size_wh: tuple[int, int]) -> NDArray[np.float64]:
    """How far apart two mappings put the pixels of a picture, root mean square over the picture.

    Args:
        a: (n, 3, 3), or (3, 3) for all.
        b: (n, 3, 3), or (3, 3) for all.
        size_wh: of the picture.

    Returns:
        (n,), in pixels; inf where a pixel comes to lie on a horizon.
    """
    width, height = size_wh
    grid = np.array([[x * width, y * height, 1.0] for x in (0.1, 0.5, 0.9) for y in (0.1, 0.5, 0.9)])
    mapped = [np.atleast_3d(grid @ m.swapaxes(-1, -2)).reshape(-1, len(grid), 3) for m in (a, b)]
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = mapped[0][..., :2] / mapped[0][..., 2:] - mapped[1][..., :2] / mapped[1][..., 2:]
    shift: NDArray[np.float64] = np.sqrt((offset**2).sum(axis=2).mean(axis=1))
    return np.nan_to_num(shift, nan=np.inf)


def _settle_segment(matrices: Matrices, time_s: NDArray[np.float64], size_wh: tuple[int, int]) -> Matrices:
    unit = float(np.hypot(*size_wh)) / REFERENCE_DIAGONAL_PX
    calm = median_filter(matrices, size=(MEDIAN_FRAMES, 1, 1), mode="nearest")
    if _blockwise_shift(calm, np.eye(3), size_wh).max() < STILL_PX * unit:
        return np.tile(np.eye(3), (len(matrices), 1, 1))
    settled, done = matrices.copy(), 0
    for start in _starts_of_rest(calm, time_s, REST_PX * unit, size_wh):
        if start >= done:
            end = _end_of_rest(calm, start, REST_PX * unit, size_wh)
            if time_s[end - 1] - time_s[start] >= REST_S:
                settled[start:end] = np.eye(3) if start == 0 else np.median(matrices[start:end], axis=0)
                done = end
    return settled


def _starts_of_rest(
    calm: Matrices, time_s: NDArray[np.float64], tolerance_px: float, size_wh: tuple[int, int]
) -> list[int]:
    """Frames from which the picture is back in its place after the shortest rest: all that are worth a closer look."""
    later = np.searchsorted(time_s, time_s + REST_S)
    starts = np.flatnonzero(later < len(calm))
    near = _blockwise_shift(calm[starts], calm[later[starts]], size_wh) <= tolerance_px
    return [int(i) for i in starts[near]]


def _end_of_rest(calm: Matrices, start: int, tolerance_px: float, size_wh: tuple[int, int]) -> int:
    """One past the last of the frames from `start` on that keep their place."""
    block, end = 64, start + 1
    while end < len(calm):
        moved = shift_px(calm[end : end + block], calm[start], size_wh) > tolerance_px
        if moved.any():
            return end + int(np.argmax(moved))
        end, block = min(end + block, len(calm)), min(block * 2, BLOCK)
    return end


def _blockwise_shift(a: Matrices, b: Matrices, size_wh: tuple[int, int]) -> NDArray[np.float64]:
    blocks = [slice(i, i + BLOCK) for i in range(0, len(a), BLOCK)]
    shifts = [shift_px(a[s], b if b.ndim == 2 else b[s], size_wh) for s in blocks]
    return np.concatenate(shifts) if shifts else np.zeros(0)
