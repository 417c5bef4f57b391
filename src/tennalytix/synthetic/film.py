"""Focus, tone, the sensor's noise and the encoder's blocks."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.conditions import Finish

_MARGIN = 61
Tile = NDArray[np.int16]


class Film:
    """Finishes a picture, in the same way for the same exposure.

    A tile of noise larger than the picture is made once and laid over each exposure at another place, mirrored or not.
    """

    def __init__(self, noise: float, size_wh: tuple[int, int], seed: int, finish: Finish) -> None:
        self._size_wh, self._seed, self._finish = size_wh, seed, finish
        shape = (size_wh[1] + _MARGIN, size_wh[0] + _MARGIN, 3)
        rng = np.random.default_rng([seed, 8])
        grain = rng.normal(0, 1, shape[:2]).astype(np.float32)[..., None] + 0.5 * rng.normal(0, 1, shape).astype(
            np.float32
        )
        self._tile = np.clip(np.rint(noise / np.sqrt(1.25) * grain), -127, 127).astype(np.int16) if noise > 0 else None

    def expose(self, image: Image, exposure: int) -> Image:
        """The picture as it comes out of the file."""
        developed = self._finish.develop(image)
        return self._finish.compress(developed if self._tile is None else self._noisy(developed, self._tile, exposure))

    def _noisy(self, image: Image, tile: Tile, exposure: int) -> Image:
        rng = np.random.default_rng([self._seed, 9, exposure])
        left, top = rng.integers(0, _MARGIN, 2)
        width, height = self._size_wh
        part = tile[top : top + height, left : left + width]
        if rng.random() < 0.5:
            part = part[:, ::-1]
        result: Image = cv2.add(image, np.ascontiguousarray(part), dtype=cv2.CV_8U).astype(np.uint8)
        return result
