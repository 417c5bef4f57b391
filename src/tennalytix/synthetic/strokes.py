"""How arms, racket and trunk move in a stroke: key attitudes around the moment of contact."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator

from tennalytix.synthetic.physics import Floats

GRIP_TO_SWEET_SPOT_M = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Attitude:
    """Upper body at an instant, in the body's axes (right means the racket hand's side).

    Attributes:
        hand: racket hand, (3,).
        other: the other hand, (3,).
        racket: unit vector from grip to racket head.
        twist: how far the racket shoulder is taken back, radians.
        crouch: lowering of the pelvis, metres.
        lean: forward tilt of the trunk.
    """

    hand: Floats
    other: Floats
    racket: Floats
    twist: float
    crouch: float
    lean: float


# time from contact | racket hand | other hand | racket | twist | crouch | lean
_READY = ((0.20, 0.40, 1.02), (-0.02, 0.46, 1.10), (-0.45, 0.60, 0.66), 0.0, 0.13, 0.34)
_FOREHAND = (
    (-0.75, *_READY),
    (-0.50, (0.40, 0.12, 1.22), (0.18, 0.40, 1.22), (0.20, -0.15, 0.95), 0.75, 0.13, 0.24),
    (-0.24, (0.58, -0.34, 1.12), (0.30, 0.52, 1.24), (0.30, -0.80, 0.50), 1.15, 0.17, 0.20),
    (-0.09, (0.56, -0.12, 0.86), (0.10, 0.52, 1.25), (0.45, -0.85, -0.25), 0.75, 0.15, 0.18),
    (0.0, None, (-0.22, 0.36, 1.25), None, 0.10, 0.10, 0.18),
    (0.10, (0.10, 0.62, 1.32), (-0.30, 0.30, 1.22), (-0.15, 0.80, 0.60), -0.45, 0.07, 0.18),
    (0.26, (-0.30, 0.34, 1.50), (-0.34, 0.22, 1.20), (-0.65, -0.45, 0.40), -0.85, 0.06, 0.16),
    (0.60, *_READY),
)
_BACKHAND = (
    (-0.75, *_READY),
    (-0.50, (-0.16, 0.30, 1.10), (-0.22, 0.27, 1.17), (-0.35, -0.15, 0.90), -0.75, 0.13, 0.22),
    (-0.24, (-0.42, -0.10, 1.02), (-0.46, -0.20, 1.05), (-0.40, -0.85, 0.30), -1.20, 0.17, 0.20),
    (-0.09, (-0.38, 0.02, 0.84), (-0.43, -0.07, 0.82), (-0.55, -0.80, -0.25), -0.85, 0.15, 0.18),
    (0.0, None, None, None, -0.10, 0.10, 0.18),
    (0.10, (0.08, 0.60, 1.28), (0.06, 0.66, 1.36), (-0.15, 0.75, 0.62), 0.35, 0.07, 0.18),
    (0.26, (0.36, 0.28, 1.48), (0.42, 0.22, 1.53), (0.70, -0.40, 0.50), 0.75, 0.06, 0.14),
    (0.60, *_READY),
)
_SERVE = (
    (-2.6, (0.16, 0.42, 1.04), (0.02, 0.42, 1.12), (-0.10, 0.85, 0.50), 0.75, 0.05, 0.18),
    (-1.35, (0.16, 0.40, 1.04), (0.02, 0.42, 1.12), (-0.10, 0.85, 0.45), 0.80, 0.05, 0.18),
    (-0.95, (0.36, -0.05, 0.90), (-0.06, 0.46, 1.30), (0.35, -0.65, -0.55), 1.00, 0.08, 0.06),
    (-0.42, (0.44, -0.24, 1.58), (-0.12, 0.36, 2.02), (-0.15, 0.10, 0.98), 1.30, 0.20, -0.10),
    (-0.16, (0.36, -0.20, 1.76), (-0.10, 0.34, 1.45), (0.10, -0.55, -0.80), 0.70, 0.04, 0.0),
    (0.0, None, (-0.16, 0.26, 1.22), None, 0.0, -0.03, 0.22),
    (0.11, (0.06, 0.72, 1.48), (-0.10, 0.22, 1.15), (-0.15, 0.75, -0.60), -0.35, 0.02, 0.45),
    (0.30, (-0.38, 0.36, 0.86), (-0.10, 0.26, 1.15), (-0.60, -0.25, -0.70), -0.75, 0.12, 0.50),
    (0.80, *_READY),
)
_TABLES = {"forehand": _FOREHAND, "backhand": _BACKHAND, "serve": _SERVE}
_AIM = {"forehand": (0.90, 0.20, 0.0), "backhand": (-0.85, 0.30, 0.0), "serve": (-0.05, 0.34, 0.94)}
BEFORE_S = {"forehand": 0.75, "backhand": 0.75, "serve": 2.6}
AFTER_S = {"forehand": 0.60, "backhand": 0.60, "serve": 0.80}


def ready() -> Attitude:
    """Waiting for the ball."""
    hand, other, racket, twist, crouch, lean = _READY
    return Attitude(np.array(hand), np.array(other), np.array(racket), twist, crouch, lean)


def attitude(kind: str, since_contact_s: float, ball: tuple[float, float, float]) -> Attitude:
    """The upper body at a time from contact, for a ball met at `ball` (body axes, for a height of 1.85 m)."""
    values = _curve(kind, ball)(since_contact_s)
    racket = values[6:9] / max(float(np.linalg.norm(values[6:9])), 1e-6)
    return Attitude(values[0:3], values[3:6], racket, float(values[9]), float(values[10]), float(values[11]))


@lru_cache(maxsize=256)
def _curve(kind: str, ball: tuple[float, float, float]) -> PchipInterpolator:
    aim = np.array(_AIM[kind])
    if kind != "serve":
        # A low ball is met with the racket head hanging, a high one with it up.
        aim[2] = np.clip((ball[2] - 1.05) * 0.8, -0.6, 0.6)
    aim = aim / np.linalg.norm(aim)
    hand = np.array(ball) - GRIP_TO_SWEET_SPOT_M * aim
    rows = []
    for _, own, other, racket, *rest in _TABLES[kind]:
        own_xyz = hand if own is None else np.array(own)
        racket_xyz = aim if racket is None else np.array(racket) / np.linalg.norm(racket)
        other_xyz = hand + 0.09 * aim if other is None else np.array(other)
        rows.append(np.concatenate([own_xyz, other_xyz, racket_xyz, rest]))
    return PchipInterpolator([row[0] for row in _TABLES[kind]], np.array(rows), extrapolate=False)
