"""The clip's own pictures as a video that a browser plays and seeks frame by frame, with nothing drawn into them."""

from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame
from tennalytix.video.writer import VideoWriter
from tennalytix.viz.overlay import OverlayOptions, overlay_size_wh
from tennalytix.viz.passes import Progress, write_all


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


class ReviewWriter:
    """A frame writer that makes an H.264 MP4 of the clip with many key frames and nothing drawn into it.

    Time 0 is the clip's first frame; the frames keep their distances in time.
    """

    def __init__(
        self, clip: Clip, frame_rate: str, path: str | PathLike[str], options: ReviewOptions | None = None
    ) -> None:
        options = options or ReviewOptions()
        self._size_wh = overlay_size_wh(clip.size_wh, OverlayOptions(max_height_px=options.max_height_px))
        self._writer = VideoWriter(
            path, self._size_wh, Fraction(frame_rate), options.crf, options.preset, options.key_frame_every
        )

    def __enter__(self) -> "ReviewWriter":
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def write(self, frame: Frame, since_start_s: float) -> None:
        """Appends the frame."""
        self._writer.write(_resized(frame.image, self._size_wh), since_start_s)


def write_review_video(
    clip: Clip,
    frame_rate: str,
    path: str | PathLike[str],
    options: ReviewOptions | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the clip as `ReviewWriter` does and counts the frames.

    Args:
        clip: its source may be in any format and place.
        frame_rate: nominal, a fraction such as 30000/1001.
        path: of the file to write.
        options: the defaults if None.
        progress: is told after every frame how many are done.

    Raises:
        VideoError: the clip cannot be opened, or no frame of it can be decoded.
    """
    return write_all(clip, [ReviewWriter(clip, frame_rate, path, options)], progress)


def _resized(image: NDArray[np.uint8], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    if image.shape[1::-1] == size_wh:
        return image
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
