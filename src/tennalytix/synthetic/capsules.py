"""Draws tapered capsules as shaded solids, with depth, at several samples a pixel."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.outfit import Capsules
from tennalytix.synthetic.physics import Floats

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lighting:
    """A direction towards the light (world, unit), its strength, and that of light from all around."""

    towards: tuple[float, float, float]
    direct: float
    ambient: float


@dataclass(frozen=True, eq=False, slots=True)
class Solid:
    """A drawn body at `fine` samples a pixel.

    Attributes:
        colour: (h, w, 3), 0 to 255.
        solid: (h, w), whether a sample hits the body.
        left, top: the cut's place in the frame, whole pixels.
        fine: samples a pixel and direction.
    """

    colour: Field = field(repr=False)
    solid: NDArray[np.bool_] = field(repr=False)
    left: int
    top: int
    fine: int


@dataclass(frozen=True, eq=False, slots=True)
class Flat:
    """Capsules in the picture: ends (px), radii (px), depths (m)."""

    start: Floats
    end: Floats
    start_radius: Floats
    end_radius: Floats
    start_depth: Floats
    end_depth: Floats


def extent(flat: Flat, margin_px: float) -> tuple[int, int, int, int] | None:
    """Whole pixels left, top, right, bottom (ends excluded) around a body; None behind the camera."""
    ends, radii = np.concatenate([flat.start, flat.end]), np.concatenate([flat.start_radius, flat.end_radius])
    if not np.isfinite(ends).all():
        return None
    low, high = (ends - radii[:, None]).min(axis=0) - margin_px, (ends + radii[:, None]).max(axis=0) + margin_px
    return int(np.floor(low[0])), int(np.floor(low[1])), int(np.ceil(high[0])) + 1, int(np.ceil(high[1])) + 1


def draw(
    capsules: Capsules, flat: Flat, camera: Camera, lighting: Lighting, window: tuple[int, int, int, int], fine: int
) -> Solid:
    """The body inside a window of whole pixels (left, top, right, bottom)."""
    left, top, right, bottom = window
    height, width = (bottom - top) * fine, (right - left) * fine
    colour = np.zeros((height, width, 3), np.float32)
    depth = np.full((height, width), np.inf, np.float32)
    light = camera.camera_from_world[:, :3] @ np.array(lighting.towards)
    # Sample s of pixel p lies at p - 0.5 + (s + 0.5) / fine.
    starts, ends = ((xy - [left, top] + 0.5) * fine - 0.5 for xy in (flat.start, flat.end))
    for i in range(len(starts)):
        _draw_one(
            colour, depth, starts[i], ends[i], flat.start_radius[i] * fine, flat.end_radius[i] * fine,
            (flat.start_depth[i], flat.end_depth[i]), float(capsules.start_radius[i]), capsules.colour[i],
            light, lighting,
        )  # fmt: skip
    return Solid(colour, np.isfinite(depth), left, top, fine)


def flatten(capsules: Capsules, camera: Camera) -> Flat:
    """The capsules as the camera sees them."""
    depths = [camera.depth_m(p) for p in (capsules.start, capsules.end)]
    xy = camera.project(np.concatenate([capsules.start, capsules.end]))
    n = len(capsules.start)
    with np.errstate(divide="ignore", invalid="ignore"):
        radii = [
            r * camera.focal_px / d for r, d in zip((capsules.start_radius, capsules.end_radius), depths, strict=True)
        ]
    return Flat(xy[:n], xy[n:], radii[0], radii[1], depths[0], depths[1])


def _draw_one(
    colour: Field, depth: Field, a: Floats, b: Floats, ra: float, rb: float,
    depths: tuple[float, float], thick_m: float, tint: Floats, light: Floats, lighting: Lighting,
) -> None:  # fmt: skip
    height, width = depth.shape
    x0, x1 = max(int(min(a[0] - ra, b[0] - rb)), 0), min(int(max(a[0] + ra, b[0] + rb)) + 2, width)
    y0, y1 = max(int(min(a[1] - ra, b[1] - rb)), 0), min(int(max(a[1] + ra, b[1] + rb)) + 2, height)
    if x1 <= x0 or y1 <= y0:
        return
    x = np.arange(x0, x1, dtype=np.float32)[None, :] - np.float32(a[0])
    y = np.arange(y0, y1, dtype=np.float32)[:, None] - np.float32(a[1])
    axis = (b - a).astype(np.float32)
    length2 = max(float(axis @ axis), 1e-6)
    t = np.minimum(np.maximum((x * axis[0] + y * axis[1]) * np.float32(1 / length2), 0), 1)
    dx, dy = x - t * axis[0], y - t * axis[1]
    radius = np.float32(ra) + t * np.float32(rb - ra)
    nz2 = 1 - (dx * dx + dy * dy) / (radius * radius)
    inside = np.sqrt(np.maximum(nz2, 0))
    away = np.float32(depths[0]) + t * np.float32(depths[1] - depths[0]) - inside * np.float32(thick_m)
    seen = (nz2 > 0) & (away < depth[y0:y1, x0:x1])
    across = radius[seen]
    if not len(across):
        return
    nx, ny, nz = dx[seen] / across, dy[seen] / across, inside[seen]
    lit = np.maximum(nx * light[0] + ny * light[1] - nz * light[2], 0)
    # Light from the sky: more on what faces up.
    shade = lighting.direct * lit + lighting.ambient * (0.82 - 0.18 * ny)
    colour[y0:y1, x0:x1][seen] = np.minimum(shade[:, None] * tint, 255)
    depth[y0:y1, x0:x1][seen] = away[seen]
