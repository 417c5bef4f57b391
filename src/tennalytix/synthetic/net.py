"""The net: what stands in front of the far half, with the mesh's holes."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court import NET_HEIGHT_CENTRE_M, NET_HEIGHT_POST_M, NET_POST_X_M
from tennalytix.synthetic.canvas import CanvasGeometry, Image
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.shots import net_height_m

_FINE = 4
_MESH_M = 0.046
_CORD_M = 0.0055
_TAPE_M = 0.065
_SHIFT = 4


@dataclass(frozen=True, eq=False, slots=True)
class Net:
    """A cut of the canvas with the net.

    Attributes:
        colour: (h, w, 3), 0 to 255.
        cover: (h, w), how much of what is behind it hides, [0, 1].
        left, top: the cut's place on the canvas.
    """

    colour: NDArray[np.float32] = field(repr=False)
    cover: NDArray[np.float32] = field(repr=False)
    left: int
    top: int


def paint_net(geometry: CanvasGeometry) -> Net:
    """The net as the canvas sees it."""
    camera = geometry.camera
    outline = camera.project([(x, 0, z) for x in (-NET_POST_X_M - 0.2, NET_POST_X_M + 0.2) for z in (-0.1, 1.25)])
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, geometry.size_wh)
    width, height = (int(n) for n in np.maximum(high - low, 1))
    brush = _Brush(camera, low, width, height)
    brush.mesh()
    brush.tape()
    brush.strap()
    brush.posts()
    cover, shade = brush.reduced()
    return Net(shade, cover, int(low[0]), int(low[1]))


class _Brush:
    """Paints the net's parts at a finer scale, with premultiplied colours."""

    def __init__(self, camera: Camera, low: NDArray[np.int64], width: int, height: int) -> None:
        self._camera, self._low, self._size = camera, low, (width, height)
        self._paint: Image = np.zeros((height * _FINE, width * _FINE, 4), np.uint8)

    def mesh(self) -> None:
        """Cords, fine ones; the far side of a cord is never seen, so black and a little lighter by day."""
        ends = np.arange(-NET_POST_X_M, NET_POST_X_M + 1e-6, _MESH_M)
        for x in ends:
            self._line([(x, 0, 0.03), (x, 0, float(net_height_m(x)))], _CORD_M, (24, 26, 30))
        for row in np.arange(0.03, NET_HEIGHT_POST_M, _MESH_M):
            xs = np.linspace(-NET_POST_X_M, NET_POST_X_M, 25)
            share = row / NET_HEIGHT_POST_M
            self._line([(x, 0, share * float(net_height_m(x))) for x in xs], _CORD_M, (24, 26, 30))

    def tape(self) -> None:
        """The white band along the top and the thin one along the ground."""
        xs = np.linspace(-NET_POST_X_M, NET_POST_X_M, 41)
        upper = [(x, 0, float(net_height_m(x))) for x in xs]
        self._fill(upper + [(x, 0, z - _TAPE_M) for x, _, z in reversed(upper)], (240, 241, 242))
        self._fill([(x, 0, 0.03) for x in xs] + [(x, 0, 0.0) for x in reversed(xs)], (40, 42, 46))

    def strap(self) -> None:
        """The white strap that holds the middle down."""
        w = 0.026
        self._fill([(-w, 0, 0), (-w, 0, NET_HEIGHT_CENTRE_M), (w, 0, NET_HEIGHT_CENTRE_M), (w, 0, 0)], (236, 237, 238))

    def posts(self) -> None:
        """The two posts."""
        for x in (-NET_POST_X_M, NET_POST_X_M):
            w, top = 0.055, NET_HEIGHT_POST_M + 0.02
            self._fill([(x - w, 0, 0), (x - w, 0, top), (x + w, 0, top), (x + w, 0, 0)], (34, 46, 42))

    def reduced(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Cover (h, w) and colour (h, w, 3) at the canvas's scale."""
        sharp = cv2.resize(self._paint, self._size, interpolation=cv2.INTER_AREA).astype(np.float32)
        small: NDArray[np.float32] = cv2.GaussianBlur(sharp, (0, 0), 0.9).astype(np.float32)
        cover = small[..., 3:] / np.float32(255)
        return cover[..., 0], small[..., :3] / np.maximum(cover, np.float32(1e-3))

    def _fixed(self, points_m: list[tuple[float, float, float]]) -> NDArray[np.int32]:
        xy: Floats = (self._camera.project(points_m) - self._low + 0.5) * _FINE - 0.5
        return np.round(xy * (1 << _SHIFT)).astype(np.int32)

    def _fill(self, points_m: list[tuple[float, float, float]], colour: tuple[int, int, int]) -> None:
        cv2.fillPoly(self._paint, [self._fixed(points_m)], (*colour, 255), cv2.LINE_8, _SHIFT)

    def _line(self, points_m: list[tuple[float, float, float]], width_m: float, colour: tuple[int, int, int]) -> None:
        depth = float(self._camera.depth_m([points_m[0]])[0])
        width = width_m * self._camera.focal_px / depth * _FINE
        thick = max(1, round(width))
        # Cords thinner than a fine pixel are drawn a pixel wide, but fainter.
        alpha = int(255 * min(1.0, width / thick))
        cv2.polylines(
            self._paint,
            [self._fixed(points_m)],
            False,
            (*(int(c * alpha / 255) for c in colour), alpha),
            thick,
            cv2.LINE_8,
            _SHIFT,
        )
