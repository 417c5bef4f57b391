"""The display matrix that cameras write instead of turning the picture, and how to apply it."""

import struct
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.sidedata.sidedata import SideData
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """A turn by quarter turns, with or without a mirror: transpose first, then flip.

    Other angles cannot be shown without resampling; `of_frame` rounds them to the nearest quarter turn.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> "Orientation":
        """What the frame's display matrix asks for, upright where it has none; the same for all frames of a video.

        Ask one frame only: reading its side data ties a frame into a reference cycle, which keeps it in memory.

        The matrix holds nine 32-bit numbers, rows of a 3x3 that acts on row vectors: x' = a x + c y, y' = b x + d y
        (ISO/IEC 14496-12, 8.3.2; the y axis points down).
        """
        found = frame.side_data.get("DISPLAYMATRIX")
        if not isinstance(found, SideData):
            return cls()
        a, b, _, c, d, *_ = struct.unpack("=9i", bytes(found)[:36])
        return cls._of_matrix(a, b, c, d)

    @classmethod
    def _of_matrix(cls, a: int, b: int, c: int, d: int) -> "Orientation":
        transpose = abs(b) + abs(c) > abs(a) + abs(d)
        x_sign, y_sign = (c, b) if transpose else (a, d)
        return cls(transpose, x_sign < 0, y_sign < 0)

    @property
    def clockwise_deg(self) -> int:
        """The turn, 0, 90, 180 or 270 degrees; a mirrored picture is taken as mirrored left to right after it."""
        mirrored = (self.flip_x + self.flip_y + self.transpose) % 2 == 1
        flip_x = self.flip_x ^ mirrored
        if self.transpose:
            return 90 if flip_x else 270
        return 180 if flip_x else 0

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """The upright picture, (h, w) or (h, w, channels), contiguous; the same array where nothing is to be done."""
        if self == Orientation():
            return image
        turned = image.swapaxes(0, 1) if self.transpose else image
        turned = turned[:, ::-1] if self.flip_x else turned
        turned = turned[::-1] if self.flip_y else turned
        return np.ascontiguousarray(turned)
