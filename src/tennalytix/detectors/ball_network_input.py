"""What the ball network sees: windows of five moments around a place, the camera's motion taken out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import scaling
from tennalytix.core.picture import DIAGONAL_720P_PX, DIAGONAL_1080P_PX
from tennalytix.detectors.ball_motion_picture import aligned_parts
from tennalytix.video.frame import Frame

Plane = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Corners = NDArray[np.int64]

SIDE_PX = 64
"""Side of a window in pixels of a look."""
MOMENTS = 5
"""Brightness two steps and one step before, now, one step and two steps after."""
CHANNELS = MOMENTS + 2
"""The five moments, then red and blue chroma of the one in the middle."""
STEP_S = 0.025
"""Moments are at least so far apart: long enough that a ball has moved on by its own size."""
_MAX_ENLARGEMENT = 4
_LENIENT_S = 1e-4


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """One frame as the network will see parts of it.

    Attributes:
        time_s: of the frame.
        segment: of the frame.
        luma: uint8, (h, w), at least `SIDE_PX` wide and high.
        red, blue: uint8, chroma (Cr, Cb) at half that size, rounded down.
        reference_from_image: (3, 3), between pixels of looks.
        scale: pixels of the look a pixel of the frame.
    """

    time_s: float
    segment: int
    luma: Plane = field(repr=False)
    red: Plane = field(repr=False)
    blue: Plane = field(repr=False)
    reference_from_image: Matrix = field(repr=False)
    scale: float

    def to_look(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels of the frame as pixels of the look."""
        return (xy + 0.5) * self.scale - 0.5

    def to_frame(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels of the look as pixels of the frame."""
        return (xy + 0.5) / self.scale - 0.5


def look_scale(size_wh: tuple[int, int]) -> float:
    """Pixels of the look a pixel of the frame: a whole number or one over one, so that no ball is blurred.

    Frames stay as they are from about 720p to about 1440p; larger ones are reduced, smaller ones enlarged.

    Examples:
        >>> [look_scale(size) for size in ((1920, 1080), (1280, 720), (3840, 2160), (640, 360))]
        [1.0, 1.0, 0.5, 2.0]
    """
    diagonal_px = float(np.hypot(*size_wh))
    reduction = round(diagonal_px / DIAGONAL_1080P_PX)
    if reduction > 1:
        return 1 / reduction
    return float(np.clip(round(DIAGONAL_720P_PX / diagonal_px), 1, _MAX_ENLARGEMENT))


def look_at(frame: Frame) -> Look:
    """Reduces or enlarges a frame where that is called for."""
    scale = look_scale(frame.size_wh)
    reduction = round(1 / scale) if scale < 1 else 1
    luma = _resized(frame.luma, scale)
    # Chroma is stored at half the size anyway.
    planes = frame.chroma(1 if scale > 1 else 2 * reduction)
    red, blue = planes if scale <= 1 else (_resized(plane, scale / 2) for plane in planes)
    short = [max(0, SIDE_PX - side) for side in luma.shape]
    if any(short):
        luma = np.pad(luma, ((0, short[0]), (0, short[1])), mode="edge")
        short = [max(0, SIDE_PX // 2 - side) for side in red.shape]
        red, blue = (np.pad(plane, ((0, short[0]), (0, short[1])), mode="edge") for plane in (red, blue))
    return Look(frame.time_s, frame.segment, luma, red, blue, _between_looks(frame.reference_from_image, scale), scale)


def moments(time_s: Sequence[float], segment: Sequence[int], at: int) -> tuple[int | None, ...]:
    """Which frames to look at: two steps and one step before, the frame itself, one step and two steps after.

    Args:
        time_s: of frames that do not repeat others, in order.
        segment: of these frames.
        at: the row of the frame in question.

    Returns:
        Five rows; None where the segment shows none.

    Examples:
        >>> moments([0.0, 0.02, 0.04, 0.06, 0.08, 0.10], [0] * 6, 2)
        (None, 0, 2, 4, None)
    """
    before, after = (_steps(time_s, segment, at, direction) for direction in (-1, 1))
    return (before[1], before[0], at, after[0], after[1])


def window(seen: Sequence[Look | None], xy: NDArray[np.float64], side_px: int = SIDE_PX) -> tuple[Plane, Corners]:
    """What lies around a place: `windows` for one, (7, side, side) and (2,)."""
    planes, corners = windows(seen, xy[None], side_px)
    return planes[0], corners[0]


def windows(seen: Sequence[Look | None], xy: NDArray[np.float64], side_px: int = SIDE_PX) -> tuple[Plane, Corners]:
    """What lies around places.

    Args:
        seen: five moments; what is missing is taken to look as the one in the middle.
        xy: (n, 2), pixels of the middle look.
        side_px: of a window, even, at most the picture's sides.

    Returns:
        uint8, (n, 7, side, side), and the pixels (x, y) of the look at the windows' corners, (n, 2), even. At the
        picture's edge a window ends there, so that the place is not in its middle.
    """
    now = seen[MOMENTS // 2]
    if now is None:
        raise ValueError("seen must have a look in the middle, got None.")
    height, width = now.luma.shape
    corners = np.rint(xy).astype(np.int64) - side_px // 2
    # Even ones, so that a pixel of chroma stands for four of brightness.
    corners = np.clip(corners, 0, [width - side_px, height - side_px]) // 2 * 2
    planes = np.empty((len(xy), CHANNELS, side_px, side_px), np.uint8)
    places = [(x, y) for x, y in corners.tolist()]
    parts = [now.luma[y : y + side_px, x : x + side_px] for x, y in places]
    for moment, look in enumerate(seen):
        for k, part in enumerate(
            parts if look is None else aligned_parts(look.luma, parts, _motion(now, look), places)
        ):
            planes[k, moment] = part
    for k, (x, y) in enumerate(places):
        for channel, plane in ((MOMENTS, now.red), (MOMENTS + 1, now.blue)):
            quarters = planes[k, channel].reshape(side_px // 2, 2, side_px // 2, 2)
            quarters[:] = plane[y // 2 : (y + side_px) // 2, None, x // 2 : (x + side_px) // 2, None]
    return planes, corners


def _steps(time_s: Sequence[float], segment: Sequence[int], at: int, direction: int) -> list[int | None]:
    found: list[int | None] = []
    last, row = at, at + direction
    while 0 <= row < len(time_s) and len(found) < MOMENTS // 2 and segment[row] == segment[at]:
        if abs(time_s[row] - time_s[last]) >= STEP_S - _LENIENT_S:
            last = row
            found.append(row)
        row += direction
    return [*found, None, None][: MOMENTS // 2]


def _motion(now: Look, other: Look) -> Matrix | None:
    """Pixels of this look from those of another; None while the camera stands still."""
    if np.array_equal(now.reference_from_image, other.reference_from_image):
        return None
    motion: Matrix = np.linalg.inv(now.reference_from_image) @ other.reference_from_image
    return motion


def _between_looks(reference_from_image: Matrix, scale: float) -> Matrix:
    if scale == 1:
        return reference_from_image
    look_from_frame = scaling(scale)
    return np.asarray(look_from_frame @ reference_from_image @ np.linalg.inv(look_from_frame), dtype=np.float64)


def _resized(plane: Plane, scale: float) -> Plane:
    if scale == 1:
        return plane
    if scale < 1:
        factor = round(1 / scale)
        whole = plane[: plane.shape[0] // factor * factor, : plane.shape[1] // factor * factor]
        size_wh = (whole.shape[1] // factor, whole.shape[0] // factor)
        return np.asarray(cv2.resize(whole, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    size_wh = (round(plane.shape[1] * scale), round(plane.shape[0] * scale))
    return np.asarray(cv2.resize(plane, size_wh, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
