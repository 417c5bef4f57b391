"""Colours of the overlay and the court map, RGB.

Orange, sky blue and reddish purple stay apart under every common colour vision deficiency (Okabe and Ito 2008, "Color
universal design"), brightened here for video; none of them is ever the only sign of anything.
"""

from tennalytix.schema.tracks import Role

Rgb = tuple[int, int, int]

NEAR: Rgb = (255, 170, 40)
FAR: Rgb = (110, 205, 255)
BALL: Rgb = (255, 92, 178)
COURT: Rgb = (240, 228, 66)
EVENT: Rgb = (255, 255, 255)
INK: Rgb = (18, 20, 24)
PAPER: Rgb = (250, 250, 248)
GREY: Rgb = (150, 154, 160)


def role_rgb(role: Role) -> Rgb:
    """The colour of a player."""
    return NEAR if role == "near" else FAR
