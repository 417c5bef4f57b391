"""A picture to draw on: anti-aliased sub-pixel strokes and text with a dark rim, so that they read on any court."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tennalytix.core.homography import as_points
from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.viz.palette import INK, Rgb

Points = NDArray[np.float64]
Patch = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""A copy of a part of a picture and its top-left corner (x, y)."""

_SHIFT = 4
_FURTHEST_PX = 1e5  # Keeps the fixed-point coordinates of far-out points inside 32 bits.
_FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True, slots=True)
class Pen:
    """How a line is drawn.

    Attributes:
        rgb: colour.
        width: line width in pixels of a 720p picture.
        dashed: broken, the sign of what was filled in.
        alpha: opacity, (0, 1].
        rim: dark rim on either side.
    """

    rgb: Rgb
    width: float = 2.0
    dashed: bool = False
    alpha: float = 1.0
    rim: bool = True


class Canvas:
    """A copy of a picture, resized, that takes strokes in its own pixels.

    Attributes:
        image: uint8, (h, w, 3), RGB, what was drawn so far.
        unit_px: pixels of this picture for one pixel of a 720p picture.
    """

    def __init__(self, image_rgb: NDArray[np.uint8], size_wh: tuple[int, int], source_size_wh: tuple[int, int]) -> None:
        """Copies `image_rgb` at `size_wh`; `source_size_wh` is the picture that `to_picture` takes points of."""
        height, width = image_rgb.shape[:2]
        shrinks = size_wh[0] < width or size_wh[1] < height
        resized = image_rgb.copy()
        if size_wh != (width, height):
            interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            resized = np.asarray(cv2.resize(image_rgb, size_wh, interpolation=interpolation), dtype=np.uint8)
        self.image: NDArray[np.uint8] = resized
        self.unit_px = float(np.hypot(*size_wh)) / DIAGONAL_720P_PX
        self._scale = np.array(size_wh, dtype=np.float64) / np.array(source_size_wh, dtype=np.float64)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

    def to_picture(self, xy: ArrayLike) -> Points:
        """Source pixels to this picture's pixels, (n, 2) to (n, 2)."""
        result: Points = (as_points(xy) + 0.5) * self._scale - 0.5
        return result

    def width_px(self, width: float) -> int:
        """A line width of a 720p picture in whole pixels of this one, at least 1."""
        return max(1, round(width * self.unit_px))

    def stroke(self, xy: ArrayLike, pen: Pen) -> None:
        """Draws an open polyline through `xy`, (n, 2) in this picture's pixels; fewer than two points draw nothing."""
        points = np.clip(as_points(xy), -_FURTHEST_PX, _FURTHEST_PX)
        if len(points) < 2:
            return
        width = self.width_px(pen.width)
        dash_px = 4.0 * self.unit_px + 1.5 * width
        pieces = list(dashes(points, dash_px, dash_px)) if pen.dashed else [points]
        rim = width + 2 * max(1, round(self.unit_px))
        layers = [(INK, rim), (pen.rgb, width)] if pen.rim else [(pen.rgb, width)]
        with self._patch(points, rim, pen.alpha) as (drawn, corner):
            lines = [_fixed(piece - corner) for piece in pieces]
            for rgb, line_width in layers:
                cv2.polylines(drawn, lines, False, rgb, line_width, cv2.LINE_AA, _SHIFT)

    def fill(self, xy: ArrayLike, rgb: Rgb, alpha: float = 1.0) -> None:
        """Fills the convex polygon `xy`, (n, 2) in this picture's pixels."""
        points = np.clip(as_points(xy), -_FURTHEST_PX, _FURTHEST_PX)
        with self._patch(points, 2, alpha) as (drawn, corner):
            cv2.fillConvexPoly(drawn, _fixed(points - corner), rgb, cv2.LINE_AA, _SHIFT)

    def text_size_wh(self, text: str, size: float = 14.0) -> tuple[int, int]:
        """Width and height that `text` takes; `size` as in `text`."""
        scale, thickness = self._type(size)
        (width, height), _ = cv2.getTextSize(text, _FONT, scale, thickness)
        return int(width), int(height)

    def text(self, xy: tuple[float, float], text: str, rgb: Rgb, size: float = 14.0) -> None:
        """Writes `text` with its baseline starting at `xy`; `size` as of a 720p picture, kept legible in small ones."""
        scale, thickness = self._type(size)
        origin = (round(xy[0]), round(xy[1]))
        cv2.putText(self.image, text, origin, _FONT, scale, rgb, thickness, cv2.LINE_AA)

    def _type(self, size: float) -> tuple[float, int]:
        height_px = max(10.0, size * self.unit_px)
        return height_px / 30.0, max(1, round(height_px / 14.0))

    @contextmanager
    def _patch(self, points: Points, margin: int, alpha: float) -> Iterator[Patch]:
        """The part that a shape touches; what is drawn into it is put back with `alpha`."""
        low = np.clip(np.floor(points.min(axis=0)).astype(np.int64) - margin - 1, 0, self.size_wh)
        high = np.clip(np.ceil(points.max(axis=0)).astype(np.int64) + margin + 2, 0, self.size_wh)
        target = self.image[low[1] : high[1], low[0] : high[0]]
        drawn = target.copy()
        if drawn.size:
            yield drawn, low
            target[:] = drawn if alpha >= 1 else cv2.addWeighted(drawn, alpha, target, 1 - alpha, 0)
        else:
            yield np.zeros((1, 1, 3), dtype=np.uint8), low


def _fixed(xy: Points) -> NDArray[np.int32]:
    return np.round(xy * (1 << _SHIFT)).astype(np.int32)


def rectangle(x1: float, y1: float, x2: float, y2: float) -> Points:
    """A closed outline, (5, 2)."""
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]], dtype=np.float64)


def ellipse(centre_xy: tuple[float, float], radius_x: float, radius_y: float) -> Points:
    """A closed outline, (n, 2), fine enough to look round."""
    angle = np.linspace(0, 2 * np.pi, 49)
    return np.stack([centre_xy[0] + radius_x * np.cos(angle), centre_xy[1] + radius_y * np.sin(angle)], axis=1)


def dashes(xy: Points, dash_px: float, gap_px: float) -> Iterator[Points]:
    """The pieces of a polyline that a dashed pen draws, each (m, 2), m >= 2; it starts and ends with ink.

    Dashes and gaps are stretched alike so that a whole number of them fits.
    """
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    count = max(1, round((float(length[-1]) + gap_px) / (dash_px + gap_px)))
    stretch = float(length[-1]) / (count * dash_px + (count - 1) * gap_px)
    for k in range(count):
        start = k * (dash_px + gap_px) * stretch
        end = start + dash_px * stretch
        at = np.concatenate([[start], length[(length > start) & (length < end)], [end]])
        yield np.stack([np.interp(at, length, xy[:, 0]), np.interp(at, length, xy[:, 1])], axis=1)
