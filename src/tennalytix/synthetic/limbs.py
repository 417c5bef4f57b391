"""Bodies as joints: inverse kinematics and the frame in which a person thinks."""

from dataclasses import dataclass

import numpy as np

from tennalytix.synthetic.physics import Floats

Joints = dict[str, Floats]
STANDARD_HEIGHT_M = 1.85
THIGH_M, SHIN_M = 0.44, 0.43
UPPER_ARM_M, FOREARM_M = 0.31, 0.29
HIP_HALF_M, SHOULDER_HALF_M = 0.10, 0.195
TRUNK_M, NECK_M = 0.52, 0.19


@dataclass(frozen=True, eq=False, slots=True)
class BodyFrame:
    """A person's axes: points are given right, forward, up from the place between the feet, for a height of 1.85 m."""

    root_xy: Floats
    right: Floats
    forward: Floats
    scale: float = 1.0
    raised_m: float = 0.0

    def world(self, local: Floats) -> Floats:
        """(..., 3) local to world, metres."""
        local = np.asarray(local, dtype=np.float64) * self.scale
        xy = self.root_xy + local[..., :1] * self.right + local[..., 1:2] * self.forward
        return np.concatenate([xy, local[..., 2:] + self.raised_m], axis=-1)

    def local(self, world: Floats) -> Floats:
        """The inverse, (3,)."""
        offset = world[:2] - self.root_xy
        return np.array([offset @ self.right, offset @ self.forward, world[2] - self.raised_m]) / self.scale

    def turned(self, angle: float) -> "BodyFrame":
        """The same place, facing to the right by `angle`."""
        cos, sin = np.cos(angle), np.sin(angle)
        forward = cos * self.forward + sin * self.right
        right = cos * self.right - sin * self.forward
        return BodyFrame(self.root_xy, right, forward, self.scale, self.raised_m)


def bend(start: Floats, end: Floats, first_m: float, second_m: float, hint: Floats) -> tuple[Floats, Floats]:
    """Middle joint and reached end of a two-bone limb that bends towards `hint`; an end out of reach is pulled in."""
    way = end - start
    distance = float(np.linalg.norm(way))
    reach = min(distance, (first_m + second_m) * 0.999)
    direction = way / max(distance, 1e-6)
    end = start + direction * reach
    along = (first_m**2 - second_m**2 + reach**2) / (2 * max(reach, 1e-6))
    aside = np.sqrt(max(first_m**2 - along**2, 0.0))
    sideways = hint - (hint @ direction) * direction
    sideways = sideways / max(float(np.linalg.norm(sideways)), 1e-6)
    return start + direction * along + sideways * aside, end


def trunk(pelvis: Floats, lean: Floats, twist: float, hip_twist: float) -> Joints:
    """Pelvis to head, in local axes: `lean` (right, forward) tilts, `twist` takes the right shoulder back."""
    up = np.array([lean[0], lean[1], 1.0])
    up = up / np.linalg.norm(up)
    chest = pelvis + TRUNK_M * up
    shoulder = np.array([np.cos(twist), -np.sin(twist), 0.0])
    hip = np.array([np.cos(hip_twist), -np.sin(hip_twist), 0.0])
    head = chest + np.array([0.3 * lean[0], 0.4 * lean[1] + 0.03, 1.0]) * NECK_M
    return {
        "pelvis": pelvis, "chest": chest, "head": head, "shoulder_axis": shoulder,
        "hip_r": pelvis + HIP_HALF_M * hip, "hip_l": pelvis - HIP_HALF_M * hip,
        "shoulder_r": chest + SHOULDER_HALF_M * shoulder, "shoulder_l": chest - SHOULDER_HALF_M * shoulder,
    }  # fmt: skip


def add_legs(joints: Joints, feet: dict[str, Floats], knee_hint: Floats, toe: Floats) -> None:
    """Knees, ankles and toes for ankles at `feet` (keys r, l), in place."""
    for side, foot in feet.items():
        knee, ankle = bend(
            joints[f"hip_{side}"], foot, THIGH_M, SHIN_M, knee_hint + np.array([0.25 if side == "r" else -0.25, 0, 0])
        )
        joints[f"knee_{side}"], joints[f"ankle_{side}"] = knee, ankle
        joints[f"toe_{side}"] = ankle + toe + np.array([0.03 if side == "r" else -0.03, 0.0, -0.045])


def add_arms(joints: Joints, hands: dict[str, Floats]) -> None:
    """Elbows and wrists for hands at `hands` (keys r, l), in place."""
    for side, hand in hands.items():
        hint = np.array([0.5 if side == "r" else -0.5, -0.45, -0.8])
        elbow, wrist = bend(joints[f"shoulder_{side}"], hand, UPPER_ARM_M, FOREARM_M, hint)
        joints[f"elbow_{side}"], joints[f"hand_{side}"] = elbow, wrist


def to_world(joints: Joints, frame: BodyFrame) -> Joints:
    """All joints in world metres; directions (`*_axis`) are dropped."""
    return {name: frame.world(value) for name, value in joints.items() if not name.endswith("_axis")}
