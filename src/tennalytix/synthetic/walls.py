"""Upright walls with lettering, and what is above the horizon."""

from dataclasses import dataclass

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.lettering import board
from tennalytix.synthetic.paint import panel
from tennalytix.synthetic.palette import Colour
from tennalytix.synthetic.physics import Floats


@dataclass(frozen=True, slots=True)
class Strip:
    """An upright wall between two ground points, seen from inside: left end, right end, lower and upper edge (m)."""

    left_xy: tuple[float, float]
    right_xy: tuple[float, float]
    low_m: float
    high_m: float

    def corners(self) -> Floats:
        """Upper left clockwise, (4, 3)."""
        (xl, yl), (xr, yr) = self.left_xy, self.right_xy
        return np.array([(xl, yl, self.high_m), (xr, yr, self.high_m), (xr, yr, self.low_m), (xl, yl, self.low_m)])

    @property
    def length_m(self) -> float:
        """How long."""
        return float(np.hypot(self.right_xy[0] - self.left_xy[0], self.right_xy[1] - self.left_xy[1]))


def scaled(colour: Colour, factor: float) -> Colour:
    """A colour lighter or darker."""
    r, g, b = (min(c * factor, 255.0) for c in colour)
    return r, g, b


def side_wall(x: float, y0: float, y1: float, low: float, high: float) -> Strip:
    """A wall along the court; its lettering reads from the court's side."""
    return Strip((x, y0), (x, y1), low, high) if x < 0 else Strip((x, y1), (x, y0), low, high)


def paint_wall(
    canvas: Image, camera: Camera, strip: Strip, colour: Colour, rng: np.random.Generator, every_m: float
) -> None:
    """A wall with lettering about every so many metres."""
    texture = board(strip.length_m, strip.high_m - strip.low_m, colour, rng, every_m=every_m)
    # Light falls from above: the upper edge is a little brighter, and a seam runs along it.
    ramp = np.linspace(1.1, 0.86, len(texture))[:, None, None]
    texture = np.clip(texture * ramp, 0, 255).astype(np.uint8)
    texture[: max(2, len(texture) // 24)] = np.clip(np.array(scaled(colour, 1.6)), 0, 255)
    corners, pieces = strip.corners(), max(int(strip.length_m / 4), 1)
    for i in range(pieces):
        a, b = i / pieces, (i + 1) / pieces
        part = texture[:, int(a * texture.shape[1]) : int(b * texture.shape[1])]
        upper = [corners[0] + s * (corners[1] - corners[0]) for s in (a, b)]
        lower = [corners[3] + s * (corners[2] - corners[3]) for s in (b, a)]
        panel(canvas, camera, np.array(upper + lower), np.ascontiguousarray(part))


def paint_sky(canvas: Image, camera: Camera, far_y_m: float, low_m: float, top: Colour, bottom: Colour) -> None:
    """Everything above the far edge of the ground."""
    row = float(camera.project([(0.0, far_y_m, low_m)])[0, 1])
    rows = int(np.clip(row + 1, 0, len(canvas)))
    if rows > 0:
        share = np.linspace(0, 1, rows)[:, None, None]
        canvas[:rows] = ((1 - share) * np.array(top) + share * np.array(bottom)).astype(np.uint8)
