"""The still world as one large undistorted picture, from which every frame is cut.

A camera that only turns sees nothing new but what it turns towards: two of its pictures differ by a homography whatever
stands in front of it. So all that does not move is painted once, at twice the size and with a margin.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.synthetic.physics import Floats

SCALE = 2
"""Canvas pixels a frame pixel."""
Image = NDArray[np.uint8]
Map = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class CanvasGeometry:
    """How the canvas lies to the frames.

    Attributes:
        camera: the canvas seen as a camera's picture: at rest, without distortion.
        size_wh: canvas pixels.
        frame_size_wh: frame pixels.
    """

    camera: Camera
    size_wh: tuple[int, int]
    frame_size_wh: tuple[int, int]

    @classmethod
    def around(cls, reference: Camera, frame_size_wh: tuple[int, int], reach_px: float) -> "CanvasGeometry":
        """A canvas that holds every frame of a camera that turns by up to `reach_px`."""
        width, height = frame_size_wh
        corner = np.abs(reference.lens.undistort([[-0.5, -0.5]])[0] - reference.lens.centre_xy)
        # A turn stretches the picture towards its edges: a tenth more than the shift itself.
        half = np.ceil((np.maximum(corner, [width / 2, height / 2]) + 1.1 * reach_px + 4) * SCALE).astype(int)
        size = (int(half[0] * 2), int(half[1] * 2))
        camera = Camera(reference.focal_px * SCALE, reference.camera_from_world, Lens.pinhole(size))
        return cls(camera, size, frame_size_wh)

    def canvas_from_frame(self, camera: Camera) -> Floats:
        """(3, 3): from undistorted frame pixels to canvas pixels."""
        turn = self.camera.camera_from_world[:, :3] @ camera.camera_from_world[:, :3].T
        result: Floats = self.camera.image_from_camera @ turn @ np.linalg.inv(camera.image_from_camera)
        return result

    def undistorted_grid(self, camera: Camera) -> Map:
        """Undistorted place of every frame pixel, (h, w, 2); it depends on the lens alone."""
        width, height = self.frame_size_wh
        x, y = np.meshgrid(np.arange(width), np.arange(height))
        xy = camera.lens.undistort(np.stack([x.ravel(), y.ravel()], axis=1))
        return xy.reshape(height, width, 2).astype(np.float32)

    def frame_map(self, camera: Camera, grid: Map) -> Map:
        """Canvas pixels of every frame pixel, (h, w, 2), from the lens's `undistorted_grid`."""
        result: Map = cv2.perspectiveTransform(grid, self.canvas_from_frame(camera)).astype(np.float32)
        return result

    def cut(self, canvas: Image, frame_map: Map) -> Image:
        """A frame (or some rows of it) out of a canvas."""
        result: Image = cv2.remap(canvas, frame_map, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
        return result


def soften(canvas: Image) -> Image:
    """The canvas low-passed for halving: the point spread of a good lens and sensor."""
    result: Image = cv2.GaussianBlur(canvas, (0, 0), 0.45 * SCALE).astype(np.uint8)
    return result
