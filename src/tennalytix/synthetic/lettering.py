"""Boards with invented lettering."""

import cv2
import numpy as np

from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.palette import Colour

WORDS = (
    "TENNALYTIX",
    "BASELINE",
    "TOPSPIN",
    "OPEN COURT",
    "RALLY",
    "ACE+",
    "DEUCE",
    "love:all",
    "SLICE",
    "GRAND STAND",
)
_FONTS = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX)


def board(
    length_m: float,
    height_m: float,
    colour: Colour,
    rng: np.random.Generator,
    *,
    every_m: float = 6.0,
    px_per_m: float = 110.0,
) -> Image:
    """A strip of advertising: words and signs, spaced along it."""
    image: Image = np.empty((max(int(height_m * px_per_m), 8), max(int(length_m * px_per_m), 8), 3), np.uint8)
    image[:] = np.clip(np.array(colour), 0, 255)
    light = (238.0, 240.0, 242.0) if sum(colour) < 400 else (30.0, 36.0, 48.0)
    x = float(rng.uniform(0.1, 0.3)) * every_m
    while x < length_m - every_m * 0.5:
        word = WORDS[int(rng.integers(len(WORDS)))]
        _write(
            image, word, (x * px_per_m, image.shape[0] / 2), image.shape[0] * float(rng.uniform(0.32, 0.5)), light, rng
        )
        x += every_m * float(rng.uniform(0.9, 1.25))
    return image


def _write(
    image: Image,
    word: str,
    left_middle: tuple[float, float],
    height_px: float,
    colour: Colour,
    rng: np.random.Generator,
) -> None:
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    scale = height_px / 22.0
    x, y = int(left_middle[0]), int(left_middle[1] + height_px / 2)
    if rng.random() < 0.35:
        radius = int(height_px * 0.62)
        cv2.circle(image, (x + radius, int(left_middle[1])), radius, colour, max(2, radius // 4), cv2.LINE_AA)
        x += int(radius * 2.6)
    cv2.putText(image, word, (x, y), font, scale, colour, max(1, int(scale * 2.4)), cv2.LINE_AA)
