"""What light there is, and the shadows that it casts."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.capsules import Lighting
from tennalytix.synthetic.conditions import Sunlight
from tennalytix.synthetic.outfit import Capsules
from tennalytix.synthetic.physics import Floats

_SHIFT = 4
_FINE = 2
_RING = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)

Shadow = tuple[NDArray[np.float32], int, int]
"""Cover (h, w) and the cut's left and top."""


@dataclass(frozen=True, eq=False, slots=True)
class Lamp:
    """One source of cast shadows: ground offset (x, y) a metre of height, darkness in [0, 1], softness in metres."""

    slope: tuple[float, float]
    darkness: float
    softness_m: float


@dataclass(frozen=True, eq=False, slots=True)
class Daylight:
    """A scene's light: how bodies are lit, and the lamps that cast shadows."""

    lighting: Lighting
    lamps: tuple[Lamp, ...] = field(default_factory=tuple)


def light_of(kind: str, rng: np.random.Generator, sun: Sunlight | None = None) -> Daylight:
    """Sun (a random one unless given), floodlights, an overcast sky, or light without any shadow."""
    if kind == "day" and sun is not None:
        return _sunny(sun)
    if kind == "day":
        azimuth, tangent = rng.uniform(0, 2 * np.pi), rng.uniform(0.45, 1.0)
        slope = (float(np.cos(azimuth) * tangent), float(np.sin(azimuth) * tangent))
        up = 1 / np.sqrt(1 + tangent**2)
        towards = (float(-slope[0] * up), float(-slope[1] * up), float(up))
        lamps_of_day = (Lamp(slope, 0.47, 0.02), Lamp((0.0, 0.0), 0.12, 0.18))
        return Daylight(Lighting(towards, 0.62, 0.58), lamps_of_day)
    if kind == "floodlit":
        lamps = tuple(Lamp((sx * 0.75, sy * 0.45), 0.13, 0.04) for sx in (-1, 1) for sy in (-1, 1))
        return Daylight(Lighting((0.0, -0.45, 0.89), 0.42, 0.68), (*lamps, Lamp((0.0, 0.0), 0.12, 0.15)))
    shade = (Lamp((0.0, 0.0), 0.30, 0.22),) if kind == "flat" else ()
    return Daylight(Lighting((0.0, -0.2, 0.98), 0.30, 0.74), shade)


def _sunny(sun: Sunlight) -> Daylight:
    x, y = sun.slope
    up = float(1 / np.sqrt(1 + x * x + y * y))
    lamps = (Lamp((x, y), sun.darkness, sun.softness_m), Lamp((0.0, 0.0), 0.12, 0.18))
    return Daylight(Lighting((-x * up, -y * up, up), 0.62, 0.58), lamps)


def cast(image: Image, capsules: Capsules, camera: Camera, lamp: Lamp) -> None:
    """Darkens the ground where a body keeps the lamp's light away, in place."""
    found = shadow_cover(capsules, camera, lamp, (image.shape[1], image.shape[0]))
    if found is not None:
        darken(image, found, lamp.darkness)


def darken(image: Image, shadow: Shadow, darkness: float) -> None:
    """Lays a shadow on the image, in place."""
    cover, left, top = shadow
    part = image[top : top + cover.shape[0], left : left + cover.shape[1]]
    part[:] = part * (1 - np.float32(darkness) * cover[..., None]) + 0.5


def shadow_cover(capsules: Capsules, camera: Camera, lamp: Lamp, size_wh: tuple[int, int]) -> Shadow | None:
    """How much of each pixel lies in the shadow, with the cut's left and top; None where none is in the picture."""
    rings = [
        _on_ground(p, r, lamp.slope)
        for p, r in ((capsules.start, capsules.start_radius), (capsules.end, capsules.end_radius))
    ]
    outline = np.concatenate(rings, axis=1)
    xy = camera.project(outline.reshape(-1, 3)).reshape(len(outline), 16, 2)
    if not np.isfinite(xy).all():
        return None
    soft = lamp.softness_m * camera.focal_px / float(camera.depth_m(outline[:1, 0])[0])
    margin = int(3 * soft) + 2
    low = np.maximum(np.floor(xy.min(axis=(0, 1))).astype(int) - margin, 0)
    high = np.minimum(np.ceil(xy.max(axis=(0, 1))).astype(int) + margin, size_wh)
    if (high <= low).any():
        return None
    width, height = int(high[0] - low[0]), int(high[1] - low[1])
    mask = np.zeros((height * _FINE, width * _FINE), np.uint8)
    fixed = np.round(((xy - low + 0.5) * _FINE - 0.5) * (1 << _SHIFT)).astype(np.int32)
    for points in fixed:
        cv2.fillConvexPoly(mask, cv2.convexHull(points), 255, cv2.LINE_8, _SHIFT)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return cv2.GaussianBlur(small, (0, 0), max(soft, 0.5)).astype(np.float32), int(low[0]), int(low[1])


def _on_ground(points: Floats, radii: Floats, slope: tuple[float, float]) -> Floats:
    """Shadows of spheres as rings on the ground, (n, 8, 3)."""
    centre = points[:, :2] + points[:, 2:] * np.array(slope)
    ring = centre[:, None, :] + radii[:, None, None] * _RING
    return np.concatenate([ring, np.zeros((*ring.shape[:2], 1))], axis=2)
