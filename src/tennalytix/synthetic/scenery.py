"""Random but plausible scenes, to train on and to test with."""

from typing import TypeVar, get_args

import numpy as np

from tennalytix.synthetic.conditions import Finish, Sunlight
from tennalytix.synthetic.options import (
    CameraPlacement,
    Light,
    RallyOptions,
    Staging,
    Surface,
    Venue,
)

T = TypeVar("T")
Size = tuple[int, int]
_SIZES: tuple[Size, ...] = ((640, 360), (854, 480), (960, 540), (960, 540), (1280, 720), (1280, 720), (1920, 1080))
_PORTRAIT: tuple[Size, ...] = ((360, 640), (540, 960), (720, 1280))
_CAMERAS = {"broadcast": 0.36, "high": 0.14, "amateur": 0.16, "corner": 0.14, "close": 0.14, "portrait": 0.06}
"""Kinds of camera and how often each is chosen."""
_LIGHTS: dict[Light, float] = {"day": 0.6, "floodlit": 0.16, "flat": 0.14, "shadowless": 0.1}
_STAGINGS: dict[Staging, float] = {"rally": 0.78, "crossing": 0.06, "towel": 0.06, "practice": 0.06, "empty": 0.04}


def random_options(seed: int, *, duration_s: float = 8.0, size_wh: Size | None = None) -> RallyOptions:
    """A scene that nobody has chosen; the same seed gives the same.

    Args:
        seed: decides everything, also the rally in it.
        duration_s: of the clip.
        size_wh: pixels; None for a random size, also upright ones.

    Examples:
        >>> random_options(3) == random_options(3)
        True
        >>> random_options(3, size_wh=(640, 360)).size_wh
        (640, 360)
    """
    rng = np.random.default_rng([seed, 20])
    kind, light = _choose(_CAMERAS, rng), _choose(_LIGHTS, rng)
    wanted = size_wh or _size(kind, rng)
    upright = wanted[0] < wanted[1]
    camera = _camera("portrait" if upright else kind, rng)
    surface = _one(get_args(Surface), rng)
    venue: Venue = "stadium" if rng.random() < (0.75 if kind in ("broadcast", "high") else 0.45) else "club"
    staging = _choose(_STAGINGS, rng)
    unit = float(np.hypot(*wanted)) / 1468.6
    return RallyOptions(
        seed=seed, size_wh=wanted, duration_s=duration_s, surface=surface, camera=camera, venue=venue, light=light,
        sun=_sun(rng) if light == "day" else None, looks="varied", staging=staging,
        doubles=staging == "crossing" or bool(rng.random() < 0.3), officials=bool(rng.random() < 0.75),
        ball_kids="running" if rng.random() < 0.4 else "posted", bystanders=_count(rng, 0.45, 6),
        standing_crowd=_count(rng, 0.15, 40), crowd_share=float(rng.choice([0.0, 0.3, 0.7, 0.9])),
        score_box=bool(rng.random() < 0.5), finish=_finish(rng, unit), noise=float(rng.uniform(0.0, 6.0)),
        shutter=float(rng.uniform(0.05, 0.9)), k1=float(rng.uniform(-0.06, 0.02)), first_serve_s=2.0,
        pan_px=float(rng.uniform(10, 120)) * unit if rng.random() < 0.25 else 0.0,
        shake_px=float(rng.uniform(0.5, 3)) * unit if kind != "broadcast" and rng.random() < 0.3 else 0.0,
    )  # fmt: skip


def _size(kind: str, rng: np.random.Generator) -> Size:
    sizes = _PORTRAIT if kind == "portrait" else _SIZES
    return sizes[int(rng.integers(len(sizes)))]


def _camera(kind: str, rng: np.random.Generator) -> CameraPlacement:
    """Where a camera of a kind stands; lenses are longer where it stands farther away."""
    u = rng.uniform
    if kind in ("broadcast", "close"):
        place, aim = (u(-0.8, 0.8), u(-42, -28), u(6.5, 13)), (u(-0.3, 0.3), u(-3.5, 0.5), 0.0)
        focal = 0.075 * -place[1] * u(0.82, 1.12)
    elif kind == "high":
        place, aim = (u(-1.5, 1.5), u(-34, -24), u(12, 20)), (u(-0.5, 0.5), u(-3, 1), 0.0)
        focal = 0.066 * -place[1] * u(0.8, 1.15)
    elif kind == "corner":
        side = 1.0 if u() < 0.5 else -1.0
        place, aim = (side * u(4, 8.3), u(-26, -19.5), u(2.5, 9)), (-side * u(0, 2), u(-2, 2), 0.3)
        focal = 0.05 * -place[1] * u(0.75, 1.3)
    else:
        place, aim = (u(-3, 3), u(-25, -19.5), u(1.6, 5)), (u(-0.8, 0.8), u(-3, 3), 0.5)
        focal = 0.048 * -place[1] * u(0.75, 1.3) * (0.6 if kind == "portrait" else 1.0)
    if kind == "close":
        focal, aim = focal * u(1.5, 3.0), (u(-4, 4), float(rng.choice([-12, -6, 0, 11])), 0.8)
    return CameraPlacement(place, aim, focal, float(rng.normal(0, 0.8)))


def _sun(rng: np.random.Generator) -> Sunlight:
    """High or low, hard or hazy, from anywhere."""
    softness = 0.02 if rng.random() < 0.6 else float(rng.uniform(0.05, 0.25))
    return Sunlight(float(rng.uniform(0, 360)), float(rng.uniform(15, 75)), softness, float(rng.uniform(0.2, 0.7)))


def _finish(rng: np.random.Generator, unit: float) -> Finish:
    blur = float(rng.uniform(0.3, 1.3)) * max(unit, 0.6) if rng.random() < 0.4 else 0.0
    quality = int(rng.integers(18, 90)) if rng.random() < 0.6 else 0
    return Finish(
        exposure=float(np.exp(rng.normal(0, 0.22))), contrast=float(rng.uniform(0.75, 1.25)),
        saturation=float(rng.uniform(0.55, 1.35)), warmth=float(rng.uniform(-0.7, 0.9)),
        blur_px=blur, jpeg_quality=quality,
    )  # fmt: skip


def _count(rng: np.random.Generator, chance: float, most: int) -> int:
    """None at all, or up to `most`."""
    return int(rng.integers(1, most + 1)) if rng.random() < chance else 0


def _choose(chances: dict[T, float], rng: np.random.Generator) -> T:
    return list(chances)[int(rng.choice(len(chances), p=list(chances.values())))]


def _one(choices: tuple[T, ...], rng: np.random.Generator) -> T:
    return choices[int(rng.integers(len(choices)))]
