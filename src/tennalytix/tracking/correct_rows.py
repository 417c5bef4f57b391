"""Where a person's corrections fall in a clip, and which gaps beside them are to be filled anew."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tennalytix.core.tables import Flags, Floats, FrameTable, Ints
from tennalytix.tracking.ball_time import taken_s


@dataclass(frozen=True, eq=False, slots=True)
class Pictures:
    """The distinct pictures of a clip: its frames without those that repeat the one before.

    Attributes:
        frames: the clip's frames.
        row: (m,), rows of the frame table that show a new picture.
        of_row: (n,), the picture that each row of the frame table shows.
        time_s: (m,), when it was taken, counted within its segment.
        segment: (m,)
    """

    frames: FrameTable
    row: Ints
    of_row: Ints
    time_s: Floats
    segment: Ints

    @classmethod
    def of(cls, frames: FrameTable) -> "Pictures":
        """Those of a clip of at least one frame; a first frame counts as new."""
        fresh = ~frames.repeated
        fresh[0] = True
        row = np.flatnonzero(fresh)
        segment = frames.segment[row]
        time_s = np.zeros(len(row))
        for number in np.unique(segment):
            part = frames.segment == number
            times = taken_s(_rows(frames, np.flatnonzero(part), fresh))
            time_s[segment == number] = times
        return cls(frames, row, np.cumsum(fresh) - 1, time_s, segment)

    def within(self, first_frame: int, last_frame: int) -> Ints:
        """The pictures that these frames show, both ends included.

        Raises:
            ValueError: a frame outside the clip.
        """
        index = self.frames.frame_index
        for frame in (first_frame, last_frame):
            if not index[0] <= frame <= index[-1]:
                raise ValueError(f"frame_index must lie in the clip, frames {index[0]} to {index[-1]}, got {frame}.")
        return np.unique(self.of_row[(index >= first_frame) & (index <= last_frame)])

    def joined(self, one: int, other: int, absent: Flags, max_gap_s: float) -> bool:
        """Whether what lies between two pictures may be filled in."""
        if self.segment[one] != self.segment[other] or absent[one:other].any():
            return False
        return bool(self.time_s[other] - self.time_s[one] <= max_gap_s + 1e-9)

    def gaps(self, known: Flags, corrected: Flags, absent: Flags, max_gap_s: float) -> list[tuple[int, int]]:
        """Neighbouring known pictures with unknown ones between them, of which a person set one or both."""
        at = np.flatnonzero(known).tolist()
        return [
            (a, b)
            for a, b in pairwise(at)
            if b - a > 1 and (corrected[a] or corrected[b]) and self.joined(a, b, absent, max_gap_s)
        ]

    def spans(self, corrected: Flags, absent: Flags, max_gap_s: float) -> list[tuple[int, int]]:
        """Neighbouring pictures that a person set, with others between them."""
        at = np.flatnonzero(corrected).tolist()
        pairs = pairwise(at)
        return [(a, b) for a, b in pairs if b - a > 1 and self.joined(a, b, absent, max_gap_s)]


def check_inside(name: str, xy: tuple[float, float], frame_index: int, size_wh: tuple[int, int]) -> None:
    """Raises ValueError unless a place lies in the picture."""
    width, height = size_wh
    if not (-0.5 <= xy[0] <= width - 0.5 and -0.5 <= xy[1] <= height - 0.5):
        raise ValueError(
            f"{name} of frame {frame_index} must lie in the picture of {width}x{height} pixels, got {tuple(xy)}."
        )


def _rows(frames: FrameTable, rows: Ints, fresh: Flags) -> FrameTable:
    return FrameTable(
        frames.frame_index[rows],
        frames.time_s[rows],
        ~fresh[rows],
        frames.segment[rows],
        frames.reference_from_image[rows],
    )
