"""One decoded frame and what is known about it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import IDENTITY


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """A decoded frame.

    Attributes:
        index: counted from 0 in the source video.
        time_s: presentation time from the video's start.
        image: uint8, (h, w, 3), RGB, upright (rotation metadata applied). Do not write to it.
        repeated: the frame only repeats the one before.
        segment: see `core.tables.FrameTable`; a detector forgets what it knows when it changes.
        reference_from_image: (3, 3), takes pixels of this frame to pixels of its segment's first frame.
    """

    index: int
    time_s: float
    image: NDArray[np.uint8] = field(repr=False)
    repeated: bool = False
    segment: int = 0
    reference_from_image: NDArray[np.float64] = field(default_factory=lambda: IDENTITY, repr=False)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]
