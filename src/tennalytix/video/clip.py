"""A clip: a stretch of a source video, opened in the right place, never copied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tennalytix.core.tables import FrameTable
from tennalytix.video.frame import Frame
from tennalytix.video.source import VideoSource


@dataclass(frozen=True, slots=True)
class Clip:
    """A picklable handle on consecutive frames of a video; nothing is opened before frames are asked for.

    Attributes:
        clip_id: names the clip in storage.
        source: the video.
        table: one row a frame of the clip.
        size_wh: width and height of its frames, upright.
    """

    clip_id: str
    source: VideoSource
    table: FrameTable
    size_wh: tuple[int, int]

    def frames(self) -> Iterator[Frame]:
        """All frames in order, each with what the table knows of it.

        Raises:
            VideoError: the video cannot be opened. Damage on the way ends the stream early; a caller counts.
        """
        return self.source.frames(self.table)

    def frames_at(self, frame_indices: Sequence[int]) -> Iterator[Frame]:
        """Only these frames (ascending indices in the source video), seeking where that saves decoding."""
        return self.source.frames_at(self.table, frame_indices)
