"""Colours, RGB."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CourtColours:
    """Of a court: playing area, run-off, lines, and how strong the ground's texture is."""

    inside: Colour
    outside: Colour
    lines: Colour
    texture: float


COURTS: dict[str, tuple[CourtColours, ...]] = {
    "hard_blue": (
        CourtColours((58, 96, 160), (92, 148, 200), (240, 243, 246), 3.0),
        CourtColours((56, 92, 156), (74, 128, 92), (240, 243, 246), 3.0),
        CourtColours((50, 104, 178), (44, 78, 148), (240, 243, 246), 3.0),
    ),
    "hard_green": (
        CourtColours((74, 128, 96), (150, 84, 70), (240, 242, 240), 3.2),
        CourtColours((86, 138, 110), (52, 98, 78), (240, 242, 240), 3.2),
    ),
    "clay": (
        CourtColours((190, 98, 66), (184, 94, 63), (238, 226, 212), 6.5),
        CourtColours((202, 118, 80), (198, 114, 77), (240, 230, 218), 6.5),
    ),
    "grass": (
        CourtColours((112, 148, 72), (104, 140, 66), (236, 240, 230), 6.0),
        CourtColours((124, 154, 86), (102, 136, 70), (236, 240, 230), 6.0),
    ),
    "indoor": (
        CourtColours((58, 84, 138), (40, 50, 74), (236, 240, 246), 2.4),
        CourtColours((64, 108, 100), (50, 60, 70), (236, 240, 246), 2.4),
    ),
}
BOARDS: dict[str, tuple[Colour, ...]] = {
    "hard_blue": ((28, 52, 104), (22, 36, 70), (30, 74, 60)),
    "hard_green": ((24, 66, 48), (32, 60, 52), (30, 44, 80)),
    "clay": ((20, 78, 56), (26, 66, 54), (96, 40, 34)),
    "grass": ((22, 62, 40), (52, 34, 84), (26, 70, 44)),
    "indoor": ((20, 26, 44), (16, 18, 26), (28, 40, 54)),
}
SHIRTS: tuple[Colour, ...] = (
    (235, 236, 238), (196, 38, 48), (30, 60, 140), (24, 26, 32), (240, 196, 40), (60, 160, 170),
    (236, 120, 60), (120, 190, 90), (232, 120, 160), (90, 60, 130),
)  # fmt: skip
UNIFORMS: tuple[Colour, ...] = (
    (28, 40, 78),
    (88, 146, 190),
    (226, 228, 230),
    (176, 62, 40),
    (60, 104, 84),
    (48, 46, 60),
)
SHORTS: tuple[Colour, ...] = ((236, 236, 238), (28, 30, 38), (40, 56, 100), (110, 112, 118), (150, 40, 46))
SKIN: tuple[Colour, ...] = ((232, 188, 160), (214, 164, 132), (186, 132, 98), (136, 92, 66), (98, 66, 48))
HAIR: tuple[Colour, ...] = ((40, 30, 24), (74, 50, 32), (22, 20, 20), (168, 128, 74), (110, 76, 46))
CROWD: tuple[Colour, ...] = (
    (226, 228, 232), (236, 238, 240), (60, 84, 130), (40, 44, 54), (150, 50, 52), (200, 180, 150), (120, 136, 150),
    (90, 110, 90), (216, 150, 90), (170, 196, 214), (88, 70, 66), (228, 206, 110), (70, 70, 78),
)  # fmt: skip
BALL: Colour = (214, 236, 78)


def pick(choices: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    """One of several colours, each time a little different."""
    base = np.array(choices[int(rng.integers(len(choices)))]) + rng.normal(0, 5, 3)
    r, g, b = np.clip(base, 8, 250)
    return float(r), float(g), float(b)
