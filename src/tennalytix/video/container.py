"""One open video file: packets and frames from any place in it, whatever is wrong with it."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

logger = logging.getLogger(__name__)

# Containers of moving pictures by their FFmpeg names: still pictures and text are none, and playlists would open other
# files or addresses.
FORMATS = (
    "mov,mp4,matroska,webm,mpegts,mpeg,avi,flv,asf,ogg,mxf,"
    "h264,hevc,vvc,m4v,mpegvideo,ivf,obu,wtv,rm,dv,gxf,nut,yuv4mpegpipe"
)
# Formats that store a time with every frame, by which it is known again after a seek.
SEEKABLE = {"mov", "matroska", "mpegts"}
STEPS_BACK_S = (0, 1, 5, 30)
# Larger frames are likelier to come from a broken header than from a camera.
MAX_PIXELS = 2**26
DEFAULT_RATE = Fraction(25)


class VideoError(ValueError):
    """A file that cannot be used as a video; the message says why in one sentence."""


class OpenVideo:
    """A context manager around one open container.

    Attributes:
        name: of the file, for messages.
        stream: its first video stream that is not a cover picture.
    """

    def __init__(self, path: str, thread_count: int) -> None:
        self.name = Path(path).name
        self._container = _open_container(path)
        try:
            self.stream = _video_stream(self._container, self.name)
        except VideoError:
            self._container.close()
            raise
        self.stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        self.stream.thread_type = "AUTO"
        self.stream.thread_count = thread_count
        self._packets_read = self._packets_damaged = 0
        self._key_pts: int | None = None
        self._from_start = True
        self._size_wh: tuple[int, int] | None = None

    def __enter__(self) -> "OpenVideo":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; may be called twice."""
        self._container.close()

    @property
    def time_base(self) -> Fraction:
        """Seconds per tick of the pts of packets and frames."""
        return self.stream.time_base or Fraction(1, 90_000)

    @property
    def claimed_rate(self) -> Fraction:
        """Frames per second by the header, 25 where it says nothing."""
        return self.stream.guessed_rate or self.stream.average_rate or DEFAULT_RATE

    @property
    def can_seek(self) -> bool:
        """Whether frames keep their times after a seek."""
        return not SEEKABLE.isdisjoint(self._container.format.name.split(","))

    def packets(self) -> Iterator["Packet[VideoStream]"]:
        """Packets from here to the end, without the empty one that ends the stream; a damaged end ends them quietly."""
        try:
            for packet in self._container.demux(self.stream):
                if packet.size:
                    self._packets_read += 1
                    yield packet
        except (av.error.FFmpegError, EOFError) as error:
            logger.debug("%s: reading stopped: %s", self.name, error)
            self._packets_damaged += 1

    def decode(self, packet: "Packet[VideoStream] | None") -> list[av.VideoFrame]:
        """Frames that a packet brings out of the decoder, all that are left in it for None; none if it is damaged.

        Where the size changes on the way, as in recordings that were joined, frames are scaled to that of the first.
        """
        try:
            frames = self.stream.decode(packet)
        except EOFError:
            return []
        except av.error.FFmpegError as error:
            logger.debug("%s: a packet was not decoded: %s", self.name, error)
            self._packets_damaged += 1
            return []
        return [self._of_one_size(frame) for frame in frames]

    def frames(self) -> Iterator[av.VideoFrame]:
        """Decodes from here to the end, passing over what is damaged; says once in the log what was lost."""
        for packet in self.packets():
            if self._key_pts is None and packet.is_keyframe:
                self._key_pts = packet.pts
            yield from self.decode(packet)
        yield from self.decode(None)
        self._warn_of_loss()

    def seek(self, pts: int) -> Iterator[av.VideoFrame] | None:
        """Frames from a key frame at or before `pts` (in ticks), None where the file does not allow it.

        The first few may be earlier than the key frame, and broken: do not use any before `pts`.
        """
        self._from_start = False
        for back_s in STEPS_BACK_S:
            try:
                self._container.seek(pts - int(back_s / self.time_base), stream=self.stream)
            except (av.error.FFmpegError, OverflowError):
                continue
            self._key_pts = None
            frames = self.frames()
            first = next(frames, None)
            if first is not None and self._key_pts is not None and self._key_pts <= pts:
                return chain([first], frames)
        return None

    def has_key_frame_between(self, after_pts: int, pts: int) -> bool:
        """Whether seeking to `pts` can land later than `after_pts`; True where the index does not reach so far."""
        entries = self.stream.index_entries
        found = entries.search_timestamp(pts, backward=True) if len(entries) else -1
        return found < 0 or found == len(entries) - 1 or entries[found].timestamp > after_pts

    def _of_one_size(self, frame: av.VideoFrame) -> av.VideoFrame:
        size_wh = frame.width, frame.height
        self._size_wh = self._size_wh or size_wh
        return frame if size_wh == self._size_wh else frame.reformat(*self._size_wh, threads=1)

    def _warn_of_loss(self) -> None:
        missing = max(0, self.stream.frames - self._packets_read) if self._from_start else 0
        if self._packets_damaged or missing:
            logger.warning("%s is damaged: %d packets lost, %d missing.", self.name, self._packets_damaged, missing)


def _open_container(path: str) -> InputContainer:
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    if not file.is_file():
        raise VideoError(f"{file.name} is not a video file: it is a folder.")
    if file.stat().st_size == 0:
        raise VideoError(f"{file.name} is not a video file: it is empty.")
    try:
        # The prefix keeps a colon in the name from being taken for a protocol.
        return av.open(f"file:{path}", options={"format_whitelist": FORMATS, "protocol_whitelist": "file"})
    except av.error.PermissionError as error:
        raise VideoError(f"{file.name} may not be read.") from error
    except (av.error.FFmpegError, EOFError) as error:
        raise VideoError(f"{file.name} is not a video file: no known video format was found in it.") from error


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        if stream.width * stream.height > MAX_PIXELS:
            raise VideoError(f"{name} has frames of {stream.width}x{stream.height} pixels, too many to work on.")
        return stream
    raise VideoError(f"{name} has no video stream.")
