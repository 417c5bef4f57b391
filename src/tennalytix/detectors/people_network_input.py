"""What the person network sees: a picture of fixed area, and where it differs from the moments before and after."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.people_motion_picture import scale_matrix
from tennalytix.video.frame import Frame

Plane = NDArray[np.uint8]
Matrix = NDArray[np.float64]

AREA_PX = 960 * 540
"""Area of the pictures the network sees, so that its work does not depend on the video's size."""
MAX_ENLARGEMENT = 1.5
"""Small videos are enlarged: what a person's outline needs is pixels of the network's own size."""
STRIDE = 32
"""Sides that the network is fed are multiples of this."""
DIFFERENCE_S = 0.3
"""Time between a picture and those it is compared with: long enough for somebody who moves to leave a silhouette."""
DIFFERENCE_RANGE_S = (0.1, 0.6)
"""Pictures nearer or farther in time than this are not compared."""


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """One frame as the network will see it.

    Attributes:
        time_s: of the frame.
        image: uint8, (h, w, 3), RGB, `network_size` of the frame.
        luma: uint8, (ceil(h / 2), ceil(w / 2)), for comparison with other looks.
        reference_from_luma: (3, 3), takes pixels of `luma` to reduced pixels of the segment's first frame.
    """

    time_s: float
    image: Plane = field(repr=False)
    luma: Plane = field(repr=False)
    reference_from_luma: Matrix = field(repr=False)


def network_size(size_wh: tuple[int, int]) -> tuple[int, int]:
    """Width and height at which frames of `size_wh` are looked at: of the same shape, and of `AREA_PX`.

    Examples:
        >>> network_size((1920, 1080)), network_size((640, 360)), network_size((720, 1280))
        ((960, 540), (960, 540), (540, 960))
    """
    width, height = size_wh
    scale = min((AREA_PX / (width * height)) ** 0.5, MAX_ENLARGEMENT)
    return max(1, round(width * scale)), max(1, round(height * scale))


def look_at(frame: Frame) -> Look:
    """Reduces (or enlarges) a frame."""
    size_wh = network_size(frame.size_wh)
    image = frame.reduced(2) if frame.size_wh == (2 * size_wh[0], 2 * size_wh[1]) else resize(frame.image, size_wh)
    half_wh = (-(-size_wh[0] // 2), -(-size_wh[1] // 2))
    luma = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), half_wh, interpolation=cv2.INTER_AREA)
    scaling = scale_matrix(frame.size_wh, half_wh)
    reference = scaling @ frame.reference_from_image @ np.linalg.inv(scaling)
    return Look(frame.time_s, image, np.asarray(luma, dtype=np.uint8), reference)


def resize(image: Plane, size_wh: tuple[int, int]) -> Plane:
    """The image at another size."""
    shrinks_much = image.shape[1] >= 1.6 * size_wh[0] or image.shape[0] >= 1.6 * size_wh[1]
    interpolation = cv2.INTER_AREA if shrinks_much else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size_wh, interpolation=interpolation), dtype=np.uint8)


def difference(look: Look, other: Look | None) -> Plane:
    """Where a picture differs from another one of its segment, the camera's motion taken out.

    Returns:
        uint8, the shape of `look.luma`: differences of luma doubled; 0 where the other picture shows nothing, and
        throughout if there is none.
    """
    if other is None:
        return np.zeros_like(look.luma)
    luma = other.luma
    if not np.array_equal(look.reference_from_luma, other.reference_from_luma):
        luma = _seen_from(look, other)
    apart = cv2.absdiff(look.luma, luma)
    return np.asarray(cv2.add(apart, apart), dtype=np.uint8)


def to_planes(image: Plane, motion: Plane) -> tuple[Plane, Plane]:
    """The network's two inputs, padded at the right and below to whole strides.

    Args:
        image: (h, w, 3), RGB.
        motion: (2, ceil(h / 2), ceil(w / 2)), differences to the moments before and after.

    Returns:
        uint8, (3, H, W) and (2, H / 2, W / 2).
    """
    height, width = (-(-side // STRIDE) * STRIDE for side in image.shape[:2])
    planes = np.zeros((3, height, width), np.uint8)
    planes[:, : image.shape[0], : image.shape[1]] = image.transpose(2, 0, 1)
    halves = np.zeros((2, height // 2, width // 2), np.uint8)
    halves[:, : motion.shape[1], : motion.shape[2]] = motion
    return planes, halves


def _seen_from(look: Look, other: Look) -> Plane:
    # Outside of the other picture the own one is put: no difference.
    look_from_other = np.linalg.inv(look.reference_from_luma) @ other.reference_from_luma
    size_wh = (look.luma.shape[1], look.luma.shape[0])
    seen: Plane = look.luma.copy()
    cv2.warpPerspective(other.luma, look_from_other, size_wh, dst=seen, borderMode=cv2.BORDER_TRANSPARENT)
    return seen
