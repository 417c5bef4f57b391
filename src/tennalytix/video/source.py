"""Videos as streams of frames with exact times: all of them, those of a clip, or a few from anywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.tables import FrameTable
from tennalytix.video.container import OpenVideo, VideoError
from tennalytix.video.cursor import Cursor
from tennalytix.video.frame import Frame
from tennalytix.video.info import VideoInfo
from tennalytix.video.orientation import Orientation
from tennalytix.video.rate import rate_and_duration
from tennalytix.video.timeline import TimedFrame, Timeline

__all__ = ["VideoError", "VideoSource"]


@dataclass(frozen=True, slots=True)
class VideoSource:
    """A picklable handle on a video file; nothing is opened before it is asked for.

    Pixels are taken as they are stored: a video whose pixels are not square comes out as it was sampled, and interlaced
    frames come out woven.

    Attributes:
        path: of a file on a local disk.
        thread_count: threads of the decoder, 0 for one a core; each holds a frame.
    """

    path: str
    thread_count: int = 2

    def __post_init__(self) -> None:
        if self.thread_count < 0:
            raise ValueError(f"thread_count must not be negative, got {self.thread_count}. Use 0 for one a core.")

    def probe(self) -> VideoInfo:
        """Reads all packets and decodes one frame; what a header claims is not relied on.

        Raises:
            FileNotFoundError: no such file.
            VideoError: not a video, no video stream, or nothing that decodes.
        """
        with OpenVideo(self.path, thread_count=1) as video:
            shown: list[int | None] = []
            first: av.VideoFrame | None = None
            for packet in video.packets():
                if not packet.is_discard:
                    shown.append(packet.pts)
                if first is None:
                    first = next(iter(video.decode(packet)), None)
            return _info(video, shown, first or next(iter(video.decode(None)), None))

    def frames(self, table: FrameTable | None = None) -> Iterator[Frame]:
        """All frames in order, or those of `table` with what it knows of them, seeking to the first if that saves work.

        Damaged stretches are passed over, and a file that is cut short ends early; both are logged.

        Raises:
            FileNotFoundError: no such file.
            VideoError: not a video, no video stream, or (without a table) nothing that decodes.
        """
        if table is None:
            yield from self._all_frames()
        else:
            yield from self._rows(table, range(len(table)))

    def frames_at(self, table: FrameTable, frame_indices: Sequence[int]) -> Iterator[Frame]:
        """Only the frames with these indices in the source video, seeking where that saves decoding.

        Args:
            table: has a row for each of them.
            frame_indices: rising.

        Raises:
            ValueError: indices that do not rise or are not in the table.
            FileNotFoundError: no such file.
            VideoError: not a video, or no video stream.
        """
        indices = np.asarray(frame_indices, dtype=np.int64)
        if np.any(np.diff(indices) <= 0):
            raise ValueError("frame_indices must rise, got some that do not. Sort them and drop doubles.")
        unknown = indices[~np.isin(indices, table.frame_index)]
        if len(unknown):
            raise ValueError(f"frame_indices must be rows of the table, got {unknown[0]}.")
        return self._rows(table, np.searchsorted(table.frame_index, indices).tolist())

    def timed(self) -> Iterator[TimedFrame]:
        """All frames as the decoder delivers them, with their times in seconds; see `frames` for the errors."""
        with OpenVideo(self.path, self.thread_count) as video:
            item = None
            for item in Timeline(video.time_base, 1 / video.claimed_rate).timed(video.frames()):
                yield item
            if item is None:
                raise VideoError(f"{video.name} has no decodable frames.")

    def _all_frames(self) -> Iterator[Frame]:
        orientation = None
        for index, (frame, time_s) in enumerate(self.timed()):
            orientation = orientation or Orientation.of_frame(frame)
            yield Frame(index, time_s, _upright_rgb(frame, orientation))

    def _rows(self, table: FrameTable, rows: Sequence[int]) -> Iterator[Frame]:
        if not rows:
            return
        orientation = None
        with Cursor(self.path, self.thread_count) as cursor:
            for row in rows:
                index, time_s = int(table.frame_index[row]), float(table.time_s[row])
                frame = cursor.frame_at(index, time_s)
                if frame is None:
                    continue
                orientation = orientation or Orientation.of_frame(frame)
                image, repeated, segment = _upright_rgb(frame, orientation), table.repeated[row], table.segment[row]
                yield Frame(index, time_s, image, bool(repeated), int(segment), table.reference_from_image[row])


def _upright_rgb(frame: av.VideoFrame, orientation: Orientation) -> NDArray[np.uint8]:
    """The picture as (h, w, 3) RGB, upright, read-only."""
    image: NDArray[np.uint8] = orientation.apply(frame.to_ndarray(format="rgb24", threads=1))
    image.setflags(write=False)
    return image


def _info(video: OpenVideo, shown: list[int | None], first: av.VideoFrame | None) -> VideoInfo:
    if first is None:
        raise VideoError(f"{video.name} has no decodable frames.")
    rate, duration_s = rate_and_duration(shown, video.time_base, video.claimed_rate)
    orientation = Orientation.of_frame(first)
    width, height = (first.height, first.width) if orientation.transpose else (first.width, first.height)
    codec = video.stream.codec_context.name
    return VideoInfo(width, height, rate, len(shown), duration_s, codec, orientation.clockwise_deg)
