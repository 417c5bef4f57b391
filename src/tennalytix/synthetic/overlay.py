"""The score in a corner of the picture."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from tennalytix.synthetic.canvas import Image

_NAMES = ("ALDER", "BIRCH", "CEDAR", "HAZEL", "LINDEN", "MAPLE", "ROWAN", "WILLOW")
_POINTS = ("0", "15", "30", "40")


@dataclass(frozen=True, eq=False, slots=True)
class ScoreBox:
    """A small opaque picture and its place.

    Attributes:
        picture: (h, w, 3).
        left, top: place in the frame.
    """

    picture: Image = field(repr=False)
    left: int
    top: int

    @classmethod
    def random(cls, size_wh: tuple[int, int], rng: np.random.Generator) -> "ScoreBox":
        """Names, games and points of a match."""
        width, height = max(int(size_wh[0] * 0.165), 24), max(int(size_wh[1] * 0.078), 14)
        big = np.full((height * 4, width * 4, 3), (16, 18, 26), np.uint8)
        names = rng.choice(len(_NAMES), 2, replace=False)
        accent = [(226, 178, 44), (60, 150, 220), (200, 60, 60)][int(rng.integers(3))]
        row = big.shape[0] // 2
        cv2.rectangle(big, (int(big.shape[1] * 0.62), 0), (int(big.shape[1] * 0.76), big.shape[0]), accent, -1)
        for i in range(2):
            base, scale = int(row * (i + 0.72)), row / 46
            cells = (
                (_NAMES[names[i]], 0.07),
                (str(int(rng.integers(0, 6))), 0.66),
                (_POINTS[int(rng.integers(4))], 0.80),
            )
            for text, share in cells:
                cv2.putText(
                    big,
                    text,
                    (int(big.shape[1] * share), base),
                    cv2.FONT_HERSHEY_DUPLEX,
                    scale,
                    (244, 244, 246),
                    max(1, int(scale * 2)),
                    cv2.LINE_AA,
                )
        picture = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
        return cls(picture, int(size_wh[0] * 0.075), int(size_wh[1] * 0.855))

    def lay_on(self, image: Image) -> None:
        """Draws it, in place."""
        height, width = self.picture.shape[:2]
        image[self.top : self.top + height, self.left : self.left + width] = self.picture
