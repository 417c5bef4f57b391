"""The racket: a hoop with strings on a handle."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.palette import Colour
from tennalytix.synthetic.physics import Floats

_SHIFT = 4
_THROAT_M, _TIP_M, _HALF_WIDTH_M = 0.33, 0.66, 0.13


@dataclass(frozen=True, eq=False, slots=True)
class Racket:
    """A racket in space.

    Attributes:
        grip: (3,), metres.
        towards: unit vector from grip to head, (3,).
        face: about which way the strings look, (3,).
        colour: of the frame.
    """

    grip: Floats
    towards: Floats
    face: Floats
    colour: Colour

    @property
    def head_m(self) -> Floats:
        """Middle of the strings."""
        result: Floats = self.grip + self.towards * (_THROAT_M + _TIP_M) / 2
        return result

    def hoop_m(self) -> Floats:
        """Points around the frame, (24, 3)."""
        across = np.cross(self.towards, self.face)
        length = float(np.linalg.norm(across))
        across = across / length if length > 1e-3 else np.array([1.0, 0, 0])
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)[:, None]
        result: Floats = (
            self.head_m
            + np.cos(angles) * self.towards * (_TIP_M - _THROAT_M) / 2
            + np.sin(angles) * across * _HALF_WIDTH_M
        )
        return result

    def draw(self, camera: Camera, window: tuple[int, int, int, int], fine: int) -> Image:
        """Premultiplied RGBA, uint8, at `fine` samples a pixel."""
        left, top, right, bottom = window
        image: Image = np.zeros(((bottom - top) * fine, (right - left) * fine, 4), np.uint8)
        hoop = _fixed(camera.project(self.hoop_m()), window, fine)
        stick = _fixed(
            camera.project([self.grip - 0.08 * self.towards, self.grip + _THROAT_M * self.towards]), window, fine
        )
        px_per_m = camera.focal_px / float(camera.depth_m([self.grip])[0]) * fine
        cv2.fillPoly(image, [hoop], (52, 52, 50, 58), cv2.LINE_8, _SHIFT)
        cv2.polylines(image, [hoop], True, (*self.colour, 255), max(1, round(0.026 * px_per_m)), cv2.LINE_8, _SHIFT)
        cv2.polylines(image, [stick], False, (40, 40, 44, 255), max(1, round(0.034 * px_per_m)), cv2.LINE_8, _SHIFT)
        return image


def _fixed(xy: Floats, window: tuple[int, int, int, int], fine: int) -> NDArray[np.int32]:
    samples = (np.nan_to_num(xy) - window[:2] + 0.5) * fine - 0.5
    return np.round(np.clip(samples, -20000, 20000) * (1 << _SHIFT)).astype(np.int32)
