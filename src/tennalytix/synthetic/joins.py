"""How one shot passes into the next, and flashes that are no cuts."""

from typing import Literal

import cv2
import numpy as np

from tennalytix.synthetic.canvas import Image

Join = Literal["cut", "dissolve", "fade", "wipe"]

_BAR_SHARE = 0.06
_BAR = (228, 190, 52)


def blend(old: Image, new: Image, share: float, join: Join) -> Image:
    """A picture on the way from one shot to the next.

    Args:
        old: (h, w, 3)
        new: (h, w, 3)
        share: how much of the new one is seen, [0, 1].
        join: a wipe uncovers it from the left, behind a bright bar; anything else mixes.
    """
    if join != "wipe":
        return np.asarray(cv2.addWeighted(new, share, old, 1 - share, 0.0), dtype=np.uint8)
    width = old.shape[1]
    bar = round(_BAR_SHARE * width)
    edge = round(share * (width + bar))
    image = old.copy()
    image[:, : max(edge - bar, 0)] = new[:, : max(edge - bar, 0)]
    image[:, max(edge - bar, 0) : edge] = _BAR
    return image


def darkened(image: Image, light: float) -> Image:
    """The picture with a share of its light, [0, 1]."""
    return np.asarray(cv2.convertScaleAbs(image, alpha=light), dtype=np.uint8)


def flashed(image: Image) -> Image:
    """The picture under a photographer's flash."""
    return np.asarray(cv2.convertScaleAbs(image, alpha=0.35, beta=165), dtype=np.uint8)
