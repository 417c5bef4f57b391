"""Finding the stroke that sends the ball to a wanted place over the net."""

import numpy as np

from tennalytix.core.court import NET_HEIGHT_CENTRE_M, NET_HEIGHT_POST_M, NET_POST_X_M
from tennalytix.synthetic.physics import BALL_RADIUS_M, GRAVITY_MPS2, Floats, step, topspin

_STEPS = 30
_TIMES = 20


def net_height_m(x_m: Floats | float) -> Floats | float:
    """Height of the net's upper edge, pulled down by the strap in the middle."""
    share = np.minimum(np.abs(x_m) / NET_POST_X_M, 1.0)
    return NET_HEIGHT_CENTRE_M + (NET_HEIGHT_POST_M - NET_HEIGHT_CENTRE_M) * share


def solve_shot(start: Floats, landing_xy: Floats, spin_rps: float, clearance_m: float) -> tuple[Floats, Floats]:
    """Velocity and spin, (3,) each, of a ball from `start` that clears the net by `clearance_m` and lands as wished.

    Flat shots of one height and depth have one speed: the wanted clearance decides it. Where no flight is slow enough
    the highest is taken.
    """
    times = np.linspace(0.35, 2.6, _TIMES)
    target = np.array([landing_xy[0], landing_xy[1], BALL_RADIUS_M])
    velocity = (target - start) / times[:, None]
    velocity[:, 2] += GRAVITY_MPS2 * times / 2
    for _ in range(4):
        velocity = _newton(start, target, velocity, times, spin_rps)
    clearance = _clearances(start, velocity, times, spin_rps)
    good = np.isfinite(clearance)
    best = int(np.argmin(np.where(good, np.abs(clearance - clearance_m), np.inf)))
    low, high = max(best - 1, 0), min(best + 1, _TIMES - 1)
    fine = np.linspace(times[low], times[high], _TIMES)
    velocity = np.stack([np.interp(fine, times[low : high + 1], velocity[low : high + 1, i]) for i in range(3)], axis=1)
    for _ in range(2):
        velocity = _newton(start, target, velocity, fine, spin_rps)
    clearance = _clearances(start, velocity, fine, spin_rps)
    chosen = velocity[np.nanargmin(np.abs(clearance - clearance_m))]
    return chosen, topspin(chosen, spin_rps)


def _spins(velocity: Floats, spin_rps: float) -> Floats:
    flat = np.stack([-velocity[:, 1], velocity[:, 0], np.zeros(len(velocity))], axis=1)
    result: Floats = flat / (np.hypot(flat[:, :1], flat[:, 1:2]) + 1e-9) * (2 * np.pi * spin_rps)
    return result


def _fly(start: Floats, velocity: Floats, times: Floats, spin_rps: float) -> Floats:
    """Where balls are after their times: velocity (n, 3), times (n,); all steps, (_STEPS + 1, n, 3)."""
    spin = _spins(velocity, spin_rps)
    position = np.broadcast_to(start, velocity.shape).copy()
    path, dt = [position], (times / _STEPS)[:, None]
    for _ in range(_STEPS):
        position, velocity = step(position, velocity, spin, dt)
        path.append(position)
    return np.stack(path)


def _newton(start: Floats, target: Floats, velocity: Floats, times: Floats, spin_rps: float) -> Floats:
    n, nudge = len(times), 0.05
    tries = np.concatenate([velocity] + [velocity + nudge * np.eye(3)[i] for i in range(3)])
    ends = _fly(start, tries, np.tile(times, 4), spin_rps)[-1].reshape(4, n, 3)
    jacobian = np.stack([(ends[i + 1] - ends[0]) / nudge for i in range(3)], axis=2)
    change = np.linalg.solve(jacobian, (target - ends[0])[..., None])[..., 0]
    result: Floats = velocity + np.clip(change, -15, 15)
    return result


def _clearances(start: Floats, velocity: Floats, times: Floats, spin_rps: float) -> Floats:
    path = _fly(start, velocity, times, spin_rps)
    result = np.full(len(times), np.nan)
    for i in range(len(times)):
        y = path[:, i, 1] * np.sign(velocity[i, 1])
        if np.isfinite(y).all() and y[0] < 0 < y[-1] and (np.diff(y) > 0).all():
            x, z = (float(np.interp(0.0, y, path[:, i, axis])) for axis in (0, 2))
            result[i] = z - BALL_RADIUS_M - float(net_height_m(x))
    return result
