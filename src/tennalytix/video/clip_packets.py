"""A clip's packets in the file it comes from: whether they stand alone, and how to copy them and its sound."""

import heapq
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from tennalytix.core.tables import FrameTable
from tennalytix.video.container import OpenVideo
from tennalytix.video.cursor import TIME_TOLERANCE_S, Cursor
from tennalytix.video.file_check import VideoError
from tennalytix.video.prefetch import Patience

# Codecs that are cut at key frames and that MP4 holds, as it does this sound.
CODECS = {"h264", "hevc", "av1", "vp9"}
SOUND_CODECS = {"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"}
# Packets that may be decoded before one that is shown earlier.
MAX_REORDERED = 64
NOT_PLAIN = "The file has no packet of its own for every frame, with its time."


@dataclass(frozen=True, slots=True)
class Cut:
    """A clip's packets in a file.

    Attributes:
        first_pts: of its first frame, in ticks.
        time_base: seconds a tick.
        pts: of its packets, in the order of decoding.
        until_key: its frames before the second key frame; all where there is none.
        hindrance: why its packets are no clip by themselves, in one sentence; None where they are.
        has_sound: there is sound, of a kind that MP4 holds, and its place is known.
    """

    first_pts: int
    time_base: Fraction
    pts: "array[int]" = field(repr=False)
    until_key: int
    hindrance: str | None
    has_sound: bool


def find_cut(path: str, patience: Patience, table: FrameTable, shown_s: float | None = None) -> Iterator[Cut]:
    """Reads the packets of a clip and decides; one answer.

    Args:
        path: of the file.
        patience: is told of every sign of life.
        table: the clip's frames, at least one.
        shown_s: for how long all of the file shows pictures, where that is known.

    Raises:
        VideoError: the first frame does not decode.
    """
    with Cursor(path, 1, patience, shown_s) as cursor:
        first = cursor.frame_at(int(table.frame_index[0]), float(table.time_s[0]))
    with OpenVideo(path, 1, patience) as video:
        if first is None:
            raise VideoError(f"{video.name} must show frame {table.frame_index[0]} at its time, got none.")
        if first.pts is None or not video.has_one_clock(shown_s):
            yield Cut(0, video.time_base, array("q"), 0, NOT_PLAIN, False)
            return
        times = table.time_s - table.time_s[0]
        last_pts = first.pts + round(Fraction(float(times[-1])) / video.time_base)
        found = _Found(first.pts, last_pts, len(table))
        found.read((video.packets_from(first.pts) if video.can_seek else None) or ())
        found_s = (np.sort(found.pts) - first.pts) * float(video.time_base)
        steady = len(found_s) == len(times) and bool(np.all(np.abs(found_s - times) < TIME_TOLERANCE_S))
        codec = video.stream.codec_context.codec.canonical_name
        yield Cut(
            first.pts,
            video.time_base,
            found.pts,
            found.until_key,
            f"{codec} cannot be cut." if codec not in CODECS else found.hindrance(steady),
            steady and _has_sound(video, first.pts * video.time_base, float(times[-1])),
        )


def whole_file(path: str, patience: Patience) -> Iterator[Cut]:
    """The cut of a file that holds nothing but a clip; one answer."""
    with OpenVideo(path, 1, patience) as video:
        pts = array("q", (packet.pts for packet in video.packets() if packet.pts is not None))
        yield Cut(min(pts), video.time_base, pts, len(pts), None, False)


def copy_packets(
    pictures: tuple[str, Cut], sound: tuple[str, Cut] | None, duration_s: float, target: str, patience: Patience
) -> Iterator[int]:
    """Writes an MP4 without decoding, time 0 at the clip's first frame; gives the number of its frames.

    Args:
        pictures: file, and the packets to take of it.
        sound: file, and where the clip starts in it; None for none.
        duration_s: of the clip; where its sound ends.
        target: path to write; what is there is replaced.
        patience: is told of every sign of life.
    """
    with ExitStack() as opened:
        output = opened.enter_context(av.open(f"file:{target}", "w", format="mp4", options={"movflags": "+faststart"}))
        video = opened.enter_context(OpenVideo(pictures[0], 1, patience))
        streams = [_of_clip(video, pictures[1], _added(output, video.stream))]
        if sound is not None:
            heard = opened.enter_context(OpenVideo(sound[0], 1, patience))
            streams.append(_of_sound(heard, sound[1], duration_s, _added(output, heard.sound)))
        for timed in heapq.merge(*streams, key=lambda timed: timed.time_s):
            output.mux(timed.packet)
        yield len(pictures[1].pts)


class _Timed(NamedTuple):
    time_s: Fraction
    packet: "Packet[Any]"


@dataclass(slots=True)
class _Found:
    first_pts: int
    last_pts: int
    count: int
    pts: "array[int]" = field(default_factory=lambda: array("q"))
    second_key: int | None = None
    on_key: bool = False
    alone: bool = True
    plain: bool = True

    def read(self, packets: "Iterable[Packet[VideoStream]]") -> None:
        """Packets in the order of decoding, from a key frame at or before the first frame on."""
        behind = 0
        for packet in packets:
            if packet.pts is None:
                self.plain = False
                return
            # The way there may begin at an earlier key frame.
            self.on_key = self.on_key or (packet.is_keyframe and packet.pts == self.first_pts)
            if packet.pts > self.last_pts:
                behind += 1
            elif packet.pts >= self.first_pts:
                self.alone = self.alone and not behind
                self._keep(packet)
            if behind > MAX_REORDERED or len(self.pts) == self.count:
                return

    def _keep(self, packet: "Packet[VideoStream]") -> None:
        self.plain = self.plain and not (packet.is_discard or packet.is_corrupt or packet.has_sidedata("new_extradata"))
        self.pts.append(packet.pts or 0)
        if packet.is_keyframe and self.second_key is None and packet.pts != self.first_pts:
            self.second_key = packet.pts

    @property
    def until_key(self) -> int:
        return self.count if self.second_key is None else sum(pts < self.second_key for pts in self.pts)

    def hindrance(self, steady: bool) -> str | None:
        if not steady or not self.plain:
            return NOT_PLAIN
        if not self.on_key:
            return "The clip does not start on a key frame."
        return None if self.alone else "The clip's last frames build on later ones."


def _has_sound(video: OpenVideo, start_s: Fraction, duration_s: float) -> bool:
    if video.sound is None or video.sound.codec_context.codec.canonical_name not in SOUND_CODECS:
        return False
    return next(video.sound_packets(start_s, start_s + Fraction(duration_s)), None) is not None


def _added(output: OutputContainer, template: Any) -> Any:
    stream = output.add_stream_from_template(template, opaque=True)
    stream.time_base = template.time_base
    if template.codec_context.codec.canonical_name == "hevc":
        stream.codec_context.codec_tag = "hvc1"  # The one of two names that Apple's players know.
    return stream


def _of_clip(video: OpenVideo, cut: Cut, stream: Any) -> Iterator[_Timed]:
    """The packets from time 0 on. Times of decoding are made anew: some files have none, and frames are left out."""
    wanted, shown = set(cut.pts), np.sort(cut.pts) - cut.first_pts
    delay = int(np.max(shown - (np.asarray(cut.pts) - cut.first_pts)))
    count = 0
    for packet in video.packets_from(cut.first_pts) or ():
        if packet.pts not in wanted:
            continue
        packet.pts, packet.dts = packet.pts - cut.first_pts, int(shown[count]) - delay
        packet.stream = stream
        yield _Timed(packet.dts * cut.time_base, packet)
        count += 1
        if count == len(cut.pts):
            return


def _of_sound(video: OpenVideo, cut: Cut, duration_s: float, stream: Any) -> Iterator[_Timed]:
    base, start_s = video.sound_time_base, cut.first_pts * cut.time_base
    last: int | None = None
    for packet in video.sound_packets(start_s, start_s + Fraction(duration_s)):
        packet.pts = packet.dts = at = round((packet.pts or 0) - start_s / base)
        if last is not None and at <= last:  # Faulty recordings have some twice.
            continue
        last = at
        packet.stream = stream
        yield _Timed(packet.pts * base, packet)
