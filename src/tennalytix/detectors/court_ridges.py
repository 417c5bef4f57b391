"""Painted lines as bright ridges: pixels that outshine the ground on both sides."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

# Widths of lines that are looked for, pixels of the reduced picture, and how far out the ground is read on each side.
WIDTHS_PX = (1, 3, 5, 9)
# A ridge stands out by this many grey levels at least, by this many times the ripple of the picture, and by this many
# times the mean rise around it (rough ground, crowds), taken over so many pixels each way.
MIN_RISE = 5.0
RIPPLE_TIMES = 4.0
AROUND_TIMES = 3.0
AROUND_PX = 41
# Ground is averaged along a line over this many pixels against noise.
ALONG_PX = 5


@dataclass(frozen=True, eq=False, slots=True)
class Ridges:
    """Where bright ridges run, for lines that lie (profiles go down) and lines that stand (profiles go across).

    Attributes:
        lying, standing: uint8, (h, w), 255 on the middles of ridges, one pixel thick.
        lying_near, standing_near: float32, (h, w), pixels to the nearest middle.
    """

    lying: NDArray[np.uint8]
    standing: NDArray[np.uint8]
    lying_near: Picture
    standing_near: Picture

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.lying.shape[1], self.lying.shape[0]


def find_ridges(picture: NDArray[np.uint8]) -> Ridges:
    """The ridges of a picture, (h, w), grey levels."""
    brightness = picture.astype(np.float32)
    lying = _middles(brightness)
    standing = np.ascontiguousarray(_middles(np.ascontiguousarray(brightness.T)).T)
    return Ridges(lying, standing, _distance(lying), _distance(standing))


def ridge_rise(brightness: Picture) -> Picture:
    """By how much every pixel outshines the ground above and below, best of all widths, (h, w); below 0: not at all."""
    along = np.asarray(cv2.blur(brightness, (ALONG_PX, 1)), dtype=np.float32)
    best = np.full_like(along, -255.0)
    for width in WIDTHS_PX:
        mean = cv2.blur(along, (1, width)) if width > 1 else along
        out = width + 1
        rise = mean - np.maximum(_shifted(along, out), _shifted(along, -out))
        np.maximum(best, rise, out=best)
    return best


def _middles(brightness: Picture) -> NDArray[np.uint8]:
    rise = ridge_rise(brightness)
    ripple = float(np.median(np.abs(rise)))
    top = cv2.dilate(rise, np.ones((5, 1), np.uint8))
    around = cv2.blur(np.maximum(rise, 0), (AROUND_PX, AROUND_PX))
    strong = (rise >= top) & (rise > np.maximum(AROUND_TIMES * around, max(MIN_RISE, RIPPLE_TIMES * ripple)))
    return np.where(strong, np.uint8(255), np.uint8(0))


def _shifted(picture: Picture, rows: int) -> Picture:
    """The picture moved down by `rows`; its edge is repeated."""
    result: Picture = np.empty_like(picture)
    if rows > 0:
        result[rows:], result[:rows] = picture[:-rows], picture[0]
    else:
        result[:rows], result[rows:] = picture[-rows:], picture[-1]
    return result


def _distance(middles: NDArray[np.uint8]) -> Picture:
    return np.asarray(cv2.distanceTransform(255 - middles, cv2.DIST_L2, 3), dtype=np.float32)
