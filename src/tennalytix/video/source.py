"""Videos as streams of frames with exact times: all of them, those of a clip, or a few from anywhere."""

import hashlib
import logging
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import av
import numpy as np

from tennalytix.core.tables import FrameTable
from tennalytix.video.container import OpenVideo
from tennalytix.video.cursor import Cursor
from tennalytix.video.file_check import OutOfReachError, VideoError, blocks, file_state
from tennalytix.video.frame import Frame
from tennalytix.video.info import VideoInfo
from tennalytix.video.losses import Loss, LossFinder, describe_losses
from tennalytix.video.names import printable
from tennalytix.video.orientation import Orientation
from tennalytix.video.pixels import Pixels
from tennalytix.video.prefetch import Patience, prefetch
from tennalytix.video.rate import rate_and_duration
from tennalytix.video.timeline import Timeline

__all__ = ["VideoError", "VideoSource"]

T = TypeVar("T")

logger = logging.getLogger(__name__)

STALL_S = 60.0


class ShownFrame(NamedTuple):
    """A frame as the decoder delivers it, its time in seconds, and whether frames are missing just before it."""

    frame: av.VideoFrame
    time_s: float
    after_gap: bool


@dataclass(frozen=True, slots=True)
class VideoSource:
    """A picklable handle on a video file; nothing is opened before it is asked for.

    Pixels are taken as they are stored: a video whose pixels are not square comes out as it was sampled, and interlaced
    frames come out woven.

    Attributes:
        path: of a file on a local disk.
        thread_count: threads of the decoder, 0 for one a core; each holds a frame.
        stall_s: a file that gives nothing for so long, as on a drive that is gone, counts as unreadable.
        shown_s: for how long it was found to show pictures, where that is known. If the file's own times end earlier,
            its clock starts anew on the way, and places are found by decoding alone.
    """

    path: str
    thread_count: int = 2
    stall_s: float = STALL_S
    shown_s: float | None = None

    def __post_init__(self) -> None:
        if self.thread_count < 0:
            raise ValueError(f"thread_count must not be negative, got {self.thread_count}. Use 0 for one a core.")
        if not self.stall_s > 0:
            raise ValueError(f"stall_s must be positive, got {self.stall_s}.")

    def showing(self, shown_s: float) -> "VideoSource":
        """The same video, known to show pictures for so long."""
        return replace(self, shown_s=shown_s)

    def probe(self) -> VideoInfo:
        """Reads all packets and decodes one frame; what a header claims is not relied on.

        Raises:
            FileNotFoundError: no such file.
            VideoError: not a video, no video stream, or nothing that decodes.
        """
        return next(self._watched(self._probed))

    def frames(self, table: FrameTable | None = None) -> Iterator[Frame]:
        """All frames in order, or those of `table` with what it knows of them, seeking to the first if that saves work.

        Damaged stretches are passed over, and a file that is cut short ends early; both are logged. A thread
        reads one frame ahead.

        Raises:
            FileNotFoundError: no such file.
            VideoError: not a video, no video stream, or (without a table) nothing that decodes.
            OutOfReachError: it cannot be read, or ends before a frame of the table that was in it.
        """
        if table is None:
            yield from self._watched(self._all_frames)
        elif len(table):
            yield from self._watched(lambda path, patience: self._rows(path, patience, table, range(len(table))))

    def frames_at(self, table: FrameTable, frame_indices: Sequence[int]) -> Iterator[Frame]:
        """Only the frames with these indices in the source video, seeking where that saves decoding.

        Args:
            table: has a row for each of them.
            frame_indices: rising.

        Raises:
            ValueError: indices that do not rise or are not in the table.
            FileNotFoundError: no such file.
            VideoError: not a video, or no video stream.
            OutOfReachError: as `frames`.
        """
        indices = np.asarray(frame_indices, dtype=np.int64)
        if np.any(np.diff(indices) <= 0):
            raise ValueError("frame_indices must rise, got some that do not. Sort them and drop doubles.")
        unknown = indices[~np.isin(indices, table.frame_index)]
        if len(unknown):
            raise ValueError(f"frame_indices must be rows of the table, got {unknown[0]}.")
        rows = np.searchsorted(table.frame_index, indices).tolist()
        return self._watched(lambda path, patience: self._rows(path, patience, table, rows)) if rows else iter(())

    def timed(self, losses: list[Loss] | None = None) -> Iterator[ShownFrame]:
        """All frames as the decoder delivers them; see `frames` for the errors.

        Args:
            losses: what is missing is added to it, in order.
        """
        return self._watched(lambda path, patience: self._timed(path, patience, [] if losses is None else losses))

    def sha256(self) -> str:
        """Digest of the file's content, in hexadecimal; see `probe` for the errors."""
        with self.unchanged():
            return next(self._watched(self._hashed))

    def state(self) -> tuple[int, int, int]:
        """What changes when the file does: size, time of the last change in nanoseconds, identity.

        Raises:
            FileNotFoundError: no such file.
            VideoError: no file that may be read.
        """
        return next(self._watched(self._state))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Reading within it counts only if the file stays the same, as one that is still being copied does not.

        Raises:
            FileNotFoundError: no such file, before or after.
            VideoError: no file that may be read, or one that has changed.
        """
        before = self.state()
        yield
        if self.state() != before:
            raise VideoError(f"{_name(self.path)} changed while it was being read. Run again when it is complete.")

    def watched(self, read: Callable[[str, Patience], Iterator[T]]) -> Iterator[T]:
        """What `read` gives of the file: for ways of reading that have no method here; see `probe` for the errors.

        Args:
            read: is given the path, and what to tell of every sign of life; it runs in a thread that is given up if it
                gets stuck.
        """
        return self._watched(read)

    def _state(self, path: str, _: Patience) -> Iterator[tuple[int, int, int]]:
        yield file_state(path)

    def _hashed(self, path: str, patience: Patience) -> Iterator[str]:
        digest = hashlib.sha256()
        for block in blocks(path):
            patience.beat()
            digest.update(block)
        yield digest.hexdigest()

    def _watched(self, read: Callable[[str, Patience], Iterator[T]]) -> Iterator[T]:
        """What `read` gives of the file, read in a thread that is given up if it gets stuck."""
        path, patience = self.path, Patience(self.stall_s)
        try:
            yield from prefetch(read(path, patience), 1, patience)
        except TimeoutError as error:
            raise OutOfReachError(
                f"{_name(path)} cannot be read: nothing came from it for {self.stall_s:g} s."
            ) from error

    def _probed(self, path: str, patience: Patience) -> Iterator[VideoInfo]:
        with OpenVideo(path, 1, patience) as video:
            shown: array[int] = array("q")
            count = 0
            first: av.VideoFrame | None = None
            for packet in video.packets():
                if not packet.is_discard:
                    count += 1
                    if packet.pts is not None:
                        shown.append(packet.pts)
                if first is None:
                    first = next(iter(video.decode(packet)), None)
            yield _info(video, shown, count, first or next(iter(video.decode(None)), None))

    def _timed(self, path: str, patience: Patience, losses: list[Loss]) -> Iterator[ShownFrame]:
        with OpenVideo(path, self.thread_count, patience) as video:
            finder, item = LossFinder(), None
            for item in Timeline(video.time_base, 1 / video.claimed_rate).timed(video.frames()):
                loss = finder.before(item.time_s, item.evidence)
                if loss is not None:
                    losses.append(loss)
                yield ShownFrame(item.frame, item.time_s, loss is not None)
            if item is None:
                raise VideoError(f"{video.name} has no decodable frames.")
            last = finder.at_end(video.at_end, video.not_read)
            if last is not None:
                losses.append(last)
            if losses:
                logger.warning("%s: %s", video.name, " ".join(describe_losses(losses)))

    def _all_frames(self, path: str, patience: Patience) -> Iterator[Frame]:
        orientation = None
        for index, item in enumerate(self._timed(path, patience, [])):
            orientation = orientation or Orientation.of_frame(item.frame)
            yield Frame(index, item.time_s, Pixels(item.frame, orientation))

    def _rows(self, path: str, patience: Patience, table: FrameTable, rows: Sequence[int]) -> Iterator[Frame]:
        orientation = None
        with Cursor(path, self.thread_count, patience, self.shown_s) as cursor:
            for row in rows:
                index, time_s = int(table.frame_index[row]), float(table.time_s[row])
                frame = cursor.frame_at(index, time_s)
                if frame is None:
                    if cursor.ended_before(time_s):
                        raise OutOfReachError(
                            f"{_name(path)} ends before a frame at {time_s:.2f} s that was in it. Run ingestion again."
                        )
                    continue
                orientation = orientation or Orientation.of_frame(frame)
                pixels, repeated, segment = Pixels(frame, orientation), table.repeated[row], table.segment[row]
                yield Frame(index, time_s, pixels, bool(repeated), int(segment), table.reference_from_image[row])


def _name(path: str) -> str:
    return printable(Path(path).name)


def _info(video: OpenVideo, shown: "array[int]", count: int, first: av.VideoFrame | None) -> VideoInfo:
    if first is None:
        raise VideoError(f"{video.name} has no decodable frames.")
    rate, duration_s = rate_and_duration(shown, count, video.time_base, video.claimed_rate)
    orientation = Orientation.of_frame(first)
    width, height = (first.height, first.width) if orientation.transpose else (first.width, first.height)
    codec = video.stream.codec_context.name
    return VideoInfo(width, height, rate, count, duration_s, codec, orientation.clockwise_deg, video.claimed_s)
