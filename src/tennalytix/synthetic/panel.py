"""Graphics that fill the picture: the score between games."""

import cv2
import numpy as np

from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.lettering import WORDS


def score_panel(size_wh: tuple[int, int], rng: np.random.Generator) -> Image:
    """Rows of names and numbers on a shaded ground, (h, w, 3)."""
    width, height = size_wh
    shade = np.linspace(0.5, 1.2, height)[:, None, None] * rng.uniform(20, 110, 3)
    panel: Image = np.clip(np.broadcast_to(shade, (height, width, 3)), 0, 255).astype(np.uint8)
    rows, left = int(rng.integers(2, 6)), int(width * rng.uniform(0.04, 0.35))
    first, apart = rng.uniform(0.08, 0.22), rng.uniform(0.13, 0.17)
    ground = (236, 238, 242) if rng.random() < 0.5 else (120, 160, 205)
    for row in range(rows):
        top = int(height * (first + apart * row))
        cv2.rectangle(panel, (left, top), (left + 3 * width // 5, top + height // 9), ground, -1)
        word, scale = WORDS[int(rng.integers(len(WORDS)))], height / 400
        numbers = "  ".join(str(int(n)) for n in rng.integers(0, 7, 3))
        for text, x in ((word, left + 8), (numbers, left + 2 * width // 5)):
            place = (x, top + height // 12)
            cv2.putText(panel, text, place, cv2.FONT_HERSHEY_DUPLEX, scale, (24, 30, 48), 1, cv2.LINE_AA)
    return panel
