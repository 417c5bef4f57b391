"""Bodies of people who stand, sit or kneel, as a few numbers that can be mixed."""

from types import MappingProxyType

import numpy as np

from tennalytix.synthetic.limbs import BodyFrame, Joints, add_arms, add_legs, to_world, trunk
from tennalytix.synthetic.physics import Floats

# pelvis height, lean, twist | right hand | left hand | right foot | left foot
_TABLE = {
    "behind": (0.95, 0.02, 0.0, (0.06, -0.17, 0.98), (-0.06, -0.17, 0.98), (0.16, 0.0, 0.085), (-0.16, 0.0, 0.085)),
    "sides": (0.95, 0.03, 0.1, (0.29, 0.06, 0.84), (-0.29, 0.06, 0.84), (0.13, 0.0, 0.085), (-0.13, 0.03, 0.085)),
    "front": (0.95, 0.05, -0.1, (0.05, 0.28, 0.98), (-0.05, 0.28, 0.98), (0.15, 0.0, 0.085), (-0.15, 0.0, 0.085)),
    "knees": (0.80, 0.75, 0.0, (0.24, 0.30, 0.56), (-0.24, 0.30, 0.56), (0.30, 0.02, 0.085), (-0.30, 0.02, 0.085)),
    "out": (0.93, 0.12, 0.2, (0.85, 0.20, 1.45), (-0.25, 0.10, 0.86), (0.20, 0.0, 0.085), (-0.20, 0.0, 0.085)),
    "seated": (0.56, 0.06, 0.0, (0.16, 0.36, 0.66), (-0.16, 0.36, 0.66), (0.17, 0.46, 0.085), (-0.17, 0.46, 0.085)),
    "seated_left": (
        0.56,
        0.12,
        0.5,
        (0.10, 0.36, 0.70),
        (-0.20, 0.34, 0.66),
        (0.17, 0.46, 0.085),
        (-0.17, 0.46, 0.085),
    ),
    "seated_right": (
        0.56,
        0.12,
        -0.5,
        (0.20, 0.34, 0.66),
        (-0.10, 0.36, 0.70),
        (0.17, 0.46, 0.085),
        (-0.17, 0.46, 0.085),
    ),
    "kneeling": (0.50, 0.22, 0.0, (0.16, 0.36, 0.50), (-0.14, 0.30, 0.36), (0.12, 0.30, 0.085), (-0.14, -0.42, 0.10)),
    "kneeling_low": (
        0.47,
        0.55,
        0.0,
        (0.20, 0.42, 0.12),
        (-0.20, 0.42, 0.12),
        (0.14, 0.28, 0.085),
        (-0.14, -0.42, 0.10),
    ),
}
ATTITUDES = MappingProxyType(
    {name: np.concatenate([np.atleast_1d(part) for part in row]) for name, row in _TABLE.items()}
)
"""Each a vector of 15 numbers."""


def resting_joints(frame: BodyFrame, numbers: Floats) -> Joints:
    """Joints in world metres of a body that rests so."""
    pelvis = np.array([0.0, 0.0, numbers[0]])
    joints = trunk(pelvis, np.array([0.0, numbers[1]]), float(numbers[2]), 0.2 * float(numbers[2]))
    feet = {"r": numbers[9:12], "l": numbers[12:15]}
    add_legs(joints, feet, np.array([0.0, 1.0, 0.25]), np.array([0.0, 0.2, 0.0]))
    add_arms(joints, {"r": numbers[3:6], "l": numbers[6:9]})
    return to_world(joints, frame)
