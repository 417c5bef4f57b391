"""What people wear, and their bodies as coloured tapered capsules."""

from dataclasses import dataclass

import numpy as np

from tennalytix.synthetic.limbs import Joints
from tennalytix.synthetic.palette import HAIR, SHIRTS, SHORTS, SKIN, Colour, pick
from tennalytix.synthetic.physics import Floats


@dataclass(frozen=True, slots=True)
class Outfit:
    """Colours and build of one person; `scale` is body height over 1.85 m."""

    shirt: Colour
    shorts: Colour
    skin: Colour
    hair: Colour
    shoes: Colour
    cap: Colour | None = None
    long_trousers: bool = False
    long_sleeves: bool = False
    skirt: bool = False
    long_hair: bool = False
    scale: float = 1.0

    @classmethod
    def random(cls, rng: np.random.Generator) -> "Outfit":
        """A player's outfit."""
        woman = bool(rng.random() < 0.4)
        cap = pick(SHIRTS, rng) if rng.random() < 0.35 else None
        return cls(
            pick(SHIRTS, rng), pick(SHORTS, rng), pick(SKIN, rng), pick(HAIR, rng), (236.0, 236.0, 240.0), cap,
            skirt=woman, long_hair=woman, scale=float(rng.uniform(0.92, 0.98) if woman else rng.uniform(0.97, 1.05)),
        )  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Capsules:
    """Tapered capsules in space, one row each.

    Attributes:
        start, end: (n, 3), metres.
        start_radius, end_radius: (n,), metres.
        colour: (n, 3), RGB.
    """

    start: Floats
    end: Floats
    start_radius: Floats
    end_radius: Floats
    colour: Floats


def dress(joints: Joints, outfit: Outfit) -> Capsules:
    """The dressed body around its joints."""
    rows: list[tuple[Floats, Floats, float, float, Colour]] = []
    for side in ("r", "l"):
        rows += _leg(joints, side, outfit) + _arm(joints, side, outfit)
    rows += _trunk(joints, outfit) + _head(joints, outfit)
    start, end, r0, r1, colour = zip(*rows, strict=True)
    s = outfit.scale
    return Capsules(np.array(start), np.array(end), np.array(r0) * s, np.array(r1) * s, np.array(colour))


def _leg(j: Joints, side: str, o: Outfit) -> list[tuple[Floats, Floats, float, float, Colour]]:
    hip, knee, ankle, toe = (j[f"{n}_{side}"] for n in ("hip", "knee", "ankle", "toe"))
    heel = ankle + [0, 0, -0.035] + 0.15 * (ankle - toe) * [1, 1, 0]
    rows = [(heel, toe, 0.046, 0.040, o.shoes)]
    if o.long_trousers:
        return [*rows, (hip, knee, 0.098, 0.075, o.shorts), (knee, ankle, 0.075, 0.06, o.shorts)]
    rows += [(knee, ankle, 0.057, 0.042, o.skin), (hip, knee, 0.096, 0.062, o.skin)]
    calf = knee + 0.3 * (ankle - knee)
    rows += [(calf, calf + 0.25 * (ankle - knee), 0.064, 0.048, o.skin)]
    rows += [(ankle + 0.28 * (knee - ankle), ankle, 0.047, 0.045, (238.0, 238.0, 240.0))]
    if not o.skirt:
        rows += [(hip, hip + 0.62 * (knee - hip), 0.112, 0.104, o.shorts)]
    return rows


def _arm(j: Joints, side: str, o: Outfit) -> list[tuple[Floats, Floats, float, float, Colour]]:
    shoulder, elbow, hand = (j[f"{n}_{side}"] for n in ("shoulder", "elbow", "hand"))
    lower = o.shirt if o.long_sleeves else o.skin
    return [
        (shoulder, elbow, 0.052, 0.042, lower),
        (shoulder, shoulder + 0.55 * (elbow - shoulder), 0.068, 0.062, o.shirt),
        (elbow, hand, 0.042, 0.029, lower),
        (hand, hand + 0.12 * (hand - elbow), 0.040, 0.036, o.skin),
    ]


def _trunk(j: Joints, o: Outfit) -> list[tuple[Floats, Floats, float, float, Colour]]:
    pelvis, chest = j["pelvis"], j["chest"]
    rows = [(j["hip_r"], j["hip_l"], 0.108, 0.108, o.shorts)]
    waist = pelvis + 0.22 * (chest - pelvis)
    rows += [(waist, chest + 0.16 * (pelvis - chest), 0.118, 0.125, o.shirt)]
    for share in (-1.0, -0.66, -0.33, 0.33, 0.66, 1.0):
        # Several slats side by side make the trunk wide but not deep.
        low = waist + 0.55 * share * (j["hip_r"] - pelvis)
        high = chest + 0.62 * share * (j["shoulder_r"] - chest) + 0.10 * (pelvis - chest)
        rows += [(low, high, 0.117 - 0.01 * abs(share), 0.122 - 0.03 * abs(share), o.shirt)]
    rows += [(j["shoulder_r"], j["shoulder_l"], 0.070, 0.070, o.shirt)]
    if o.skirt:
        for side in ("r", "l"):
            hip, knee = j[f"hip_{side}"], j[f"knee_{side}"]
            rows += [(hip, hip + 0.42 * (knee - hip), 0.110, 0.135, o.shorts)]
        rows += [(pelvis, pelvis + 0.20 * (j["knee_r"] + j["knee_l"] - 2 * pelvis), 0.115, 0.13, o.shorts)]
    return rows


def _head(j: Joints, o: Outfit) -> list[tuple[Floats, Floats, float, float, Colour]]:
    chest, head = j["chest"], j["head"]
    up = (head - chest) / np.linalg.norm(head - chest)
    face = _facing(j)
    centre = head + 0.07 * up
    rows = [
        (chest, head, 0.060, 0.052, o.skin),
        (centre - 0.045 * up + 0.015 * face, centre + 0.03 * up, 0.082, 0.095, o.skin),
    ]
    top = o.cap or o.hair
    rows += [(centre - 0.035 * face, centre - 0.03 * face + 0.045 * up, 0.092, 0.097, o.hair)]
    rows += [(centre - 0.01 * face + 0.055 * up, centre - 0.01 * face + 0.06 * up, 0.098, 0.095, top)]
    if o.cap:
        rows += [(centre + 0.09 * face + 0.055 * up, centre + 0.15 * face + 0.045 * up, 0.035, 0.03, o.cap)]
    if o.long_hair:
        rows += [(centre - 0.11 * face, centre - 0.14 * face - 0.22 * up, 0.045, 0.025, o.hair)]
    return rows


def _facing(j: Joints) -> Floats:
    """Unit vector that the head looks along: the mean of the toes' directions."""
    way = (j["toe_r"] - j["ankle_r"]) + (j["toe_l"] - j["ankle_l"])
    way = way * [1, 1, 0]
    result: Floats = way / max(float(np.linalg.norm(way)), 1e-6)
    return result
