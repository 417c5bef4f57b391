"""The ball in the picture: a soft disc, drawn out along its way during the exposure."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.physics import BALL_RADIUS_M, Floats

_STEP_PX = 0.35
_MOST_STEPS = 160
_SOFT_PX = 0.55
_LEAST_RADIUS_PX = 0.75


@dataclass(frozen=True, eq=False, slots=True)
class BallMark:
    """The ball's cover of the pixels around it.

    Attributes:
        xy: (2,), the exact middle of what is drawn, px.
        cover: (h, w), [0, 1].
        left, top: the cut's place in the frame; cut off at the picture's edge.
        radius_px: of the ball.
        streak_px: length of the way during the exposure.
    """

    xy: Floats
    cover: NDArray[np.float32] = field(repr=False)
    left: int
    top: int
    radius_px: float
    streak_px: float


def mark_ball(way_m: Floats, cameras: list[Camera], size_wh: tuple[int, int]) -> BallMark | None:
    """The ball on its way (n, 3) during the exposure, each place seen by its own camera; None behind the camera."""
    if len(cameras) == 1:
        way = cameras[0].project(way_m)
    else:
        way = np.concatenate([camera.project(place) for camera, place in zip(cameras, way_m, strict=True)])
    if not np.isfinite(way).all():
        return None
    radius = max(BALL_RADIUS_M * cameras[0].focal_px / float(cameras[0].depth_m(way_m[:1])[0]), _LEAST_RADIUS_PX)
    points, length = _even(way)
    xy = points.mean(axis=0)
    reach = radius + 3 * _SOFT_PX + 1
    low = np.maximum(np.floor(points.min(axis=0) - reach).astype(int), 0)
    high = np.minimum(np.ceil(points.max(axis=0) + reach).astype(int) + 1, size_wh)
    if (high <= low).any():
        return BallMark(xy, np.zeros((0, 0), np.float32), 0, 0, radius, length)
    cover = np.zeros((high[1] - low[1], high[0] - low[0]), np.float32)
    x, y = np.arange(low[0], high[0])[None, :], np.arange(low[1], high[1])[:, None]
    for px, py in points:
        cover += _disc(np.hypot(x - px, y - py), radius)
    return BallMark(xy, (cover / len(points)).astype(np.float32), int(low[0]), int(low[1]), radius, length)


def _even(way: Floats) -> tuple[Floats, float]:
    """Points in equal steps of time along the way, close enough for a smooth streak; and the way's length."""
    length = float(np.hypot(*np.diff(way, axis=0).T).sum()) if len(way) > 1 else 0.0
    steps = int(np.clip(np.ceil(length / _STEP_PX), 1, _MOST_STEPS))
    if steps == 1:
        return way.mean(axis=0, keepdims=True), length
    share = (np.arange(steps) + 0.5) / steps * (len(way) - 1)
    return np.stack([np.interp(share, np.arange(len(way)), way[:, axis]) for axis in (0, 1)], axis=1), length


def _disc(distance: Floats, radius: float) -> NDArray[np.float32]:
    """Cover by a disc with an edge as soft as the lens."""
    result: NDArray[np.float32] = np.clip((radius - distance) / (2 * _SOFT_PX) + 0.5, 0, 1).astype(np.float32)
    return result
