"""Whether the ball's flight in space bends at an instant, and how: what a bounce or a hit would look like.

Near an instant the ball flies along two parabolas that meet. A hypothesis says where they meet (on the ground, beside a
player, anywhere along the ray) and what becomes of the velocity there; all is Gaussian, and a position in the picture
is linear in the unknowns once multiplied by its depth, so each hypothesis has a likelihood in closed form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court import BALL_DIAMETER_M

Floats = NDArray[np.float64]

SPAN_S = 0.3
_FADE_S = 0.14
_NOISE_PX = 1.3
_GRAVITY_MPS2 = 9.81
_ACCELERATION_MPS2 = (8.0, 8.0, 6.0)
"""Drag and spin, which differ from stroke to stroke."""
_ANCHOR_PX = 3.0
_FLIGHT_Y_M = np.arange(-15.0, 16.0, 2.5)
_HIGHEST_M = 9.0
_REACH_M = (-1.2, -0.4, 0.4, 1.2)
"""Planes across the court, from the hitter's feet, in which a ball is hit."""
_HIT_HEIGHT_M, _HIT_HEIGHT_SPREAD_M = 1.1, 0.7
_SERVE = -2.0
_STROKES = ((24.0, 9.0, -0.3), (11.0, 5.0, -1.4))
"""Speed away from the hitter, its spread, and the log share of such strokes: drives, and lobs and drop shots."""
_LEAST_SIDE = 2
_WORST = -1000.0


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A hypothesis: where two flights meet, and their velocities; `weight` is its log prior.

    The velocity after is `kept` times the one before, plus `after`, give or take `after_spread`.
    """

    weight: float
    place: Floats
    place_cov: Floats
    before: tuple[float, float, float]
    before_spread: tuple[float, float, float]
    kept: tuple[float, float, float]
    after: tuple[float, float, float]
    after_spread: tuple[float, float, float]


def flight_evidence(
    camera: Camera,
    offset_s: Floats,
    xy: Floats,
    anchor_xy: Floats,
    feet_m: Mapping[str, Sequence[tuple[float, float]]],
    scale: float,
) -> Floats | None:
    """Log likelihood of each kind of event against plain flight, (4,), in the order of `event_order`.

    None where there are too few positions on either side.

    Args:
        camera: of the frame at that instant.
        offset_s: (n,), times of the ball's positions from the instant.
        xy: (n, 2), where they are in that frame's picture, source pixels.
        anchor_xy: (2,), where the ball is at the instant.
        feet_m: where the players of each role stand.
        scale: source pixels to one of a picture with the diagonal of 1280x720.
    """
    near = np.abs(offset_s) <= SPAN_S
    offset_s, xy = offset_s[near], xy[near]
    if min((offset_s < 0).sum(), (offset_s > 0).sum()) < _LEAST_SIDE:
        return None
    spot = _Spot.of(camera, anchor_xy, scale)
    groups = [
        _hits(spot, feet_m.get("near", ()), 1.0),
        _hits(spot, feet_m.get("far", ()), -1.0),
        _bounce(spot, 1.0),
        _bounce(spot, -1.0),
        _flight(spot),
    ]
    everything = [meeting for group in groups for meeting in group]
    if not everything:
        return None
    likelihood = _log_likelihood(everything, camera, offset_s, xy, scale)
    result, first = np.full(5, _WORST), 0
    for number, group in enumerate(groups):
        if group:
            result[number] = np.logaddexp.reduce(likelihood[first : first + len(group)])
        first += len(group)
    evidence: Floats = result[:4] - result[4]
    return evidence


@dataclass(frozen=True, eq=False, slots=True)
class _Spot:
    """The ray on which the ball is at the instant: from the camera's place along `ray`, whose depth is 1."""

    origin: Floats
    ray: Floats
    pixel: float

    @classmethod
    def of(cls, camera: Camera, xy: Floats, scale: float) -> "_Spot":
        u, v = camera.rays(xy[None])[0]
        ray = camera.camera_from_world[:, :3].T @ np.array([u, v, 1.0])
        return cls(camera.position_m, ray, _ANCHOR_PX * scale / camera.focal_px)

    def on_plane(self, axis: int, at_m: float) -> tuple[Floats, float] | None:
        """Where the ray meets the plane on which a coordinate has a value, and the depth; None behind the camera."""
        if abs(self.ray[axis]) < 1e-9:
            return None
        depth = float((at_m - self.origin[axis]) / self.ray[axis])
        return (self.origin + depth * self.ray, depth) if depth > 1 else None

    def spread(self, depth: float, along_m: float) -> Floats:
        """Covariance of a place on the ray."""
        across = (self.pixel * depth) ** 2 + 0.02**2
        direction = self.ray / np.linalg.norm(self.ray)
        result: Floats = np.eye(3) * across + np.outer(direction, direction) * along_m**2
        return result


def _flight(spot: _Spot) -> list[_Meeting]:
    """No event: one flight, anywhere along the ray, away from the camera or towards it."""
    meetings = []
    weight = -np.log(2 * len(_FLIGHT_Y_M))
    for y_m in _FLIGHT_Y_M:
        found = spot.on_plane(1, y_m)
        if found is None or not 0.1 <= found[0][2] <= _HIGHEST_M or abs(found[0][0]) > _HIGHEST_M:
            continue
        for away in (1.0, -1.0):
            still = (0.05, 0.05, 0.05)
            meetings.append(
                _Meeting(
                    weight,
                    found[0],
                    spot.spread(found[1], 1.0),
                    (0, 20 * away, 0),
                    (7, 9, 6),
                    (1, 1, 1),
                    (0, 0, 0),
                    still,
                )
            )
    return meetings


def _bounce(spot: _Spot, away: float) -> list[_Meeting]:
    """On the ground: about two thirds of the speed along it are kept, and three quarters of that across it.

    After Cross (2002), "Grip-slip behavior of a bouncing ball", for tennis balls on courts.
    """
    found = spot.on_plane(2, BALL_DIAMETER_M / 2)
    if found is None or spot.ray[2] >= 0 or abs(found[0][0]) > _HIGHEST_M or abs(found[0][1]) > 16.0:
        return []
    return [
        _Meeting(
            0.0, found[0], spot.spread(found[1], 0.0), (0, 18 * away, -7), (6, 8, 4),
            (0.68, 0.68, -0.72), (0, 0, 0), (2, 3, 1.5),
        )
    ]  # fmt: skip


def _hits(spot: _Spot, feet_m: Sequence[tuple[float, float]], away: float) -> list[_Meeting]:
    """Beside a player: whatever comes, something else goes; or a serve, to which the ball hardly moves."""
    meetings = []
    places = [(x, y + reach, True) for x, y in feet_m for reach in _REACH_M]
    places = places or [(0.0, -12.0 * away + reach, False) for reach in (-4.0, -2.0, 0.0, 2.0, 4.0)]
    for x_m, y_m, known in places:
        found = spot.on_plane(1, y_m)
        if found is None or not -0.3 < found[0][2] < 3.6:
            continue
        weight = -0.5 * ((found[0][2] - _HIT_HEIGHT_M) / _HIT_HEIGHT_SPREAD_M) ** 2 - np.log(len(places))
        weight -= 0.5 * (found[0][0] - x_m) ** 2 if known else 0.0
        place = (found[0], spot.spread(found[1], 0.3))
        for speed_mps, spread_mps, log_share in _STROKES:
            after, spread = (0.0, speed_mps * away, 3.0), (8.0, spread_mps, 5.0)
            for before, doubt, log_odds in ((-15 * away, (7, 8, 5), 0.0), (0.0, (1.5, 1.5, 4), _SERVE)):
                odds = weight + log_share + log_odds
                meetings.append(_Meeting(odds, *place, (0, before, 0), doubt, (0, 0, 0), after, spread))
    return meetings


def _log_likelihood(meetings: Sequence[_Meeting], camera: Camera, offset_s: Floats, xy: Floats, scale: float) -> Floats:
    """Of the positions under each hypothesis, (h,), but for a constant.

    Unknowns: place, velocity before, change after, acceleration before and after beyond gravity; three each.
    """
    count, n = len(meetings), len(offset_s)
    before = offset_s < 0
    half_square = offset_s**2 / 2
    kept = np.array([m.kept for m in meetings])
    # World position of each frame's ball: (h, n, 3, 15) @ unknowns + fall.
    design = np.zeros((count, n, 3, 5, 3))
    axis = np.arange(3)
    design[:, :, axis, 0, axis] = 1.0
    speed = np.where(before[None, :, None], 1.0, kept[:, None, :]) * offset_s[None, :, None]
    design[:, :, axis, 1, axis] = speed
    design[:, :, axis, 2, axis] = np.where(before, 0.0, offset_s)[None, :, None]
    design[:, :, axis, 3, axis] = np.where(before, half_square, 0.0)[None, :, None]
    design[:, :, axis, 4, axis] = np.where(before, 0.0, half_square)[None, :, None]
    flat = design.reshape(count, n, 3, 15)
    mean, spread = _prior(meetings)
    world = np.einsum("hnik,hk->hni", flat, mean)
    world[:, :, 2] -= _GRAVITY_MPS2 * half_square
    rotation, shift = camera.camera_from_world[:, :3], camera.camera_from_world[:, 3]
    seen = world @ rotation.T + shift
    turned = np.einsum("ij,hnjk->hnik", rotation, flat)
    depth = np.maximum(seen[:, :, 2], 3.0)
    u = camera.rays(xy)
    # A place X with depth Z is seen at u where X - u Z = 0: linear in the unknowns, and per depth a distance in u.
    residual = (u[None] * seen[:, :, 2:] - seen[:, :, :2]) / depth[:, :, None]
    slope = (turned[:, :, :2] - u[None, :, :, None] * turned[:, :, 2:]) / depth[:, :, None, None]
    noise = _NOISE_PX * scale / camera.focal_px * (1 + (offset_s / _FADE_S) ** 2)
    residual, slope = residual.reshape(count, 2 * n), slope.reshape(count, 2 * n, 15)
    # Of the unknowns' size, however many positions there are (Woodbury's identity, the matrix determinant lemma).
    factor = np.linalg.cholesky(spread)
    moved = slope @ factor
    weighed = (moved / np.repeat(noise**2, 2)[:, None]).transpose(0, 2, 1)
    lower = np.linalg.cholesky(np.eye(spread.shape[1]) + weighed @ moved)
    explained = np.linalg.solve(lower, weighed @ residual[:, :, None])[:, :, 0]
    misfit = (residual**2 / np.repeat(noise**2, 2)).sum(axis=1) - (explained**2).sum(axis=1)
    log_size = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    result: Floats = np.array([m.weight for m in meetings]) - 0.5 * misfit - log_size
    return result


def _prior(meetings: Sequence[_Meeting]) -> tuple[Floats, Floats]:
    """Mean, (h, 15), and covariance, (h, 15, 15), of the unknowns."""
    zero = np.zeros(3)
    mean = np.array([np.concatenate([m.place, m.before, m.after, zero, zero]) for m in meetings])
    spread = np.zeros((len(meetings), 15, 15))
    spread[:, :3, :3] = [m.place_cov for m in meetings]
    rest = np.arange(3, 15)
    own = (*_ACCELERATION_MPS2, *_ACCELERATION_MPS2)
    spread[:, rest, rest] = np.square([(*m.before_spread, *m.after_spread, *own) for m in meetings])
    return mean, spread
