"""How much the picture of people changes from one frame to another: a cheap measure of how fast they are."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import IDENTITY
from tennalytix.core.homography import scaling
from tennalytix.detectors.people_between_curve import inverse, map_boxes
from tennalytix.video.frame import Frame

Plane = NDArray[np.uint8]
Floats = NDArray[np.float64]

_DIAGONAL_PX = 550.7
"""Diagonal of 480 x 270."""
_LEVELS = 20
"""Grey levels that noise and compression do not reach."""
_TILES = 4
"""So many tiles in the picture's height: what fills much of one is a person near the camera, found or not."""
_AROUND = np.array([0.5, 0.15])
"""People have moved since they were found: looked at is so much more on either side, in widths and heights."""


@dataclass(slots=True)
class Changes:
    """Compares frames with the last key frame."""

    luma: Plane | None = None
    reference_from_image: Floats = field(default_factory=lambda: IDENTITY)

    def start(self, key: Frame) -> None:
        """What follows is compared with this frame."""
        self.luma, self.reference_from_image = _reduced(key), key.reference_from_image

    def until(self, frame: Frame, reference_xyxy: Floats) -> float:
        """The most by which anybody's picture has changed, in areas of that person's box.

        Large changes count wherever they are, in areas of a tile a quarter as high as the picture: a person whom the
        picture's edge cuts may not be among those found.

        Args:
            frame: of the same segment as the key frame.
            reference_xyxy: (n, 4), where people were lately, pixels of the segment's first frame.
        """
        if self.luma is None:
            return 0.0
        luma = _reduced(frame)
        scale = np.array(luma.shape[::-1]) / frame.size_wh
        image_from_reference = inverse(frame.reference_from_image)
        before = _moved(self.luma, image_from_reference @ self.reference_from_image, scale, luma)
        changed = cv2.absdiff(luma, before) > _LEVELS
        xyxy = (map_boxes(image_from_reference, reference_xyxy) + 0.5) * np.tile(scale, 2)
        return max([_changed_most(changed), *(_changed_areas(changed, box) for box in xyxy)])


def _moved(luma: Plane, image_from_key: Floats, scale: Floats, beyond: Plane) -> Plane:
    """A reduced picture as the camera would see it later, with another one where it does not reach."""
    if np.allclose(image_from_key, np.eye(3), rtol=0, atol=1e-9):
        return luma
    to_luma = scaling(*scale.tolist())
    matrix = to_luma @ image_from_key @ inverse(to_luma)
    size_wh = (beyond.shape[1], beyond.shape[0])
    border = cv2.BORDER_TRANSPARENT
    moved = cv2.warpPerspective(luma, matrix, size_wh, beyond.copy(), cv2.INTER_LINEAR, border)
    return np.asarray(moved, dtype=np.uint8)


def _reduced(frame: Frame) -> Plane:
    size = np.array(frame.size_wh)
    width, height = np.maximum(1, np.round(size * min(1.0, _DIAGONAL_PX / float(np.hypot(*size))))).astype(int)
    return frame.small_luma((int(width), int(height)))


def _changed_most(changed: NDArray[np.bool_]) -> float:
    """The largest share of a tile that has changed."""
    height, width = changed.shape
    columns = max(1, round(_TILES * width / height))
    shares = cv2.resize(changed.astype(np.float32), (columns, _TILES), interpolation=cv2.INTER_AREA)
    return float(shares.max())


def _changed_areas(changed: NDArray[np.bool_], box: Floats) -> float:
    """Pixels that have changed in and around a box, as a share of its area; edges count from the picture's corner."""
    side = box[2:] - box[:2]
    around = np.concatenate([box[:2] - _AROUND * side, box[2:] + _AROUND * side])
    x1, y1, x2, y2 = np.clip(np.round(around), 0, np.tile(changed.shape[::-1], 2)).astype(int)
    return float(np.count_nonzero(changed[y1:y2, x1:x2]) / max(1.0, side.prod()))
