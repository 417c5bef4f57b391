"""Flight and bounce of a tennis ball.

Gravity, quadratic drag and the Magnus force, with the coefficients that Štěpánek measured on spinning tennis balls
(A. Štěpánek, "The aerodynamics of tennis balls: the topspin lob", American Journal of Physics 56, 1988). The bounce
follows R. Cross ("Grip-slip behavior of a bouncing ball", American Journal of Physics 70, 2002): sliding friction, or
grip where the friction would turn the contact point's motion around.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import BALL_DIAMETER_M

Floats = NDArray[np.float64]

GRAVITY_MPS2 = 9.81
BALL_RADIUS_M = BALL_DIAMETER_M / 2
BALL_MASS_KG = 0.0577
AIR_KG_PER_M3 = 1.21
_FORCE_PER_V2 = 0.5 * AIR_KG_PER_M3 * np.pi * BALL_RADIUS_M**2 / BALL_MASS_KG
_INERTIA = 0.55
"""Moment of inertia over m r^2: between a full ball's 0.4 and a shell's 0.67."""


@dataclass(frozen=True, slots=True)
class Ground:
    """How a surface returns the ball: share of the vertical speed kept, and sliding friction."""

    restitution: float
    friction: float


GROUNDS = {
    "hard_blue": Ground(0.75, 0.62),
    "hard_green": Ground(0.74, 0.60),
    "clay": Ground(0.79, 0.72),
    "grass": Ground(0.69, 0.50),
    "indoor": Ground(0.72, 0.55),
}


def acceleration(velocity: Floats, spin: Floats) -> Floats:
    """Gravity, drag and Magnus force over mass, (..., 3) from velocity (m/s) and spin (rad/s, right-handed axis)."""
    vx, vy, vz = velocity[..., 0], velocity[..., 1], velocity[..., 2]
    wx, wy, wz = spin[..., 0], spin[..., 1], spin[..., 2]
    speed = np.sqrt(vx * vx + vy * vy + vz * vz) + 1e-9
    rim = np.sqrt(wx * wx + wy * wy + wz * wz) * BALL_RADIUS_M + 1e-6
    ratio = speed / rim
    drag = _FORCE_PER_V2 * speed * (0.508 + (1 / (22.053 + 4.196 * ratio**2.5)) ** 0.4)
    ax, ay, az = wy * vz - wz * vy, wz * vx - wx * vz, wx * vy - wy * vx
    lift = _FORCE_PER_V2 * speed * speed / (2.022 + 0.981 * ratio) / (np.sqrt(ax * ax + ay * ay + az * az) + 1e-9)
    result: Floats = np.empty(velocity.shape)
    result[..., 0] = lift * ax - drag * vx
    result[..., 1] = lift * ay - drag * vy
    result[..., 2] = lift * az - drag * vz - GRAVITY_MPS2
    return result


def step(position: Floats, velocity: Floats, spin: Floats, dt_s: Floats | float) -> tuple[Floats, Floats]:
    """One Runge-Kutta step of fourth order for any number of balls, (..., 3) each."""
    a1 = acceleration(velocity, spin)
    v2 = velocity + a1 * dt_s / 2
    a2 = acceleration(v2, spin)
    v3 = velocity + a2 * dt_s / 2
    a3 = acceleration(v3, spin)
    v4 = velocity + a3 * dt_s
    a4 = acceleration(v4, spin)
    return position + (velocity + 2 * v2 + 2 * v3 + v4) * dt_s / 6, velocity + (a1 + 2 * a2 + 2 * a3 + a4) * dt_s / 6


def bounce(velocity: Floats, spin: Floats, ground: Ground, normal: Floats) -> tuple[Floats, Floats]:
    """Velocity and spin, (3,) each, after meeting a plane with this `normal`."""
    into = float(velocity @ normal)
    contact = velocity - into * normal + np.cross(spin, -BALL_RADIUS_M * normal)
    slip = float(np.linalg.norm(contact))
    kick = -into * (1 + ground.restitution)
    push = min(ground.friction * kick, slip * _INERTIA / (1 + _INERTIA)) if slip > 1e-9 else 0.0
    change = -push * contact / max(slip, 1e-9)
    turned = spin + np.cross(-BALL_RADIUS_M * normal, change) / (_INERTIA * BALL_RADIUS_M**2)
    return velocity + kick * normal + change, turned


def topspin(velocity: Floats, revolutions_per_s: float) -> Floats:
    """Spin vector (rad/s) of a ball flying along `velocity`: positive turns over forwards, negative is slice."""
    axis = np.array([-velocity[1], velocity[0], 0.0])
    result: Floats = axis / (np.linalg.norm(axis) + 1e-9) * (2 * np.pi * revolutions_per_s)
    return result
