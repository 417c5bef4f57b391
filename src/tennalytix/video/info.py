"""What a video is, before any of it is worked on."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What can be told of a video by reading its packets, without decoding more than one frame.

    Attributes:
        width: pixels, upright (rotation metadata applied).
        height: pixels, upright.
        frame_rate: frames per second; the mean rate where the spacing of the frames varies.
        frame_count: packets that are shown, without those that an edit list hides. A damaged file may decode to fewer
            frames.
        duration_s: from the first shown frame to the end of the last one.
        codec: name of the codec, such as "h264".
        rotation_deg: turn that rotation metadata asks for, clockwise, in [0, 360).
        claimed_s: duration by the header, of formats whose header has one that may be wrong.
    """

    width: int
    height: int
    frame_rate: Fraction
    frame_count: int
    duration_s: float
    codec: str
    rotation_deg: int
    claimed_s: float | None = None

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height
