"""Clothes and builds as different as people are, some of them hard to tell from the court."""

from dataclasses import replace

import numpy as np

from tennalytix.synthetic.options import Surface
from tennalytix.synthetic.outfit import Outfit, Pattern
from tennalytix.synthetic.palette import COURTS, CROWD, HAIR, SHIRTS, SHORTS, SKIN, UNIFORMS, Colour, pick

_WHITE: Colour = (238.0, 238.0, 236.0)
_BLACK: Colour = (24.0, 25.0, 30.0)
_PATTERNS: tuple[Pattern, ...] = ("plain", "plain", "plain", "stripes", "halves", "sleeves")
_FAIR: tuple[Colour, ...] = ((196, 160, 104), (150, 92, 52), (176, 174, 170))


def varied_outfit(rng: np.random.Generator, surface: Surface) -> Outfit:
    """Anybody: player, passer-by or spectator."""
    woman = bool(rng.random() < 0.45)
    shirt, below = cloth(rng, surface), cloth(rng, surface, below=True)
    if rng.random() < 0.2:
        below = shirt
    plain = Outfit(
        shirt, below, pick(SKIN, rng), _hair(rng), cloth(rng, surface, below=True),
        skirt=bool(woman and rng.random() < 0.6),
        long_hair=bool(rng.random() < (0.6 if woman else 0.1)),
        long_trousers=bool(rng.random() < 0.15), long_sleeves=bool(rng.random() < 0.15),
        sleeveless=bool(rng.random() < (0.4 if woman else 0.08)),
        scale=float(rng.uniform(0.86, 0.98) if woman else rng.uniform(0.92, 1.07)),
    )  # fmt: skip
    return vary_build(plain, rng, surface)


def vary_build(outfit: Outfit, rng: np.random.Generator, surface: Surface) -> Outfit:
    """The same clothes on another body, with other details."""
    stout = float(np.clip(rng.normal(1.0, 0.12), 0.8, 1.4))
    return replace(
        outfit,
        shoes=_WHITE if rng.random() < 0.5 else cloth(rng, surface),
        socks=_WHITE if rng.random() < 0.7 else cloth(rng, surface, below=True),
        cap=cloth(rng, surface) if rng.random() < 0.35 else None,
        band=cloth(rng, surface) if rng.random() < 0.2 else None,
        accent=cloth(rng, surface),
        pattern=_PATTERNS[int(rng.integers(len(_PATTERNS)))],
        shorts_share=float(rng.uniform(0.45, 1.0)),
        skirt_share=float(rng.uniform(0.35, 0.75)),
        bun=bool(rng.random() < 0.15),
        girth=stout,
        limbs=float(np.clip(stout * rng.normal(1.0, 0.06), 0.8, 1.35)),
        head=float(rng.uniform(0.94, 1.1) * (1.08 if outfit.scale < 0.92 else 1.0)),
    )


def cloth(rng: np.random.Generator, surface: Surface, *, below: bool = False) -> Colour:
    """A garment's colour: white, black, the court's own, or any; `below`: shorts rather than shirts."""
    kind = rng.random()
    if kind < 0.22:
        return _dyed(_WHITE, rng)
    if kind < 0.36:
        return _dyed(_BLACK, rng)
    if kind < 0.56:
        court = COURTS[surface][int(rng.integers(len(COURTS[surface])))]
        return _dyed(court.inside if rng.random() < 0.6 else court.outside, rng, 16)
    if kind < 0.68:
        r, g, b = rng.uniform(15, 245, 3)
        return float(r), float(g), float(b)
    return _dyed(pick(SHORTS if below else (*SHIRTS, *UNIFORMS, *CROWD), rng), rng, 10)


def _hair(rng: np.random.Generator) -> Colour:
    kind = rng.random()
    if kind < 0.08:
        return pick(SKIN, rng)
    return pick(_FAIR if kind < 0.35 else HAIR, rng)


def _dyed(colour: Colour, rng: np.random.Generator, spread: float = 6.0) -> Colour:
    r, g, b = np.clip(np.array(colour) * rng.uniform(0.85, 1.1) + rng.normal(0, spread, 3), 6, 250)
    return float(r), float(g), float(b)
