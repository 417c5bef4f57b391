"""A club's court: fences with windscreens, trees and sky."""

import cv2
import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.paint import box, polygon
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.walls import Strip, paint_sky, paint_wall, scaled, side_wall


def build_club(canvas: Image, camera: Camera, options: RallyOptions, rng: np.random.Generator) -> None:
    """Fences with windscreens, trees and sky. Under floodlights it is night."""
    night = options.light == "floodlit"
    paint_sky(
        canvas,
        camera,
        17.4,
        0.0,
        (10, 12, 20) if night else (150, 184, 224),
        (20, 22, 30) if night else (214, 226, 238),
    )
    _trees(canvas, camera, rng, 0.22 if night else 1.0)
    green = scaled((34, 78, 58), float(rng.uniform(0.8, 1.2)) * (0.6 if night else 1.0))
    for strip in (
        Strip((-8.8, 17.4), (8.8, 17.4), 0, 2.2),
        side_wall(-8.8, -17.4, 17.4, 0, 2.2),
        side_wall(8.8, -17.4, 17.4, 0, 2.2),
    ):
        paint_wall(canvas, camera, strip, green, rng, 60.0)
        _fence_posts(canvas, camera, strip)
    for x, y in ((-7.9, 0.4), (-7.9, -3.0), (7.6, 1.4)):
        box(canvas, camera, (x - 0.25, y - 0.9, 0.38), (x + 0.25, y + 0.9, 0.45), (136, 104, 70))
        for dy in (-0.8, 0.8):
            box(canvas, camera, (x - 0.22, y + dy - 0.05, 0), (x + 0.22, y + dy + 0.05, 0.38), (70, 72, 76))


def _trees(canvas: Image, camera: Camera, rng: np.random.Generator, brightness: float) -> None:
    """A row of trees behind the fences, crowns of many leaves, lighter on top."""
    stems = [(x + rng.normal(0, 1.0), 27 + rng.uniform(0, 6), rng.uniform(3.0, 7.5)) for x in np.arange(-34, 35, 2.6)]
    stems += [(s * (16 + rng.uniform(0, 5)), y, rng.uniform(3.0, 6.5)) for s in (-1, 1) for y in np.arange(-4, 26, 3.0)]
    for x, y, height in sorted(stems, key=lambda s: -s[1]):
        tint = np.array([74, 100, 56]) * rng.uniform(0.6, 1.1) + rng.normal(0, 5, 3)
        offset = rng.normal(0, 1, (260, 3))
        offset *= np.minimum(1, 1.5 / np.linalg.norm(offset, axis=1))[:, None]
        places = np.array([x, y, max(0.52 * height, 0.6)]) + offset * [1.35, 0.6, 0.3 * height]
        lightness = brightness * (0.62 + 0.22 * offset[:, 2] + rng.uniform(-0.12, 0.12, len(offset)))
        _leaves(
            canvas, camera, places, rng.uniform(0.08, 0.30, len(offset)), np.clip(tint * lightness[:, None], 0, 255)
        )


def _leaves(canvas: Image, camera: Camera, places: Floats, radii_m: Floats, colours: Floats) -> None:
    xy, depth = camera.project(places), camera.depth_m(places)
    for place, away, radius_m, colour in zip(xy, depth, radii_m, colours, strict=True):
        if away > 1 and np.abs(place).max() < 20000:
            radius = max(int(radius_m * camera.focal_px / away), 1)
            tone = (float(colour[0]), float(colour[1]), float(colour[2]))
            cv2.circle(canvas, (int(place[0]), int(place[1])), radius, tone, -1, cv2.LINE_AA)


def _fence_posts(canvas: Image, camera: Camera, strip: Strip) -> None:
    (xl, yl), (xr, yr) = strip.left_xy, strip.right_xy
    for share in np.linspace(0, 1, max(int(strip.length_m / 2.5), 2)):
        x, y = xl + share * (xr - xl), yl + share * (yr - yl)
        polygon(
            canvas, camera, [(x - 0.03, y, 3.2), (x + 0.03, y, 3.2), (x + 0.03, y, 0), (x - 0.03, y, 0)], (40, 56, 50)
        )
