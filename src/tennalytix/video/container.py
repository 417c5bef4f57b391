"""One open video file: packets and frames from any place in it, whatever is wrong with it."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, dropwhile
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import av.error
from av.audio.stream import AudioStream
from av.codec.codec import Capabilities
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from tennalytix.video.damage import DamageWatch, Evidence
from tennalytix.video.file_check import STORAGE_FAILS, VideoError, check_file, check_storage
from tennalytix.video.names import printable
from tennalytix.video.prefetch import Patience

logger = logging.getLogger(__name__)

# Containers of moving pictures by their FFmpeg names: still pictures and text are none, and playlists would open other
# files or addresses.
FORMATS = (
    "mov,mp4,matroska,webm,mpegts,mpeg,avi,flv,asf,ogg,mxf,"
    "h264,hevc,vvc,m4v,mpegvideo,ivf,obu,wtv,rm,dv,gxf,nut,yuv4mpegpipe"
)
# Formats that store a time with every frame, by which it is known again after a seek.
SEEKABLE = {"mov", "matroska", "mpegts"}
# Formats whose header claims a duration, written when the recording ended.
CLAIMING = {"matroska", "avi", "flv", "asf"}
# Formats of which FFmpeg never says EIO for damage, as it does of Matroska.
EIO_IS_STORAGE = {"mov", "mpegts"}
STEPS_BACK_S = (0, 1, 5, 30)
# Larger frames are likelier to come from a broken header than from a camera.
MAX_PIXELS = 2**26
# Rates that a header may claim: outside of these it says how it counts time, not how often it was filmed.
DEFAULT_RATE, MIN_RATE, MAX_RATE = Fraction(25), Fraction(1, 100), Fraction(1000)
# Where reading fails it may go on behind; not for ever.
MAX_FAILURES = 20
# A file's own times may end so much before its last picture.
CLOCK_S = 1.0
# Where transport streams are joined, one of the last packets before the next one's key frame is taken for a broken one.
NEAR_KEY = 2

Decoded = tuple[av.VideoFrame, Evidence]
"""A frame, and what speaks for a loss just before it."""


class OpenVideo:
    """A context manager around one open container.

    Attributes:
        name: of the file, for messages.
        stream: its first video stream that is not a cover picture.
        at_end: what speaks for a loss after the last frame; known once `frames` has come to the end.
        last_pts: latest time of a packet that was read, in ticks; None where there was none with a time.
        needless_before: frames shown before this time, in ticks, need not come where no other is built on them; a
            decoder that can leaves them out: up to half of the work. None if all are to come.
    """

    def __init__(self, path: str, thread_count: int, patience: Patience) -> None:
        self.name = printable(Path(path).name)
        self.at_end = Evidence(0, False)
        self.last_pts: int | None = None
        self.needless_before: int | None = None
        self._path, self._patience, self._was_read_whole = path, patience, False
        self._container = _open_container(path, self.name, patience)
        try:
            self.stream = _video_stream(self._container, self.name)
        except VideoError:
            self._container.close()
            raise
        self.stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        self.stream.thread_type = "AUTO"
        self.stream.thread_count = thread_count
        self._packets_read = 0
        self._damage = DamageWatch(0)
        self._key_pts: int | None = None
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
        """Frames per second by the header, 25 where it says nothing or nothing that can be."""
        for rate in (self.stream.guessed_rate, self.stream.average_rate):
            if rate is not None and MIN_RATE <= rate <= MAX_RATE:
                return rate
        return DEFAULT_RATE

    @property
    def claimed_s(self) -> float | None:
        """Seconds that the header claims, where it is not a sum over frames that are there."""
        duration = self._container.duration
        claims = not CLAIMING.isdisjoint(self._container.format.name.split(","))
        return duration / av.time_base if duration and claims else None

    @property
    def not_read(self) -> int:
        """Frames that are listed in the file and were not in it, at its end, when all of it was read."""
        # Only MP4 and MOV list every frame before or behind the pictures; what other headers claim is a guess.
        listed = self.stream.frames if "mov" in self._container.format.name.split(",") else 0
        return max(0, listed - self._packets_read)

    @property
    def can_seek(self) -> bool:
        """Whether frames keep their times after a seek."""
        return not SEEKABLE.isdisjoint(self._container.format.name.split(","))

    def has_one_clock(self, shown_s: float | None) -> bool:
        """Whether a time means one place: not in recordings that were joined, each with times of its own.

        Args:
            shown_s: for how long all of the file shows pictures; None where that is not known.
        """
        duration = self._container.duration
        return shown_s is None or not duration or duration / av.time_base > shown_s - CLOCK_S

    def packets(self) -> Iterator["Packet[VideoStream]"]:
        """Packets from here to the end, without the empty one that ends the stream; goes on behind what is damaged.

        Raises:
            OutOfReachError: the storage fails.
        """
        failures = 0
        while failures < MAX_FAILURES:
            try:
                for packet in self._container.demux(self.stream):
                    self._patience.beat()
                    if packet.size:
                        failures = 0
                        self._packets_read += 1
                        if packet.pts is not None and (self.last_pts is None or packet.pts > self.last_pts):
                            self.last_pts = packet.pts
                        yield packet
            except (av.error.FFmpegError, EOFError) as error:
                self._check_storage(error)
                logger.debug("%s: reading failed: %s", self.name, error)
                self._damage.failed()
                failures += 1
            else:
                return

    def decode(self, packet: "Packet[VideoStream] | None") -> list[av.VideoFrame]:
        """Frames that a packet brings out of the decoder, all that are left in it for None; none if it is damaged.

        Where the size changes on the way, as in recordings that were joined, frames are scaled to that of the first.
        """
        try:
            self._skip(packet)
            frames = self.stream.decode(packet)
        except EOFError:
            return []
        except av.error.FFmpegError as error:
            logger.debug("%s: a packet was not decoded: %s", self.name, error)
            self._damage.failed()
            return []
        self._patience.beat()
        return [self._of_one_size(frame) for frame in frames]

    def frames(self) -> Iterator[Decoded]:
        """Decodes from here to the end, passing over what is damaged and what builds on it."""
        self._damage = DamageWatch(self._delay)
        for packet, before_key in _before_key(self.packets()):
            if packet is not None:
                self._damage.sent(packet, before_key)
                if self._key_pts is None and packet.is_keyframe:
                    self._key_pts = packet.pts
            for frame in self.decode(packet):
                if self._damage.is_whole(frame):
                    yield frame, self._damage.came(frame)
        self.at_end = self._damage.ended()

    def seek(self, pts: int) -> Iterator[Decoded] | None:
        """Frames from a key frame at or before `pts` (in ticks), None where the file does not allow it.

        The first few may be earlier than the key frame, and broken: do not use any before `pts`.
        """
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

    def packets_from(self, pts: int) -> Iterator["Packet[VideoStream]"] | None:
        """Packets from a key frame at or before `pts` (in ticks), None where the file does not allow it."""
        for back_s in STEPS_BACK_S:
            try:
                self._container.seek(pts - int(back_s / self.time_base), stream=self.stream)
            except (av.error.FFmpegError, OverflowError):
                continue
            packets = dropwhile(lambda packet: not packet.is_keyframe, self.packets())
            first = next(packets, None)
            if first is not None and first.pts is not None and first.pts <= pts:
                return chain([first], packets)
        return None

    @property
    def sound(self) -> AudioStream | None:
        """The first stream of sound, if there is one."""
        return next(iter(self._container.streams.audio), None)

    @property
    def sound_time_base(self) -> Fraction:
        """Seconds per tick of the pts of packets of sound."""
        return (self.sound and self.sound.time_base) or Fraction(1, 90_000)

    def sound_packets(self, start_s: Fraction, end_s: Fraction) -> Iterator["Packet[Any]"]:
        """Packets of the sound that start within [start, end), times by the clock of the file; fewer where damaged."""
        base = self.sound_time_base
        try:
            self._container.seek(int((start_s - 1) / base), stream=self.sound)
            for packet in self._container.demux(self.sound or ()):
                self._patience.beat()
                if packet.pts is None or packet.pts * base < start_s:
                    continue
                if packet.pts * base >= end_s:
                    return
                yield packet
        except (av.error.FFmpegError, EOFError, OverflowError) as error:
            self._check_storage(error)
            logger.debug("%s: reading the sound failed: %s", self.name, error)

    def has_key_frame_between(self, after_pts: int, pts: int) -> bool:
        """Whether seeking to `pts` can land later than `after_pts`; True where the index does not reach so far."""
        entries = self.stream.index_entries
        found = entries.search_timestamp(pts, backward=True) if len(entries) else -1
        return found < 0 or found == len(entries) - 1 or entries[found].timestamp > after_pts

    def _skip(self, packet: "Packet[VideoStream] | None") -> None:
        before = self.needless_before
        if packet is not None and before is not None:
            needless = packet.pts is not None and packet.pts < before
            self.stream.codec_context.skip_frame = "NONREF" if needless else "DEFAULT"

    def _check_storage(self, error: Exception) -> None:
        """Raises where the storage fails; a file that could be read whole is not read again at its next damage."""
        code = getattr(error, "errno", None)
        if code in STORAGE_FAILS and not self._was_read_whole:
            may_be_damage = EIO_IS_STORAGE.isdisjoint(self._container.format.name.split(","))
            check_storage(self._path, code, self._patience.beat, may_be_damage=may_be_damage)
            self._was_read_whole = True

    def _of_one_size(self, frame: av.VideoFrame) -> av.VideoFrame:
        size_wh = frame.width, frame.height
        self._size_wh = self._size_wh or size_wh
        return frame if size_wh == self._size_wh else frame.reformat(*self._size_wh, threads=1)

    @property
    def _delay(self) -> int:
        context = self.stream.codec_context
        return max(0, context.thread_count - 1) if context.codec.capabilities & Capabilities.frame_threads else 0


def _before_key(
    packets: Iterable["Packet[VideoStream]"],
) -> Iterator[tuple["Packet[VideoStream] | None", bool]]:
    """Each packet, None at the end, and whether a key frame comes within the next few."""
    held: deque[Packet[VideoStream]] = deque()
    for packet in packets:
        held.append(packet)
        if len(held) > NEAR_KEY:
            yield held.popleft(), any(following.is_keyframe for following in held)
    while held:
        yield held.popleft(), any(following.is_keyframe for following in held)
    yield None, False


def _open_container(path: str, name: str, patience: Patience) -> InputContainer:
    check_file(path)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file", "max_pixels": str(MAX_PIXELS)}
    try:
        # The prefix keeps a colon in the name from being taken for a protocol.
        return av.open(f"file:{path}", options=options, metadata_errors="replace")
    except av.error.PermissionError as error:
        raise VideoError(f"{name} may not be read.") from error
    except (av.error.FFmpegError, EOFError) as error:
        check_storage(path, getattr(error, "errno", None), patience.beat)
        raise VideoError(f"{name} is not a video file: no known video format was found in it.") from error


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        if stream.codec_context is None:
            raise VideoError(f"{name} has pictures in a codec that is not known.")
        if stream.width * stream.height > MAX_PIXELS:
            raise VideoError(f"{name} has frames of {stream.width}x{stream.height} pixels, too many to work on.")
        return stream
    raise VideoError(f"{name} has no video stream.")
