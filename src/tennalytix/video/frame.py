"""One decoded frame and what is known about it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import IDENTITY
from tennalytix.video.pixels import Pixels, chroma_of, luma_of, reduced_rgb, small_luma_of


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """A decoded frame.

    Attributes:
        index: counted from 0 in the source video.
        time_s: presentation time from the video's start.
        pixels: as they were decoded, or uint8, (h, w, 3), RGB.
        repeated: the frame only repeats the one before.
        segment: see `core.tables.FrameTable`; a detector forgets what it knows when it changes.
        reference_from_image: (3, 3), takes pixels of this frame to pixels of its segment's first frame.
    """

    index: int
    time_s: float
    pixels: Pixels | NDArray[np.uint8] = field(repr=False)
    repeated: bool = False
    segment: int = 0
    reference_from_image: NDArray[np.float64] = field(default_factory=lambda: IDENTITY, repr=False)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.size_wh if isinstance(self.pixels, Pixels) else self.pixels.shape[1::-1]

    @property
    def image(self) -> NDArray[np.uint8]:
        """uint8, (h, w, 3), RGB, upright (rotation metadata applied). Do not write to it."""
        return self.pixels.rgb() if isinstance(self.pixels, Pixels) else self.pixels

    @property
    def luma(self) -> NDArray[np.uint8]:
        """uint8, (h, w), brightness, upright: all but free for a decoded frame. Do not write to it."""
        return self.pixels.luma() if isinstance(self.pixels, Pixels) else luma_of(self.pixels)

    def small_luma(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Brightness at another size, uint8, (h, w), by the pixels nearest to each place: cheaper than `luma`."""
        if isinstance(self.pixels, Pixels):
            return self.pixels.small_luma(size_wh)
        return small_luma_of(luma_of(self.pixels), size_wh)

    def chroma(self, factor: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Red and blue difference (Cr, Cb), uint8, each (h // factor, w // factor), 128 for grey."""
        return self.pixels.chroma(factor) if isinstance(self.pixels, Pixels) else chroma_of(self.pixels, factor)

    def reduced(self, factor: int) -> NDArray[np.uint8]:
        """RGB reduced by averaging, uint8, (h // factor, w // factor, 3), without a picture of full size on the way.

        Args:
            factor: even, for speed; others go through the full-size picture.
        """
        return self.pixels.reduced(factor) if isinstance(self.pixels, Pixels) else reduced_rgb(self.pixels, factor)
