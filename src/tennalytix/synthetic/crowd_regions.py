"""Where spectators may be seen: neither people to find nor a place without people."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.crowd import Stand
from tennalytix.synthetic.physics import Floats

_LEAST_DEPTH_M = 0.5
_HEIGHTS_M = (-0.2, 1.3)
_STEPS = 40


def crowd_regions(stands: Sequence[Stand], camera: Camera, size_wh: tuple[int, int]) -> tuple[Floats, ...]:
    """The stands as convex polygons, (n, 2) px each, cut at the picture's edge; those outside are left out."""
    found = (_region(stand, camera, size_wh) for stand in stands)
    return tuple(region for region in found if region is not None)


def crowd_mask(regions: Sequence[Floats], size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels that belong to any of the regions, (h, w)."""
    mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    for region in regions:
        cv2.fillPoly(mask, [np.round(region).astype(np.int32)], 1)
    return mask.astype(np.bool_)


def _region(stand: Stand, camera: Camera, size_wh: tuple[int, int]) -> Floats | None:
    points = _outline_m(stand)
    seen = points[camera.depth_m(points) > _LEAST_DEPTH_M]
    if len(seen) < 3:
        return None
    hull = cv2.convexHull(camera.project(seen).astype(np.float32))
    edge_x, edge_y = size_wh[0] - 0.5, size_wh[1] - 0.5
    frame = np.array([(-0.5, -0.5), (edge_x, -0.5), (edge_x, edge_y), (-0.5, edge_y)], np.float32)
    area, common = cv2.intersectConvexConvex(hull, frame)
    return common.reshape(-1, 2).astype(np.float64) if area > 0 and common is not None else None


def _outline_m(stand: Stand) -> Floats:
    """Points around the stand's slope, above and below, (n, 3)."""
    front, along, up = np.array(stand.front_m), np.array(stand.along), np.array(stand.up)
    across = np.linspace(-0.5, 0.5, _STEPS)[:, None] * (stand.row_length_m + 1) * along
    rows = [front + share * stand.rows * up + across for share in np.linspace(0, 1, 5)]
    places = np.concatenate(rows)
    result: Floats = np.concatenate([places + np.array([0.0, 0.0, z]) for z in _HEIGHTS_M])
    return result
