"""What people wear, and their bodies as coloured tapered capsules."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tennalytix.synthetic.limbs import Joints
from tennalytix.synthetic.palette import HAIR, SHIRTS, SHORTS, SKIN, Colour, pick
from tennalytix.synthetic.physics import Floats

Pattern = Literal["plain", "stripes", "halves", "sleeves"]
Row = tuple[Floats, Floats, float, float, Colour]


@dataclass(frozen=True, slots=True)
class Outfit:
    """Colours and build of one person.

    Attributes:
        shirt, shorts, skin, hair, shoes, cap, socks, band: colours; no cap or headband where None.
        accent: second colour of the shirt.
        pattern: stripes along the trunk, another colour on the left, or on the sleeves.
        shorts_share, skirt_share: how far down the thigh they reach.
        bun: hair tied up.
        scale: body height over 1.85 m.
        girth: of the trunk, relative.
        limbs: thickness of arms and legs, relative.
        head: size of the head, relative; children's are larger.
    """

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
    socks: Colour = (238.0, 238.0, 240.0)
    band: Colour | None = None
    accent: Colour | None = None
    pattern: Pattern = "plain"
    sleeveless: bool = False
    shorts_share: float = 0.62
    skirt_share: float = 0.42
    bun: bool = False
    girth: float = 1.0
    limbs: float = 1.0
    head: float = 1.0

    @property
    def second(self) -> Colour:
        """The shirt's other colour."""
        return self.accent or self.shirt

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
    rows: list[Row] = []
    for side in ("r", "l"):
        rows += _thick(_leg(joints, side, outfit) + _arm(joints, side, outfit), outfit.limbs)
    rows += _thick(_trunk(joints, outfit), outfit.girth) + _thick(_head(joints, outfit), outfit.head)
    start, end, r0, r1, colour = zip(*rows, strict=True)
    s = outfit.scale
    return Capsules(np.array(start), np.array(end), np.array(r0) * s, np.array(r1) * s, np.array(colour))


def _thick(rows: list[Row], factor: float) -> list[Row]:
    return [(start, end, r0 * factor, r1 * factor, colour) for start, end, r0, r1, colour in rows]


def _leg(j: Joints, side: str, o: Outfit) -> list[Row]:
    hip, knee, ankle, toe = (j[f"{n}_{side}"] for n in ("hip", "knee", "ankle", "toe"))
    heel = ankle + [0, 0, -0.035] + 0.15 * (ankle - toe) * [1, 1, 0]
    rows = [(heel, toe, 0.046, 0.040, o.shoes)]
    if o.long_trousers:
        return [*rows, (hip, knee, 0.098, 0.075, o.shorts), (knee, ankle, 0.075, 0.06, o.shorts)]
    rows += [(knee, ankle, 0.057, 0.042, o.skin), (hip, knee, 0.096, 0.062, o.skin)]
    calf = knee + 0.3 * (ankle - knee)
    rows += [(calf, calf + 0.25 * (ankle - knee), 0.064, 0.048, o.skin)]
    rows += [(ankle + 0.28 * (knee - ankle), ankle, 0.047, 0.045, o.socks)]
    if not o.skirt:
        rows += [(hip, hip + o.shorts_share * (knee - hip), 0.112, 0.104, o.shorts)]
    return rows


def _arm(j: Joints, side: str, o: Outfit) -> list[Row]:
    shoulder, elbow, hand = (j[f"{n}_{side}"] for n in ("shoulder", "elbow", "hand"))
    cloth = o.second if o.pattern == "sleeves" else o.shirt
    lower = cloth if o.long_sleeves else o.skin
    reach = 0.12 if o.sleeveless else 0.55
    return [
        (shoulder, elbow, 0.052, 0.042, lower),
        (shoulder, shoulder + reach * (elbow - shoulder), 0.068, 0.062, cloth),
        (elbow, hand, 0.042, 0.029, lower),
        (hand, hand + 0.12 * (hand - elbow), 0.040, 0.036, o.skin),
    ]


def _trunk(j: Joints, o: Outfit) -> list[Row]:
    pelvis, chest = j["pelvis"], j["chest"]
    rows = [(j["hip_r"], j["hip_l"], 0.108, 0.108, o.shorts)]
    waist = pelvis + 0.22 * (chest - pelvis)
    rows += [(waist, chest + 0.16 * (pelvis - chest), 0.118, 0.125, o.shirt)]
    for share in (-1.0, -0.66, -0.33, 0.33, 0.66, 1.0):
        # Several slats side by side make the trunk wide but not deep.
        low = waist + 0.55 * share * (j["hip_r"] - pelvis)
        high = chest + 0.62 * share * (j["shoulder_r"] - chest) + 0.10 * (pelvis - chest)
        rows += [(low, high, 0.117 - 0.01 * abs(share), 0.122 - 0.03 * abs(share), _slat_colour(o, share))]
    rows += [(j["shoulder_r"], j["shoulder_l"], 0.070, 0.070, o.shirt)]
    if o.skirt:
        for side in ("r", "l"):
            hip, knee = j[f"hip_{side}"], j[f"knee_{side}"]
            rows += [(hip, hip + o.skirt_share * (knee - hip), 0.110, 0.135, o.shorts)]
        middle = 0.20 * (o.skirt_share / 0.42) * (j["knee_r"] + j["knee_l"] - 2 * pelvis)
        rows += [(pelvis, pelvis + middle, 0.115, 0.13, o.shorts)]
    return rows


def _slat_colour(o: Outfit, share: float) -> Colour:
    other = (o.pattern == "stripes" and 0.5 < abs(share) < 0.9) or (o.pattern == "halves" and share < 0)
    return o.second if other else o.shirt


def _head(j: Joints, o: Outfit) -> list[Row]:
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
    if o.band:
        rows += [(centre - 0.04 * face + 0.035 * up, centre + 0.02 * face + 0.04 * up, 0.099, 0.099, o.band)]
    if o.bun:
        rows += [(centre - 0.12 * face + 0.06 * up, centre - 0.14 * face + 0.07 * up, 0.05, 0.045, o.hair)]
    if o.long_hair:
        rows += [(centre - 0.11 * face, centre - 0.14 * face - 0.22 * up, 0.045, 0.025, o.hair)]
    return rows


def _facing(j: Joints) -> Floats:
    """Unit vector that the head looks along: the mean of the toes' directions."""
    way = (j["toe_r"] - j["ankle_r"]) + (j["toe_l"] - j["ankle_l"])
    way = way * [1, 1, 0]
    result: Floats = way / max(float(np.linalg.norm(way)), 1e-6)
    return result
