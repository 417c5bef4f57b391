"""Painting flat things in space onto the canvas, with soft edges."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.physics import Floats

Colour = tuple[float, float, float]
_FINE = 4
_SHIFT = 4


def polygon_cover(
    xy: Floats, size_wh: tuple[int, int], fine: int = _FINE
) -> tuple[NDArray[np.float32], int, int] | None:
    """How much of each pixel a polygon covers, [0, 1], cut to its surroundings; that and the cut's left and top."""
    if not np.isfinite(xy).all():
        return None
    low = np.maximum(np.floor(xy.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(xy.max(axis=0)).astype(int) + 2, size_wh)
    if (high <= low).any():
        return None
    width, height = int(high[0] - low[0]), int(high[1] - low[1])
    mask = np.zeros((height * fine, width * fine), np.uint8)
    points = ((xy - low + 0.5) * fine - 0.5) * (1 << _SHIFT)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255, cv2.LINE_8, _SHIFT)
    cover = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return cover, int(low[0]), int(low[1])


def blend(image: Image, cover: NDArray[np.float32], left: int, top: int, colour: ArrayLike) -> None:
    """Lays a colour (one, or one a pixel) over a part of the image, in place."""
    height, width = cover.shape
    part = image[top : top + height, left : left + width]
    mixed = part + (np.asarray(colour, dtype=np.float32) - part) * cover[..., None]
    part[:] = np.clip(mixed + 0.5, 0, 255)


def polygon(image: Image, camera: Camera, corners_m: ArrayLike, colour: Colour, opacity: float = 1.0) -> None:
    """A flat polygon in space."""
    found = polygon_cover(camera.project(corners_m), (image.shape[1], image.shape[0]))
    if found is not None:
        blend(image, found[0] * np.float32(opacity), found[1], found[2], colour)


def panel(image: Image, camera: Camera, corners_m: ArrayLike, texture: Image) -> None:
    """A picture on a flat quadrilateral; corners from its upper left clockwise."""
    xy = camera.project(corners_m)
    if not np.isfinite(xy).all():
        return
    found = polygon_cover(xy, (image.shape[1], image.shape[0]))
    if found is None:
        return
    cover, left, top = found
    shrunk = _fit(texture, xy)
    rows, columns = shrunk.shape[:2]
    source = np.array(
        [[-0.5, -0.5], [columns - 0.5, -0.5], [columns - 0.5, rows - 0.5], [-0.5, rows - 0.5]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, (xy - [left, top]).astype(np.float32))
    size = (cover.shape[1], cover.shape[0])
    blend(
        image,
        cover,
        left,
        top,
        cv2.warpPerspective(shrunk, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
    )


def box(image: Image, camera: Camera, low_m: ArrayLike, high_m: ArrayLike, colour: Colour) -> None:
    """A box with edges along the axes: the faces that the camera can see, top lightest."""
    (x0, y0, z0), (x1, y1, z1) = np.asarray(low_m, dtype=float), np.asarray(high_m, dtype=float)
    eye = camera.position_m
    shade = {"top": 1.12, "front": 0.95, "side": 0.72}
    x = x0 if eye[0] < x0 else x1
    faces = []
    if eye[0] < x0 or eye[0] > x1:
        faces.append(("side", [(x, y0, z0), (x, y1, z0), (x, y1, z1), (x, y0, z1)]))
    if eye[2] > z1:
        faces.append(("top", [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)]))
    faces.append(("front", [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)]))
    for name, corners in faces:
        tone = np.clip(np.array(colour) * shade[name], 0, 255)
        polygon(image, camera, corners, (float(tone[0]), float(tone[1]), float(tone[2])))


def _fit(texture: Image, xy: Floats) -> Image:
    """The texture at about the size at which it will be seen, so that it does not alias."""
    height, width = texture.shape[:2]
    wide = max(np.hypot(*(xy[1] - xy[0])), np.hypot(*(xy[2] - xy[3]))) * 1.3
    high = max(np.hypot(*(xy[3] - xy[0])), np.hypot(*(xy[2] - xy[1]))) * 1.3
    size = (int(np.clip(wide, 2, width)), int(np.clip(high, 2, height)))
    result: Image = cv2.resize(texture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return result
