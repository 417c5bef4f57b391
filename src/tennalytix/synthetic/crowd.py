"""Spectators on the stands: many, small, never quite still."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.palette import CROWD, HAIR, SHORTS, SKIN, pick
from tennalytix.synthetic.physics import Floats

_SHIFT = 4
_RESTLESS = 0.75
"""Longest stretches between movements last this many times ten seconds."""


@dataclass(frozen=True, eq=False, slots=True)
class Stand:
    """Rows of seats: the middle of the front row, directions along the rows and up the steps, metres."""

    front_m: tuple[float, float, float]
    along: tuple[float, float, float]
    up: tuple[float, float, float]
    row_length_m: float
    rows: int


@dataclass(frozen=True, eq=False, slots=True)
class Crowd:
    """The crowd in two attitudes, as changes to the canvas.

    Attributes:
        boxes: (n, 4), left, top, right, bottom on the canvas of each spectator who moves.
        patches: n pairs of pictures of those boxes.
        periods: (n,), exposures between movements.
        phases: (n,)
    """

    boxes: NDArray[np.int64] = field(repr=False)
    patches: list[tuple[Image, Image]] = field(repr=False)
    periods: NDArray[np.int64] = field(repr=False)
    phases: NDArray[np.int64] = field(repr=False)

    def attitudes(self, exposure: int) -> NDArray[np.int64]:
        """Which of the two each spectator shows, (n,)."""
        return (exposure + self.phases) // self.periods % 2

    def rows(self) -> tuple[int, int] | None:
        """First and last canvas row that the crowd touches; None without a crowd."""
        return (int(self.boxes[:, 1].min()), int(self.boxes[:, 3].max())) if len(self.boxes) else None

    def sit(self, canvas: Image, before: NDArray[np.int64] | None, now: NDArray[np.int64]) -> None:
        """Brings the canvas, in place, from one set of attitudes to the next."""
        changed = range(len(now)) if before is None else np.flatnonzero(before != now)
        for i in changed:
            left, top, right, bottom = self.boxes[i]
            canvas[top:bottom, left:right] = self.patches[i][now[i]]


def seat_crowd(
    canvas: Image,
    camera: Camera,
    stands: list[Stand],
    exposure_rate: float,
    brightness: float,
    rng: np.random.Generator,
    taken_share: float = 0.86,
) -> Crowd:
    """Paints everybody onto the canvas, in place, and cuts out those who will move.

    Args:
        canvas: to paint on.
        camera: of the canvas.
        stands: the first hidden by the later ones.
        exposure_rate: pictures a second.
        brightness: of the crowd's light.
        rng: decides who sits where.
        taken_share: share of the seats that are taken.
    """
    height, width = canvas.shape[:2]
    seats = _in_view(
        np.array([s for stand in stands for s in _seats(stand, rng, taken_share)]).reshape(-1, 3),
        camera,
        (width, height),
    )
    looks = [(_look(brightness, rng), _shift(rng)) for _ in seats]
    other = canvas.copy()
    places = []
    for seat, (colours, shift) in zip(seats, looks, strict=True):
        _spectator(canvas, camera, seat, colours)
        places.append(_spectator(other, camera, seat + shift, colours))
    boxes = _apart([p for p in places if p is not None], (width, height), rng)
    patches = [(canvas[t:b, x:r].copy(), other[t:b, x:r].copy()) for x, t, r, b in boxes]
    periods = np.maximum((rng.uniform(0.2, 10 * _RESTLESS, len(boxes)) * exposure_rate).astype(np.int64), 2)
    return Crowd(boxes, patches, periods, rng.integers(0, 1000, len(boxes)))


def _in_view(seats: Floats, camera: Camera, size_wh: tuple[int, int]) -> Floats:
    """Seats that the canvas shows, the farthest first, (n, 3)."""
    xy, depth = camera.project(seats), camera.depth_m(seats)
    margin = camera.focal_px / np.maximum(depth, 1e-6)
    seen = (depth > 1) & (xy > -margin[:, None]).all(axis=1) & (xy < size_wh + margin[:, None]).all(axis=1)
    kept = seats[seen]
    result: Floats = kept[np.argsort(-depth[seen], kind="stable")]
    return result


def _apart(
    places: list[tuple[int, int, int, int]], size_wh: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Boxes, cut to the canvas, of spectators who may move without touching one another's, (n, 4)."""
    taken = np.zeros((size_wh[1], size_wh[0]), np.bool_)
    chosen = []
    for index in rng.permutation(len(places)):
        left, top, right, bottom = places[index]
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, size_wh[0]), min(bottom, size_wh[1])
        if left < right and top < bottom and not taken[top:bottom, left:right].any():
            taken[top:bottom, left:right] = True
            chosen.append((left, top, right, bottom))
    return np.array(chosen, np.int64).reshape(-1, 4)


def _seats(stand: Stand, rng: np.random.Generator, taken_share: float) -> list[Floats]:
    spots: list[Floats] = []
    front, along, up = np.array(stand.front_m), np.array(stand.along), np.array(stand.up)
    for row in range(stand.rows):
        places = np.arange(-stand.row_length_m / 2, stand.row_length_m / 2, 0.56)
        spots += [front + row * up + (p + rng.normal(0, 0.05)) * along for p in places if rng.random() < taken_share]
    return spots


def _look(brightness: float, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    shade = brightness * rng.uniform(0.55, 1.0)
    dim = [pick(CROWD, rng), pick(SKIN, rng), pick(HAIR, rng), pick(SHORTS, rng)]
    if rng.random() < 0.25:
        dim[2] = pick(CROWD, rng)
    # Seen from afar, through air and glass, colours lose strength.
    return [tuple(float(v) for v in shade * (0.7 * np.array(c) + 0.3 * np.mean(c))) for c in dim]  # type: ignore[misc]


def _shift(rng: np.random.Generator) -> Floats:
    return rng.normal(0, 0.045, 3)


def _spectator(
    canvas: Image, camera: Camera, seat: Floats, colours: list[tuple[float, float, float]]
) -> tuple[int, int, int, int] | None:
    """A seated person: trunk, head, hair. Returns the box that they fill on the canvas."""
    points = camera.project([seat + np.array([0, 0, z]) for z in (0.25, 0.55, 0.80, 0.86)])
    if not np.isfinite(points).all():
        return None
    scale = camera.focal_px / float(camera.depth_m([seat])[0])
    shirt, skin, hair, legs = colours
    _disc(canvas, points[0], (0.23 * scale, 0.22 * scale), legs)
    _disc(canvas, points[1], (0.22 * scale, 0.27 * scale), shirt)
    _disc(canvas, points[3], (0.105 * scale, 0.115 * scale), hair)
    _disc(canvas, points[2], (0.09 * scale, 0.11 * scale), skin)
    low, high = points[3] - 0.3 * scale, points[0] + 0.3 * scale
    return int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1


def _disc(canvas: Image, xy: Floats, radii: tuple[float, float], colour: tuple[float, float, float]) -> None:
    centre = tuple(round(float(v) * (1 << _SHIFT)) for v in xy)
    axes = tuple(max(round(r * (1 << _SHIFT)), 8) for r in radii)
    if max(abs(c) for c in centre) < 1 << 20:
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)
