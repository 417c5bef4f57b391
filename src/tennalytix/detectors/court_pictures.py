"""Clean pictures of a stretch of video: how white it is, with whatever moves taken out."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import Lens
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame

Picture = NDArray[np.uint8]

UNBENT_STEP_PX = 8


def paint_brightness(image: NDArray[np.uint8]) -> Picture:
    """How white a picture is, (h, w, 3) RGB to (h, w) in grey levels.

    The weakest channel parts white from coloured ground, whatever its colour; luma is sharper in compressed video.
    """
    red, green, blue = cv2.split(image)
    weakest = cv2.min(cv2.min(red, green), blue)
    mean = cv2.addWeighted(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 0.5, weakest, 0.5, 0.0)
    return np.asarray(mean, dtype=np.uint8)


def laid_over(clip: Clip, frame_indices: Sequence[int], reference: int) -> dict[int, Picture]:
    """How white frames are, each laid over the frame `reference`, by index; without those that do not decode."""
    matrix = clip.table.reference_from_image[np.searchsorted(clip.table.frame_index, reference)]
    reference_from_first = np.linalg.inv(matrix)
    return {frame.index: _laid_over(frame, reference_from_first) for frame in clip.frames_at(frame_indices)}


def median_picture(pictures: Iterable[Picture]) -> Picture | None:
    """The median, pixel by pixel, of uint8 pictures of one size; None without any."""
    layers = list(pictures)
    # Odd-even transposition sort, whole pictures at a time: faster by far than sorting pixels.
    for turn in range(len(layers)):
        for i in range(turn % 2, len(layers) - 1, 2):
            low, high = cv2.min(layers[i], layers[i + 1]), cv2.max(layers[i], layers[i + 1])
            layers[i], layers[i + 1] = np.asarray(low, dtype=np.uint8), np.asarray(high, dtype=np.uint8)
    return layers[len(layers) // 2] if layers else None


def reduced(picture: Picture, longer_px: int) -> Picture:
    """A picture whose longer side has at most `longer_px` pixels."""
    height, width = picture.shape[:2]
    scale = longer_px / max(height, width)
    if scale >= 1:
        return picture
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def unbent(picture: Picture, k1: float) -> tuple[Picture, NDArray[np.float64]]:
    """A picture as a perfect pinhole would have seen it, for a lens that bends lines by `k1` (see `Lens`).

    Returns:
        The picture, (h, w), its middle left and right edge where they were, and (3, 3), which takes undistorted pixels
        to its pixels.
    """
    height, width = picture.shape
    lens = Lens.pinhole((width, height), k1)
    scale = 1 / (1 + k1 * (width / 2 / lens.radius_px) ** 2)
    (cx, cy), step = lens.centre_xy, UNBENT_STEP_PX
    # Read off the lens now and then, and evenly between.
    columns, rows = np.meshgrid(np.arange(0, width + step, step), np.arange(0, height + step, step))
    undistorted = np.array([cx, cy]) + (np.stack([columns.ravel(), rows.ravel()], axis=1) - [cx, cy]) / scale
    bent = lens.distort(undistorted).reshape(*columns.shape, 2).astype(np.float32)
    across, down = np.meshgrid(*(np.arange(size, dtype=np.float32) / step for size in (width, height)))
    x, y = (cv2.remap(bent[..., axis], across, down, cv2.INTER_LINEAR) for axis in (0, 1))
    matrix = np.array([[scale, 0, cx * (1 - scale)], [0, scale, cy * (1 - scale)], [0, 0, 1.0]])
    return np.asarray(
        cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), dtype=np.uint8
    ), matrix


def spread_frames(first: int, last: int, count: int) -> list[int]:
    """At most `count` frame indices, evenly spread from `first` to `last`."""
    return sorted({int(v) for v in np.linspace(first, last, min(count, last - first + 1)).round()})


def _laid_over(frame: Frame, reference_from_first: NDArray[np.float64]) -> Picture:
    picture = paint_brightness(frame.image)
    matrix = reference_from_first @ frame.reference_from_image
    matrix = matrix / matrix[2, 2]
    if np.allclose(matrix, np.eye(3), atol=1e-9):
        return picture
    height, width = picture.shape
    moved = cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)
