"""Reduced pictures: small enough to keep some hundreds of them while their background is being learnt."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import scaling
from tennalytix.video.frame import Frame

Plane = NDArray[np.uint8]
Matrix = NDArray[np.float64]

_DIAGONAL_PX = 1101.4
"""Diagonal of 960 x 540: people at the far end of a 1080p broadcast are still 30 to 60 pixels tall then."""


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """A frame reduced for the comparison with its background, video levels (black is 16, grey 128).

    Attributes:
        luma: (h, w), h and w even.
        chroma: (2, h / 2, w / 2), blue and red difference.
        reference_from_picture: (3, 3), pixels of this picture to reduced pixels of its segment's first frame.
    """

    luma: Plane = field(repr=False)
    chroma: Plane = field(repr=False)
    reference_from_picture: Matrix = field(repr=False)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in reduced pixels."""
        return self.luma.shape[1], self.luma.shape[0]

    @property
    def size_bytes(self) -> int:
        """Memory that the planes take."""
        return self.luma.nbytes + self.chroma.nbytes

    def picture_from(self, other: "Picture") -> Matrix:
        """Takes pixels of another picture of the segment to pixels of this one."""
        result: Matrix = np.linalg.inv(self.reference_from_picture) @ other.reference_from_picture
        return result


def reduced_picture(image: Plane, reference_from_image: Matrix) -> Picture:
    """Reduces an RGB image, (h, w, 3); the matrix is that of the full image."""
    image_wh = (image.shape[1], image.shape[0])
    scaling = scale_matrix(image_wh, reduced_size(image_wh))
    stacked = np.asarray(cv2.cvtColor(_resized(image), cv2.COLOR_RGB2YUV_I420), dtype=np.uint8)
    height, width = stacked.shape[0] * 2 // 3, stacked.shape[1]
    chroma = stacked[height:].reshape(2, height // 2, width // 2)
    return Picture(stacked[:height], chroma, scaling @ reference_from_image @ np.linalg.inv(scaling))


def reduce(frame: Frame) -> Plane:
    """A frame's RGB image, (h, w, 3), at its `reduced_size`."""
    width, height = reduced_size(frame.size_wh)
    return frame.reduced(2) if frame.size_wh == (2 * width, 2 * height) else _resized(frame.image)


def _resized(image: Plane) -> Plane:
    image_wh = (image.shape[1], image.shape[0])
    size_wh = reduced_size(image_wh)
    if size_wh == image_wh:
        return image
    shrinks_much = image_wh[0] > 2 * size_wh[0] or image_wh[1] > 2 * size_wh[1]
    interpolation = cv2.INTER_AREA if shrinks_much else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size_wh, interpolation=interpolation), dtype=np.uint8)


def reduced_size(size_wh: tuple[int, int]) -> tuple[int, int]:
    """The size at which images of `size_wh` are compared: even, of the same shape, hardly larger than the image."""
    scale = min(1.0, _DIAGONAL_PX / float(np.hypot(*size_wh)))
    return max(2, 2 * round(size_wh[0] * scale / 2)), max(2, 2 * round(size_wh[1] * scale / 2))


def scale_matrix(from_wh: tuple[int, int], to_wh: tuple[int, int]) -> Matrix:
    """Takes pixels of a picture to pixels of the same picture resized: x to (x + 0.5) * s - 0.5."""
    return scaling(to_wh[0] / from_wh[0], to_wh[1] / from_wh[1])
