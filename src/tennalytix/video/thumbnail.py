"""A stamp-sized picture of a frame in brightness and colour, cheap enough for every frame of a broadcast."""

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.video.orientation import Orientation

SIZE_WH = (32, 18)
# Formats whose second and third planes are chroma in bytes; others are converted first.
PLANAR = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p")
# Chroma strays less than luma: this brings a change of colour up to one of brightness.
CHROMA_WEIGHT = 2.0

Thumbnail = NDArray[np.uint8]


def thumbnail(frame: av.VideoFrame, luma: NDArray[np.uint8], orientation: Orientation) -> Thumbnail:
    """A frame in 32x18 points, (18, 32, 3): luma, and chroma stretched by two around its middle.

    Args:
        frame: as decoded.
        luma: (h, w), its brightness, upright and perhaps reduced.
        orientation: what makes the frame upright.
    """
    small = [cv2.resize(luma, SIZE_WH, interpolation=cv2.INTER_AREA)]
    planes = frame if frame.format.name in PLANAR else frame.reformat(64, 36, format="yuv420p", threads=1)
    for number in (1, 2):
        plane = planes.planes[number]
        chroma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        step = max(1, min(chroma.shape[0] // (2 * SIZE_WH[1]), chroma.shape[1] // (2 * SIZE_WH[0])))
        upright = orientation.apply(np.ascontiguousarray(chroma[::step, ::step]))
        stretched = (cv2.resize(upright, SIZE_WH, interpolation=cv2.INTER_AREA) - 128.0) * CHROMA_WEIGHT + 128.0
        small.append(np.clip(stretched, 0, 255))
    return np.dstack(small).astype(np.uint8)
