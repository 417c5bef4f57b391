"""The ball's path from one stroke on: flight, bounces on the ground and on the walls, densely sampled."""

from dataclasses import dataclass, field

import numpy as np

from tennalytix.synthetic.physics import BALL_RADIUS_M, Floats, Ground, bounce, step
from tennalytix.synthetic.shots import net_height_m

_DT_S = 0.008
_WALL = Ground(0.45, 0.4)
_NET = Ground(0.08, 0.8)
_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class Arena:
    """What the ball can meet besides the ground: walls at +-x and +-y, metres, and the net."""

    wall_x_m: float
    wall_y_m: float
    wall_height_m: float


@dataclass(frozen=True, eq=False, slots=True)
class Flight:
    """A sampled path.

    Attributes:
        time_s: (n,), from the stroke, not evenly spaced: contacts have a sample of their own.
        position: (n, 3), metres.
        velocity: (n, 3), metres a second, after a contact where there is one.
        bounce_s: times of the bounces on the ground.
        net_s: when the ball met the net, if it did.
    """

    time_s: Floats
    position: Floats = field(repr=False)
    velocity: Floats = field(repr=False)
    bounce_s: tuple[float, ...] = ()
    net_s: float | None = None

    def at(self, time_s: Floats | float) -> Floats:
        """Positions, (..., 3), at times since the stroke; outside the sampled span the ends are kept."""
        when = np.asarray(time_s, dtype=np.float64)
        axes = [np.interp(when, self.time_s, self.position[:, axis]) for axis in range(3)]
        return np.stack(axes, axis=-1)


def fly(
    start: Floats,
    velocity: Floats,
    spin: Floats,
    duration_s: float,
    ground: Ground,
    arena: Arena,
    most_bounces: int = 99,
) -> Flight:
    """The path of a ball struck at `start`, for a time or until it has bounced so often."""
    state = [start.astype(np.float64), velocity.astype(np.float64), spin.astype(np.float64)]
    times, positions, velocities = [0.0], [state[0]], [state[1]]
    bounces: list[float] = []
    net_s: float | None = None
    time = 0.0
    while time < duration_s and len(bounces) < most_bounces:
        if state[0][2] < BALL_RADIUS_M * 1.02 and abs(state[1][2]) < 0.35:
            _roll(state, _DT_S)
            time += _DT_S
        else:
            position, moved = step(state[0], state[1], state[2], _DT_S)
            contact = _first_contact(state[0], position, arena, ground)
            if contact is None:
                state[0], state[1] = position, moved
                time += _DT_S
            else:
                share, normal, surface, what = contact
                time += share * _DT_S
                state[0] = state[0] + share * (position - state[0])
                state[1], state[2] = bounce(state[1] + share * (moved - state[1]), state[2], surface, normal)
                bounces += [time] if what == "ground" else []
                net_s = time if what == "net" else net_s
        times.append(time)
        positions.append(state[0])
        velocities.append(state[1])
    return Flight(np.array(times), np.array(positions), np.array(velocities), tuple(bounces), net_s)


def _first_contact(
    before: Floats, after: Floats, arena: Arena, ground: Ground
) -> tuple[float, Floats, Ground, str] | None:
    """Share of the step, normal, surface and name of the first plane that the ball meets."""
    found = []
    if after[2] < BALL_RADIUS_M <= before[2]:
        found.append(((before[2] - BALL_RADIUS_M) / (before[2] - after[2]), _UP, ground, "ground"))
    for axis, limit in ((0, arena.wall_x_m), (1, arena.wall_y_m)):
        for sign in (-1.0, 1.0):
            a, b = sign * before[axis], sign * after[axis]
            if a <= limit < b and after[2] < arena.wall_height_m:
                found.append(((limit - a) / (b - a), -sign * np.eye(3)[axis], _WALL, "wall"))
    if before[1] * after[1] < 0 and after[2] - BALL_RADIUS_M < float(net_height_m(after[0])) and abs(after[0]) < 6.4:
        share = before[1] / (before[1] - after[1])
        found.append((share * 0.999, np.array([0.0, np.sign(before[1]), 0.0]), _NET, "net"))
    return min(found, key=lambda c: c[0]) if found else None


def _roll(state: list[Floats], dt_s: float) -> None:
    """A rolling ball loses a metre a second every second."""
    speed = float(np.hypot(state[1][0], state[1][1]))
    slower = max(speed - 1.0 * dt_s, 0.0) / max(speed, 1e-9)
    state[1] = np.array([state[1][0] * slower, state[1][1] * slower, 0.0])
    state[0] = np.array([*(state[0][:2] + state[1][:2] * dt_s), BALL_RADIUS_M])
