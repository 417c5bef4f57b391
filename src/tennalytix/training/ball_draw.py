"""Balls drawn into windows: streaks by speed and exposure, half transparent, tinted, partly hidden."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_network_input import MOMENTS
from tennalytix.training.ball_paths import mirrored

Windows = NDArray[np.uint8]
Floats = NDArray[np.float64]

_LEAST_CONTRAST = 6.0
"""A ball that differs less from what is behind it, in grey levels at its clearest, cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A ball over five moments.

    Attributes:
        xy: (5, 2), at the middle of each exposure, pixels of the window.
        velocity: (5, 2), pixels a step.
        exposure: share of a step for which light is gathered.
        radius_px: of the ball.
        shown: (5,), whether it is to be seen at each moment.
    """

    xy: Floats
    velocity: Floats
    exposure: float
    radius_px: float
    shown: NDArray[np.bool_]


def random_flight(at: Floats, unit_px: float, rng: np.random.Generator) -> Flight:
    """A flight through a place in the middle moment, as balls fly: mostly steady, now and then hit or bouncing.

    Args:
        at: (2,), pixels of the window.
        unit_px: pixels of the window for one of a 1280x720 picture.
        rng: draws everything.
    """
    speed = unit_px * min(float(np.exp(rng.normal(np.log(11), 0.9))), 75.0)
    velocity = _direction(rng) * speed
    pull = rng.normal(0, 0.5 * unit_px, 2)
    pull[1] += abs(rng.normal(0, 0.6 * unit_px))
    steps = np.arange(MOMENTS) - MOMENTS // 2
    xy = at + velocity * steps[:, None] + 0.5 * pull * (steps**2)[:, None]
    velocities = velocity + pull * steps[:, None]
    if rng.random() < 0.25:
        xy, velocities = _turned(xy, velocities, steps, speed, rng)
    return Flight(xy, velocities, *_appearance(unit_px, rng))


def real_flight(at: Floats, unit_px: float, paths: Floats, rng: np.random.Generator) -> Flight:
    """A flight through a place in the middle moment as a real ball flew.

    Args:
        at: (2,), pixels of the window.
        unit_px: pixels of the window for one of a 1280x720 picture.
        paths: (n, 5, 2), see `ball_paths.read_paths`.
        rng: draws everything.
    """
    stretch = mirrored(paths[int(rng.integers(len(paths)))], rng.random(2) < 0.5)
    # Labels are whole pixels, and other cameras stand nearer or farther.
    stretch = (stretch + rng.normal(0, 0.3, stretch.shape)) * unit_px * float(np.exp(rng.normal(0, 0.25)))
    xy = at + stretch - stretch[MOMENTS // 2]
    return Flight(xy, np.gradient(xy, axis=0), *_appearance(unit_px, rng))


def draw_ball(windows: Windows, flight: Flight, rng: np.random.Generator) -> Windows | None:
    """The windows with a ball in them; None where it would not be seen in the middle moment."""
    luma = rng.uniform(120, 255)
    red, blue = 128 + rng.uniform(-14, 8), 128 - rng.uniform(0, 60)
    soft, fade = rng.uniform(0.35, 1.0), rng.uniform(0.3, 1.0)
    side = windows.shape[1]
    out = windows.astype(np.float32)
    middle = MOMENTS // 2
    for k in np.flatnonzero(flight.shown):
        cover = coverage(side, flight.xy[k], flight.velocity[k] * flight.exposure, flight.radius_px, soft)
        if k == middle:
            colour = np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.2)) * fade
            out[MOMENTS] += colour * (red - out[MOMENTS])
            out[MOMENTS + 1] += colour * (blue - out[MOMENTS + 1])
        out[k] += cover * (luma - out[k])
    if np.abs(out[middle] - windows[middle]).max() < _LEAST_CONTRAST:
        return None
    return np.asarray(np.clip(out.round(), 0, 255), dtype=np.uint8)


def coverage(side_px: int, xy: Floats, way: Floats, radius_px: float, soft_px: float) -> NDArray[np.float32]:
    """How much of the exposure a disc on its way covers each pixel, (side, side), [0, 1].

    Args:
        side_px: of the window.
        xy: (2,), the middle of the way.
        way: (2,), pixels from where the exposure begins to where it ends.
        radius_px: of the disc.
        soft_px: spread of the optics' blur.
    """
    length = max(float(np.hypot(*way)), 1e-3)
    along = np.asarray(way) / length if length > 1e-2 else np.array([1.0, 0.0])
    # Twice as fine: edges of a ball a few pixels wide fall between pixels.
    fine = (np.arange(2 * side_px) - 0.5) / 2
    dx, dy = (fine - xy[0])[None, :], (fine - xy[1])[:, None]
    on, beside = dx * along[0] + dy * along[1], dx * along[1] - dy * along[0]
    half_chord = np.sqrt(np.maximum(radius_px**2 - beside**2, 0))
    first, last = np.maximum(on - half_chord, -length / 2), np.minimum(on + half_chord, length / 2)
    share = np.maximum(last - first, 0) / length
    blurred = cv2.GaussianBlur(share.astype(np.float32), (0, 0), 2 * soft_px)
    return np.asarray(cv2.resize(blurred, (side_px, side_px), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _appearance(unit_px: float, rng: np.random.Generator) -> tuple[float, float, NDArray[np.bool_]]:
    """Exposure, radius, and at which moments the ball is to be seen."""
    shown = np.ones(MOMENTS, np.bool_)
    if rng.random() < 0.12:
        shown[: MOMENTS // 2] = False
    elif rng.random() < 0.12:
        shown[MOMENTS // 2 + 1 :] = False
    radius = unit_px * float(np.exp(rng.uniform(np.log(1.0), np.log(3.4))))
    return float(rng.uniform(0.05, 0.9)), radius, shown


def _direction(rng: np.random.Generator) -> Floats:
    # Seen from behind a baseline balls move up and down the picture, less across.
    angle = rng.uniform(0, 2 * np.pi)
    vector = np.array([0.7 * np.cos(angle), np.sin(angle)])
    return vector / max(float(np.hypot(*vector)), 1e-6)


def _turned(
    xy: Floats, velocity: Floats, steps: NDArray[np.int64], speed: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """From some time on, before or after the middle, it flies elsewhere."""
    at = rng.uniform(0.1, 1.9)
    other = _direction(rng) * speed * np.exp(rng.normal(0, 0.5))
    if rng.random() < 0.5:
        other = velocity[MOMENTS // 2] * (1, -rng.uniform(0.3, 0.9))  # a bounce
    late = steps > at
    middle = MOMENTS // 2
    corner = xy[middle] + velocity[middle] * at
    xy, velocity = xy.copy(), velocity.copy()
    xy[late] = corner + other * (steps[late] - at)[:, None]
    velocity[late] = other
    return (xy[::-1].copy(), -velocity[::-1]) if rng.random() < 0.5 else (xy, velocity)
