"""A clip as a video file of its own: the source's packets where they stand alone, else encoded anew."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from math import isclose
from pathlib import Path

import av.error
import numpy as np

from tennalytix.video.clip import Clip
from tennalytix.video.clip_packets import Cut, copy_packets, find_cut, whole_file
from tennalytix.video.pixel_aspect import pixel_aspect
from tennalytix.video.source import VideoError, VideoSource
from tennalytix.video.writer import VideoWriter

logger = logging.getLogger(__name__)

# Matroska gives the size shown in whole pixels, so that the same shape reads a little different from it.
SAME_ASPECT = 0.01


@dataclass(frozen=True, slots=True)
class ClipVideoOptions:
    """How clips become files.

    Attributes:
        copy: take the source's packets as they are where that gives exactly the clip; False: encode all.
        sound: keep the source's sound.
        crf: quality of H.264 where a clip is encoded, 0 (lossless) to 51.
        preset: speed of the encoder, a name that x264 knows.
    """

    copy: bool = True
    sound: bool = True
    crf: int = 18
    preset: str = "veryfast"

    def __post_init__(self) -> None:
        if not 0 <= self.crf <= 51:
            raise ValueError(f"crf must lie between 0 and 51, got {self.crf}.")


@dataclass(frozen=True, slots=True)
class ClipVideo:
    """What was written.

    Attributes:
        frames: how many.
        copied: the source's packets as they are; if not, encoded anew.
        reason: why, in one sentence.
        sound: there is sound.
    """

    frames: int
    copied: bool
    reason: str
    sound: bool


def write_clip_video(
    clip: Clip,
    frame_rate: str,
    path: str | os.PathLike[str],
    options: ClipVideoOptions | None = None,
    progress: Callable[[int], object] | None = None,
) -> ClipVideo:
    """Writes precisely the clip's frames as MP4, time 0 at the first; they keep their distances in time.

    A copy is decoded as far as its second key frame and compared with the source, picture by picture: from there on a
    decoder is where it is in the source. Copied packets keep codec, quality and rotation metadata; encoded ones
    are H.264, upright. Pixels keep their shape in both.

    Args:
        clip: its source may be in any format.
        frame_rate: nominal, a fraction such as 30000/1001.
        path: of the file to write, in a folder of its own: half-written ones may lie beside it after an error.
        options: the defaults if None.
        progress: is told how many frames are done.

    Raises:
        VideoError: the clip cannot be opened, has no frames, or not all of them can be decoded.
    """
    options = options or ClipVideoOptions()
    if not len(clip.table):
        raise VideoError(f"{clip.clip_id} has no frames.")
    source = clip.source
    with source.unchanged():
        cut = next(source.watched(partial(find_cut, table=clip.table, shown_s=source.shown_s)))
        heard = cut if options.sound and cut.has_sound else None
        hindrance = cut.hindrance if options.copy else "Copying is switched off."
        if hindrance is None:
            hindrance = _copy(clip, cut, heard, path)
        if hindrance is not None:
            heard = _encode(clip, frame_rate, Path(path), options, heard, progress)
    if progress is not None:
        progress(len(clip.table))
    reason = hindrance or "Its packets stand alone in the source."
    return ClipVideo(len(clip.table), hindrance is None, reason, heard is not None)


def _copy(clip: Clip, cut: Cut, heard: Cut | None, path: str | os.PathLike[str]) -> str | None:
    """What is wrong with a copy, in one sentence; None if nothing is."""
    try:
        _mux(clip, (clip.source.path, cut), heard, path)
    except av.error.FFmpegError as error:
        return f"The source's packets do not go into MP4: {error.strerror}."
    if not _is_exact(clip, str(path), cut):
        return "A copy does not decode to the same pictures."
    aspects = [float(pixel_aspect(video)) for video in (clip.source, VideoSource(str(path)))]
    return None if isclose(*aspects, rel_tol=SAME_ASPECT) else "A copy does not keep the shape of the pixels."


def _mux(clip: Clip, pictures: tuple[str, Cut], heard: Cut | None, path: str | os.PathLike[str]) -> None:
    times = clip.table.time_s
    duration_s = float(times[-1] - times[0] + (np.median(np.diff(times)) if len(times) > 1 else 0))
    next(
        clip.source.watched(
            lambda source_path, patience: copy_packets(
                pictures, (source_path, heard) if heard else None, duration_s, str(path), patience
            )
        )
    )


def _is_exact(clip: Clip, path: str, cut: Cut) -> bool:
    """Whether a copy has as many frames as the clip, and shows the same up to the first after its second key frame."""
    copy, compared = VideoSource(path, clip.source.thread_count), cut.until_key + 1
    try:
        if copy.probe().frame_count != len(clip.table):
            return False
        pairs = zip(islice(copy.frames(), compared), islice(clip.frames(), compared), strict=True)
        return all(np.array_equal(ours.image, theirs.image) for ours, theirs in pairs)
    except (VideoError, ValueError):
        return False


def _encode(
    clip: Clip,
    frame_rate: str,
    path: Path,
    options: ClipVideoOptions,
    heard: Cut | None,
    progress: Callable[[int], object] | None,
) -> Cut | None:
    """Writes the clip; the sound that is in it."""
    silent = path if heard is None else path.with_name("silent.mp4")
    start_s, count = float(clip.table.time_s[0]), 0
    shape = pixel_aspect(clip.source)
    with VideoWriter(
        silent, clip.size_wh, Fraction(frame_rate), options.crf, options.preset, pixel_aspect=shape
    ) as writer:
        for frame in clip.frames():
            writer.write(frame.image, frame.time_s - start_s)
            count += 1
            if progress is not None:
                progress(count)
        if count != len(clip.table):
            raise VideoError(f"{clip.clip_id} must have {len(clip.table)} decodable frames, got {count}.")
    if heard is not None:
        pictures = next(VideoSource(str(silent)).watched(whole_file))
        try:
            _mux(clip, (str(silent), pictures), heard, path)
        except av.error.FFmpegError as error:
            logger.warning("%s: its sound does not go into MP4 and is left out: %s.", clip.clip_id, error.strerror)
            silent.replace(path)
            return None
        silent.unlink()
    return heard
