"""The clip's own pictures as a video that a browser plays and seeks frame by frame, with nothing drawn into them."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoError
from tennalytix.video.writer import VideoWriter
from tennalytix.viz.overlay import OverlayOptions, overlay_size_wh


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """How the videos of the review pages are encoded.

    Attributes:
        max_height_px: taller pictures are made smaller; smaller ones stay as they are.
        key_frame_every: frames from one key frame to the next: fewer seek faster, more make smaller files.
        crf: quality of H.264, 0 (lossless) to 51.
        preset: speed of the encoder, a name that x264 knows.
    """

    max_height_px: int = 1080
    key_frame_every: int = 12
    crf: int = 23
    preset: str = "veryfast"

    def __post_init__(self) -> None:
        for name, least in (("max_height_px", 2), ("key_frame_every", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}.")
        if not 0 <= self.crf <= 51:
            raise ValueError(f"crf must lie between 0 and 51, got {self.crf}.")


def write_review_video(
    clip: Clip,
    frame_rate: str,
    path: str | PathLike[str],
    options: ReviewOptions | None = None,
    progress: Callable[[int], object] | None = None,
) -> int:
    """Writes the clip as an H.264 MP4 with many key frames and counts the frames.

    Time 0 is the clip's first frame; the frames keep their distances in time.

    Args:
        clip: its source may be in any format and place.
        frame_rate: nominal, a fraction such as 30000/1001.
        path: of the file to write.
        options: the defaults if None.
        progress: is told after every frame how many are done.

    Raises:
        VideoError: the clip cannot be opened, or no frame of it can be decoded.
    """
    options = options or ReviewOptions()
    size_wh = overlay_size_wh(clip.size_wh, OverlayOptions(max_height_px=options.max_height_px))
    count, start_s = 0, 0.0
    with VideoWriter(
        path, size_wh, Fraction(frame_rate), options.crf, options.preset, key_frame_every=options.key_frame_every
    ) as writer:
        for frame in clip.frames():
            start_s = start_s if count else frame.time_s
            writer.write(_resized(frame.image, size_wh), frame.time_s - start_s)
            count += 1
            if progress is not None:
                progress(count)
        if not count:
            raise VideoError(f"{clip.clip_id} has no decodable frames.")
    return count


def _resized(image: NDArray[np.uint8], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    if image.shape[1::-1] == size_wh:
        return image
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
